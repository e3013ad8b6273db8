import type { Log } from './log.ts';
import { Seldom } from './seldom.ts';
import type { RunningVersion, Work } from './version-pool.ts';

export interface CrowdLimits {
  readonly maxRequestsPerVersion: number;
  readonly maxWebSocketsPerVersion: number;
}

/** What waits for a version seldom waits long, and who comes back at once makes it longer. */
export const CROWDED_RETRY_AFTER_S = 5;

/**
 * How much one process of a version has to do at once. Each request that it holds costs it memory, and one that grows over its
 * limit is killed with all of them: better that some visitors come back later. WebSockets are long and quiet, and counted apart.
 */
export class Crowd {
  readonly #most: Readonly<Record<Work, number>>;
  readonly #log: Log;
  readonly #told = new WeakMap<RunningVersion, Seldom>();

  constructor({ maxRequestsPerVersion, maxWebSocketsPerVersion }: CrowdLimits, log: Log) {
    this.#most = { request: maxRequestsPerVersion, webSocket: maxWebSocketsPerVersion };
    this.#log = log;
  }

  admits(version: RunningVersion, work: Work): boolean {
    if (version.underWay(work) < this.#most[work]) return true;
    this.#tell(version, work);
    return false;
  }

  #tell(version: RunningVersion, work: Work): void {
    const told = this.#told.get(version) ?? new Seldom();
    this.#told.set(version, told);
    if (!told.isDue()) return;
    const { versionId } = version;
    const flag = work === 'request' ? '--requests-per-version' : '--websockets-per-version';
    this.#log.warn(
      { versionId, work, most: this.#most[work] },
      `A version has as much under way as ${flag} lets it: visitors are turned away.`,
    );
  }
}
