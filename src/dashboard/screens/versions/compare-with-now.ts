import { useApi } from '../../api/index.ts';
import { newerFirst } from '../../parts/index.ts';

/** The address of a comparison of a version with what serves now: with the newer of a split, or the other one where it is that. */
export const useCompareWithNow = (
  name: string,
  version: { readonly version_id: string; readonly number: number },
): { readonly search: { readonly version: string; readonly baseline: string } | undefined; readonly why: string | undefined } => {
  const history = useApi('listDeploymentHistory', { params: { name }, query: { limit: 1 } });
  const serving = newerFirst(history.data?.result[0]?.versions ?? []);
  const now = serving.find(({ version_id: id }) => id !== version.version_id);
  if (now === undefined) return { search: undefined, why: serving.length === 0 ? 'Nothing is deployed.' : 'It is all that serves now.' };
  // Code reads as before and after.
  const isNewer = version.number > (now.number ?? 0);
  const [after, before] = isNewer ? [version, now] : [now, version];
  return { search: { version: after.version_id, baseline: before.version_id }, why: undefined };
};
