import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchRaw, UNCHANGING } from '../api/index.ts';

/** The text of one module; nothing where there is no version. A version's code never changes, so that it is asked for once. */
export const useModuleText = (worker: string, versionId: string | undefined, module: string): UseQueryResult<string> =>
  useQuery({
    queryKey: [UNCHANGING, 'getModule', { worker, versionId, module }],
    staleTime: Infinity,
    queryFn: async ({ signal }) =>
      versionId === undefined
        ? ''
        : (await fetchRaw('getModule', { params: { name: worker, version_id: versionId, module }, signal })).text(),
  });
