import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchRaw } from '../../api/index.ts';
import type { Side } from './compare.tsx';

export interface Sides {
  readonly worker: string;
  readonly module: string;
  /** Undefined where it does not have the module. */
  readonly baseline: Side | undefined;
  readonly version: Side | undefined;
}

/** A version never changes, so what was read of it holds. */
const useText = (worker: string, module: string, side: Side | undefined): UseQueryResult<string> =>
  useQuery({
    queryKey: ['getModule', { name: worker, version_id: side?.version_id ?? '', module }, {}],
    staleTime: Infinity,
    queryFn: async ({ signal }) =>
      side === undefined
        ? ''
        : (await fetchRaw('getModule', { params: { name: worker, version_id: side.version_id, module }, signal })).text(),
  });

/** The text of one module in both versions. */
export const useTexts = ({ worker, module, baseline, version }: Sides) => ({
  before: useText(worker, module, baseline),
  after: useText(worker, module, version),
});
