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

const MINUTE_MS = 60_000;
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
  const found = await comparedVersions(queries, worker, wanted);
  if (!found.ok) return found;
  const { version, baseline, deployments } = found.value;
  const { since, until } = windowOf(deployments, version.id, baseline.id, wanted, now);
  return since < until ? accept({ version, baseline, since, until }) : invalid('since must be before until');
};

/** The two versions that are meant, with the latest deployments. */
export const comparedVersions = async (
  queries: Queries,
  worker: Worker,
  wanted: Pick<WantedComparison, 'version' | 'baseline'>,
): Promise<Result<Pick<Pairing, 'version' | 'baseline'> & { readonly deployments: readonly StoredDeployment[] }, Refusal>> => {
  const deployments = await queries.deployments.page(worker.tag, { offset: 0, limit: MOST_LOOKED_BACK });
  const serving = await newestFirst(queries, worker, deployments[0]?.split ?? []);
  const asked = await wholeIds(queries, worker, wanted);
  if (!asked.ok) return asked;
  const { versionId, baselineId } = pairAmong(deployments, serving, asked.value);
  if (versionId === undefined || baselineId === undefined)
    return invalid(`${worker.name} never served by two versions; deploy another one, or name both: version, baseline`);
  if (versionId === baselineId) return invalid('version and baseline are the same');
  const found = await queries.versions.byIds(worker.tag, [versionId, baselineId]);
  const [version, baseline] = [versionId, baselineId].map((id) => found.find((each) => each.id === id));
  if (version === undefined) return refuse({ code: 'version_not_found', versionId });
  if (baseline === undefined) return refuse({ code: 'version_not_found', versionId: baselineId });
  return accept({ version, baseline, deployments });
};

/** The pair that is compared where nobody says which, over its usual time; undefined where one version alone ever served. */
export const usualPairing = (
  deployments: readonly Served[],
  servingNewestFirst: readonly string[],
  now: number,
): { readonly versionId: string; readonly baselineId: string; readonly since: number; readonly until: number } | undefined => {
  const { versionId, baselineId } = pairAmong(deployments, servingNewestFirst, {});
  if (versionId === undefined || baselineId === undefined) return undefined;
  const { since, until } = windowOf(deployments, versionId, baselineId, {}, now);
  return since < until ? { versionId, baselineId, since, until } : undefined;
};

/** What of a deployment says who served when. */
export type Served = Pick<StoredDeployment, 'createdOn' | 'split'>;

const pairAmong = (deployments: readonly Served[], serving: readonly string[], asked: Pick<WantedComparison, 'version' | 'baseline'>) => {
  const versionId = asked.version ?? serving.find((id) => id !== asked.baseline);
  const baselineId = asked.baseline ?? serving.find((id) => id !== versionId) ?? servedBefore(deployments, versionId);
  return { versionId, baselineId };
};

const windowOf = (
  deployments: readonly Served[],
  versionId: string,
  baselineId: string,
  wanted: Pick<WantedComparison, 'since' | 'until'>,
  now: number,
): { readonly since: number; readonly until: number } => {
  const together = wanted.since === undefined ? lastTogether(deployments, versionId, baselineId, now) : undefined;
  const until = wanted.until === undefined ? (together?.until ?? now) : Date.parse(wanted.until);
  const since =
    wanted.since === undefined
      ? afterFirstMinute(together?.since ?? sinceOf(deployments[0], versionId, until), until)
      : Date.parse(wanted.since);
  return { since, until };
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

/** The version with the greatest share of the last deployment in which that was another one; else any other that served. */
const servedBefore = (deployments: readonly Served[], versionId: string | undefined): string | undefined =>
  deployments.map(mainVersion).find((id) => id !== versionId) ??
  deployments.flatMap(({ split }) => split).find((share) => share.share > 0 && share.versionId !== versionId)?.versionId;

interface Together {
  readonly since: number;
  /** Where another deployment has taken its place. */
  readonly until?: number;
}

/**
 * When both served side by side: in the deployment that serves, else in the one before it, where that gave way to one of the two as it
 * was before (a rollback). A window that begins with the split and grows is one that may be looked at as often as one likes; one that
 * moves along is a new one at each look.
 */
const lastTogether = (deployments: readonly Served[], one: string, other: string, now: number): Together | undefined => {
  const [active, before, earlier] = deployments;
  const have = (deployment: Served | undefined): boolean =>
    [one, other].every((id) => deployment?.split.some(({ versionId }) => versionId === id) === true);
  if (active === undefined) return undefined;
  const begun = Date.parse(active.createdOn);
  if (have(active)) return { since: Math.max(begun, now - MOST_SINCE_SPLIT_MS) };
  const isRolledBack = earlier !== undefined && mainVersion(earlier) === mainVersion(active);
  if (before === undefined || !have(before) || !isRolledBack) return undefined;
  return { since: Math.max(Date.parse(before.createdOn), begun - MOST_SINCE_SPLIT_MS), until: begun };
};

/** One that took another's place is looked at since then, and the other as much before. */
const sinceOf = (active: Served | undefined, versionId: string, until: number): number => {
  const serves = active?.split.some((share) => share.versionId === versionId) ?? false;
  const begun = active === undefined ? until : Date.parse(active.createdOn);
  return serves ? begun - Math.min(Math.max(until - begun, 0), MOST_BEFORE_MS) : until - DAY_MS;
};

/** Counts are by the minute: the one in which a deployment began holds requests from before it, and is left out once there is another. */
const afterFirstMinute = (since: number, until: number): number => {
  const next = Math.ceil(since / MINUTE_MS) * MINUTE_MS;
  return until - next >= MINUTE_MS ? next : since;
};
