import type { Author, Source } from './version.ts';
import { soleVersion, type Split } from './split.ts';

/** Which versions serve a Worker's traffic from its moment on. The newest deployment of a Worker is the active one. */
export interface Deployment {
  readonly id: string;
  readonly scriptTag: string;
  /** ISO time with microseconds, strictly increasing within a Worker. */
  readonly createdOn: string;
  readonly source: Source;
  readonly author: Author;
  /** `upload`, `deployment`, `secret`, … as in Cloudflare's `workers/triggered_by`. */
  readonly triggeredBy: string;
  readonly message: string | undefined;
  readonly split: Split;
  /** Of a rollback by a client of the legacy log: the deployment it went back to. */
  readonly rollbackFrom: string | undefined;
}

const LISTED = 10;

/**
 * What a list without paging shows, from all deployments, newest first: the ten latest, and on to the last earlier one
 * at 100 % when none of those (the active one apart) is. `wrangler rollback` looks for its target in this list only.
 */
export const listedDeployments = (newestFirst: readonly Deployment[]): readonly Deployment[] => {
  const listed = newestFirst.slice(0, LISTED);
  if (listed.slice(1).some(standsAlone)) return listed;
  const stable = newestFirst.slice(LISTED).find(standsAlone);
  return stable === undefined ? listed : [...listed, stable];
};

export const standsAlone = (deployment: Pick<Deployment, 'split'>): boolean => soleVersion(deployment.split) !== undefined;
