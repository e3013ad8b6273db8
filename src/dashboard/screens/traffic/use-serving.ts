import { useApi, type Result } from '../../api/index.ts';
import type { Look, VersionShare } from '../../../domain/index.ts';
import { useWorker, type Deployment } from '../worker/worker.ts';

export type Active = Deployment;

/** A version that may be deployed. */
export interface Candidate {
  readonly id: string;
  readonly number: number;
  readonly message: string;
  readonly tag: string;
  readonly author: string;
  readonly at: string;
  readonly look: Look;
}

/** What a form that moves traffic starts from. */
export interface Serving {
  /** Undefined where nothing is deployed. */
  readonly active: Active | undefined;
  /** Newest first. */
  readonly candidates: readonly Candidate[];
  /** Requests a minute over the last minutes; undefined where nobody can tell. */
  readonly perMinute: number | undefined;
}

export const sharesOf = (active: Active | undefined): readonly VersionShare[] =>
  (active?.versions ?? []).map(({ version_id: versionId, percentage }) => ({ versionId, share: Math.round(percentage * 1000) }));

/** What must still be active when something is deployed: what the person saw. */
export const tagOf = (active: Active | undefined): string => `"${active?.id ?? 'none'}"`;

const candidateFrom =
  (looks: Readonly<Record<string, Look>>) =>
  ({ id, number, metadata, annotations }: Result<'listVersions'>['items'][number]): Candidate => ({
    id,
    number,
    message: annotations['workers/message'] ?? '',
    tag: annotations['workers/tag'] ?? '',
    author: metadata.author_email,
    at: metadata.created_on,
    look: looks[id] ?? 'idle',
  });

/** What serves, and what may. Undefined while it is read. */
export const useServing = (name: string): { readonly serving: Serving | undefined; readonly error: unknown } => {
  const { worker, read } = useWorker(name);
  const versions = useApi('listVersions', { params: { script_name: name }, query: { deployable: 'true' } });
  if (worker === undefined || versions.data === undefined) return { serving: undefined, error: read.error ?? versions.error };
  const { deployment, looks, metrics } = worker;
  const candidates = versions.data.result.items.map(candidateFrom(looks)).toSorted((a, b) => b.number - a.number);
  return { serving: { active: deployment ?? undefined, candidates, perMinute: metrics?.requests_per_minute }, error: undefined };
};
