import { ApiFailure, useApi, type Result } from '../../api/index.ts';
import { newerFirst } from '../../parts/index.ts';

export type Worker = Result<'getWorkerOverview'>;
export type Hosts = Worker['hosts'];
export type Deployment = NonNullable<Worker['deployment']>;
export type Serving = Deployment['versions'][number];

const EVERY_MS = 30_000;

/** What all pages of a Worker show of it. Its numbers are read anew twice a minute, what serves whenever it changes. */
export const useWorker = (name: string) => {
  const read = useApi('getWorkerOverview', { params: { name } }, { refetchInterval: EVERY_MS });
  const isMissing = read.error instanceof ApiFailure && read.error.status === 404;
  return { read, worker: isMissing ? undefined : read.data?.result, isMissing };
};

/** What serves, the newer first; empty where nothing is deployed. */
export const servingOf = ({ deployment }: Worker): readonly Serving[] => newerFirst(deployment?.versions ?? []);

/** What left when the one that serves alone got all traffic. */
export const leftBy = ({ deployment }: Worker): { readonly number: number | null; readonly at: string } | undefined => {
  if (deployment === null || deployment.versions.length > 1 || deployment.story.other === null) return undefined;
  return { number: deployment.story.other.number, at: deployment.at };
};

/** Why there is nothing to go back to. */
export const noWayBack = ({ deployment, looks }: Worker): string | undefined => {
  if (deployment === null) return 'Nothing is deployed, so there is nothing to roll back.';
  return Object.values(looks).filter((look) => look !== 'idle').length > 1
    ? undefined
    : 'No other version has served: nothing to go back to.';
};
