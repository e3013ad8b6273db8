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

/** How many deployments a list without paging shows. */
export const LISTED_DEPLOYMENTS = 10;

/**
 * What a list without paging shows, newest first: the ten latest, and the last earlier one at 100 % when none of those
 * (the active one apart) is. `wrangler rollback` looks for its target in this list only.
 */
export const listedDeployments = (latest: readonly Deployment[], lastStableBefore: Deployment | undefined): readonly Deployment[] =>
  lastStableBefore === undefined || latest.slice(1).some(standsAlone) ? latest : [...latest, lastStableBefore];

export const standsAlone = (deployment: Pick<Deployment, 'split'>): boolean => soleVersion(deployment.split) !== undefined;
