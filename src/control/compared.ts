import { accept, refuse, type Result } from '../base/index.ts';
import { mainVersion, type Refusal, type Split, type Version } from '../domain/index.ts';
import type { Queries, StoredDeployment, Worker } from '../store/index.ts';
import { versionsIn, wholeIdOf } from './versions.ts';

export interface WantedComparison {
  /** Ids, or their first digits. */
  readonly version?: string | undefined;
  readonly baseline?: string | undefined;
  /** ISO times. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Two versions, and the time in which they are compared, in milliseconds since 1970. */
export interface Pairing {
  readonly version: Version;
  readonly baseline: Version;
  readonly since: number;
  readonly until: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** Two that serve side by side are compared from the beginning on, if that is no longer ago. */
const MOST_SINCE_SPLIT_MS = 7 * DAY_MS;
/** One that took another's place has the time since then, and the other as much before, no more than this. */
const MOST_BEFORE_MS = DAY_MS;
/** Among so many deployments the one that served before is looked for. */
const MOST_LOOKED_BACK = 100;

const invalid = (fault: string) => refuse({ code: 'request_invalid' as const, faults: [`query: ${fault}`] });

/** Which versions are compared over which time, by what was asked for and what serves. */
export const pairingOf = async (
  queries: Queries,
  worker: Worker,
  wanted: WantedComparison,
  now: number,
): Promise<Result<Pairing, Refusal>> => {
  const deployments = await queries.deployments.page(worker.tag, { offset: 0, limit: MOST_LOOKED_BACK });
  const serving = await newestFirst(queries, worker, deployments[0]?.split ?? []);
  const asked = await wholeIds(queries, worker, wanted);
  if (!asked.ok) return asked;
  const versionId = asked.value.version ?? serving.find((id) => id !== asked.value.baseline);
  const baselineId = asked.value.baseline ?? serving.find((id) => id !== versionId) ?? servedBefore(deployments, versionId);
  if (versionId === undefined || baselineId === undefined)
    return invalid(`${worker.name} never served by two versions; deploy another one, or name both: version, baseline`);
  if (versionId === baselineId) return invalid('version and baseline are the same');
  const found = await queries.versions.byIds(worker.tag, [versionId, baselineId]);
  const [version, baseline] = [versionId, baselineId].map((id) => found.find((each) => each.id === id));
  if (version === undefined) return refuse({ code: 'version_not_found', versionId });
  if (baseline === undefined) return refuse({ code: 'version_not_found', versionId: baselineId });
  const until = wanted.until === undefined ? now : Date.parse(wanted.until);
  const since = wanted.since === undefined ? sinceOf(deployments[0], versionId, baselineId, until) : Date.parse(wanted.since);
  return since < until ? accept({ version, baseline, since, until }) : invalid('since must be before until');
};

const newestFirst = async (queries: Queries, worker: Worker, split: Split): Promise<readonly string[]> =>
  (await versionsIn(queries, worker.tag, split)).toSorted((a, b) => b.number - a.number).map(({ id }) => id);

const wholeIds = async (
  queries: Queries,
  worker: Worker,
  { version, baseline }: WantedComparison,
): Promise<Result<Pick<WantedComparison, 'version' | 'baseline'>, Refusal>> => {
  const own = version === undefined ? accept(undefined) : await wholeIdOf(queries, worker.tag, version);
  if (!own.ok) return own;
  const other = baseline === undefined ? accept(undefined) : await wholeIdOf(queries, worker.tag, baseline);
  return other.ok ? accept({ version: own.value, baseline: other.value }) : other;
};

/** The version with the greatest share of the last deployment in which that was another one. */
const servedBefore = (deployments: readonly StoredDeployment[], versionId: string | undefined): string | undefined =>
  deployments.map(mainVersion).find((id) => id !== versionId);

/**
 * A window that begins with the split and grows is one that may be looked at as often as one likes; one that moves along is a new one at
 * each look.
 */
const sinceOf = (active: StoredDeployment | undefined, versionId: string, baselineId: string, until: number): number => {
  const serves = (id: string): boolean => active?.split.some((share) => share.versionId === id) ?? false;
  const begun = active === undefined ? until : Date.parse(active.createdOn);
  if (serves(versionId) && serves(baselineId)) return Math.max(begun, until - MOST_SINCE_SPLIT_MS);
  return serves(versionId) ? begun - Math.min(Math.max(until - begun, 0), MOST_BEFORE_MS) : until - DAY_MS;
};
