import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { MOST, type Deployment } from './history.ts';

export interface Found {
  readonly deployment: Deployment;
  /** What it took the place of, and what took its. */
  readonly before: Deployment | undefined;
  readonly after: Deployment | undefined;
}

/** One deployment with those beside it; null where it is not kept. The history is told by pages, and an old one is on a later page. */
export const useDeployment = (name: string, id: string): UseQueryResult<Found | null> =>
  useQuery({
    queryKey: ['listDeploymentHistory', { name }, { id }],
    queryFn: async ({ signal }): Promise<Found | null> => {
      const all: Deployment[] = [];
      for (let cursor: string | undefined; ;) {
        const query = { limit: MOST, ...(cursor === undefined ? {} : { cursor }) };
        const { result, resultInfo } = await call('listDeploymentHistory', { params: { name }, query, signal });
        all.push(...result);
        cursor = resultInfo.cursor;
        const at = all.findIndex((each) => each.id === id);
        const deployment = all[at];
        // The one before it may be on the page behind.
        if (deployment !== undefined && (at + 1 < all.length || cursor === undefined))
          return { deployment, before: all[at + 1], after: all[at - 1] };
        if (cursor === undefined) return null;
      }
    },
  });
