import type { UseQueryResult } from '@tanstack/react-query';
import { useApi, type Answer, type Result } from '../../api/index.ts';

/** A deployment as it is told: what it did, and how its versions look. */
export type Deployment = Result<'listDeploymentHistory'>[number];

export const A_PAGE = 100;
export const MOST = 500;

/** Newest first. `limit`: how many of them; more come page by page, and what was there stays meanwhile. */
export const useHistory = (name: string, limit = A_PAGE): UseQueryResult<Answer<readonly Deployment[]>> =>
  useApi('listDeploymentHistory', { params: { name }, query: { limit } }, { keepsPrevious: true });

/** What a deployment mostly sent requests to: where a rollback to it leads. Of two halves the older one. */
export const mainOf = ({ versions }: Deployment): Deployment['versions'][number] | undefined =>
  versions.toSorted((a, b) => b.percentage - a.percentage || (a.number ?? 0) - (b.number ?? 0))[0];

/** Grouped by what `nameOf` says of each, in their order. */
export const grouped = <Value>(
  values: readonly Value[],
  nameOf: (value: Value) => string,
): readonly (readonly [string, readonly Value[]])[] => [...Map.groupBy(values, nameOf)];
