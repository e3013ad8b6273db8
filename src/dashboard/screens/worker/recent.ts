import type { Deployment, Serving, Worker } from './worker.ts';
import { shareBetween } from '../../charts/index.ts';
import type { LiveCount } from '../../api/index.ts';
import { tailAfter } from './live-counts.ts';

/** What came in the last minutes: as the API tells, and what has come since. */
export interface Recent {
  /** Whether all of these minutes were under this deployment: else what was set before it is in them too. */
  readonly isOfIt: boolean;
  /** Requests a minute of all that serves. */
  readonly perMinute: number;
  /** Of one version; undefined where nobody could tell. */
  readonly perMinuteOf: (versionId: string) => number | undefined;
  /** The share of one, from 0 to 1, with what it may be in truth; undefined without requests. */
  readonly shareOf: (versionId: string) => { readonly share: number; readonly between: readonly [number, number] } | undefined;
}

/** It is looked at all the time, and every second something else: right 999 times in 1,000. */
const SURE = 3.29;

const minutesBetween = (since: string, until: string): number => (Date.parse(until) - Date.parse(since)) / 60_000;

/** Undefined where the process that observes does not answer. */
export const recentOf = ({ window }: Worker, { versions, at }: Deployment, counts: readonly LiveCount[]): Recent | undefined => {
  if (window === null || versions.every(({ measured }) => measured === null)) return undefined;
  const minutes = minutesBetween(window.recent_since, window.until);
  const tail = tailAfter(counts, window.until);
  const requestsOf = ({ version_id: id, measured }: Serving): number =>
    (measured?.requests_per_minute ?? 0) * minutes + (tail?.versions.get(id)?.requests ?? 0);
  const requests = new Map(versions.map((version) => [version.version_id, requestsOf(version)]));
  const all = [...requests.values()].reduce((sum, each) => sum + each, 0);
  const listened = minutes + (tail?.seconds ?? 0) / 60;
  return {
    isOfIt: Date.parse(at) <= Date.parse(window.recent_since),
    perMinute: all / listened,
    perMinuteOf: (id) => {
      const own = requests.get(id);
      return own === undefined ? undefined : own / listened;
    },
    shareOf: (id) => {
      const own = requests.get(id) ?? 0;
      const between = shareBetween(own, all, SURE);
      return between === undefined ? undefined : { share: own / all, between };
    },
  };
};
