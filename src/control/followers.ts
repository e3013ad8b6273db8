import { isDeepStrictEqual } from 'node:util';
import { accept, refuse, type Result } from '../base/index.ts';
import {
  carriedOver,
  codeOf,
  following,
  inheritedFrom,
  isLeftBehind,
  type Deployment,
  type ObjectNamespace,
  type Refusal,
  type Version,
} from '../domain/index.ts';
import type { Change, Queries, Worker } from '../store/index.ts';
import type { Actor, Control } from './control.ts';
import { startTogether } from './object-splits.ts';
import type { ObjectsPlan } from './objects.ts';
import { readied, storeDeployment, storeVersion, tried, versionsIn, type TriedVersion } from './versions.ts';

/** Another Worker whose versions do not know where a class went: the one that had or gets it, or one that binds it. */
interface LeftBehind {
  readonly worker: Worker;
  readonly active: Deployment | undefined;
  /** Those that serve, and the newest, as far as they do not know; in the order of their numbers. */
  readonly versions: readonly Version[];
}

/** What takes the place of versions that were left behind. */
export interface Follower extends LeftBehind {
  readonly successors: ReadonlyMap<string, TriedVersion>;
}

/**
 * A class that goes to another Worker has one owner before and after (I5), so what serves changes on both sides at once: each version
 * that had, gets or binds the class gets a successor which differs in nothing else. One that is only kept may not fit any more: it stays.
 */
export const followersOf = async (
  control: Control,
  actor: Actor,
  self: Pick<Worker, 'name'>,
  plan: ObjectsPlan,
): Promise<Result<readonly Follower[], Refusal>> => {
  const followers: Follower[] = [];
  for (const behind of await leftBehind(control.store.read, self, plan)) {
    const successors = new Map<string, TriedVersion>();
    for (const base of behind.versions) {
      const version = await tried(control, actor, {
        worker: behind.worker,
        code: following(codeOf(base), behind.worker.name, plan.namespaces),
        annotations: { message: messageOf(plan), tag: undefined, alias: undefined },
        triggeredBy: 'upload',
        lineage: inheritedFrom(base, behind.active?.split),
        after: [...successors.values()].at(-1),
      });
      if (version.ok) successors.set(base.id, version.value);
      else if (serves(behind, base)) return version;
    }
    const together = await startTogether(control, behind.worker, behind.active?.split ?? [], successors);
    if (!together.ok) return together;
    followers.push({ ...behind, successors });
  }
  return accept(followers);
};

const messageOf = ({ changes }: ObjectsPlan): string =>
  changes.transferred
    .map(({ className, script, movedFrom }) => `The objects of ${className} moved from ${movedFrom} to ${script}.`)
    .join(' ')
    .slice(0, 200);

const serves = ({ active }: LeftBehind, { id }: Version): boolean => active?.split.some(({ versionId }) => versionId === id) ?? false;

const leftBehind = async (
  queries: Queries,
  self: Pick<Worker, 'name'>,
  { changes, namespaces }: ObjectsPlan,
): Promise<readonly LeftBehind[]> => {
  const taken: readonly ObjectNamespace[] = [...changes.transferred, ...changes.deleted.filter(({ script }) => script !== self.name)];
  if (taken.length === 0) return [];
  const binding = await queries.serving.all(taken.map(({ namespaceId }) => namespaceId));
  const owners = taken.flatMap(({ script, movedFrom }) => [script, movedFrom ?? script]);
  const names = new Set([...binding.map(({ script }) => script), ...owners].filter((name) => name !== self.name));
  const found: LeftBehind[] = [];
  for (const name of [...names].toSorted()) {
    const worker = await queries.workers.byName(name);
    if (worker === undefined) continue;
    const active = await queries.deployments.active(worker.tag);
    const newest = await queries.versions.newest(worker.tag);
    const serving = await versionsIn(queries, worker.tag, active?.split ?? []);
    const all = newest === undefined || serving.some(({ id }) => id === newest.id) ? serving : [...serving, newest];
    const versions = all.filter((version) => isLeftBehind(version, name, namespaces)).toSorted((a, b) => a.number - b.number);
    if (versions.length > 0) found.push({ worker, active, versions });
  }
  return found;
};

/** Stores the successors, and gives them the traffic of those they follow; refused where somebody deployed or uploaded meanwhile. */
export const storeFollowers = async (
  control: Control,
  actor: Actor,
  change: Change,
  self: Pick<Worker, 'name'>,
  plan: ObjectsPlan,
  followers: readonly Follower[],
): Promise<Result<null, Refusal>> => {
  if (!isDeepStrictEqual((await leftBehind(change, self, plan)).map(idsOf), followers.map(idsOf))) {
    return refuse({ code: 'active_deployment_changed', expected: 'none', active: undefined });
  }
  for (const { worker, active, successors } of followers) {
    const replacement = new Map<string, string>();
    for (const [base, version] of successors) {
      const made = await storeVersion(change, version);
      if (!made.ok) return made;
      replacement.set(base, made.value.id);
    }
    if (active === undefined || !active.split.some(({ versionId }) => replacement.has(versionId))) continue;
    const split = carriedOver(active.split, replacement);
    await storeDeployment(control, actor, change, { worker, split, message: messageOf(plan), triggeredBy: 'upload' });
  }
  return accept(null);
};

const idsOf = ({ worker, active, versions }: LeftBehind) => [worker.tag, active?.id, versions.map(({ id }) => id)];

/** Makes the successors ready too, where they may be before they are deployed. */
export const followersReadied = <Value>(control: Control, followers: readonly Follower[], work: () => Promise<Value>): Promise<Value> => {
  const [first, ...more] = followers;
  if (first === undefined) return work();
  return readied(control, first.worker, [...first.successors.values()], () => followersReadied(control, more, work));
};

/** For the audit row. */
export const followersDetail = (followers: readonly Follower[]): Readonly<Record<string, unknown>> =>
  followers.length === 0
    ? {}
    : {
        followed: followers.map(({ worker, successors }) => ({
          worker: worker.name,
          versions: [...successors.values()].map(({ id }) => id),
        })),
      };
