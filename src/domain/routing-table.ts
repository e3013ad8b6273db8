import type { Collects } from './collects.ts';
import type { ConsumedQueue } from './queue.ts';
import type { Split } from './split.ts';

/**
 * All an edge needs to decide which version answers a request (I2, I7). Plain data: sent over the feed, kept on disk,
 * swapped whole. `generation` grows with every change; an edge refuses an older one.
 */
export interface RoutingTable {
  readonly generation: number;
  readonly hosts: HostTable;
  readonly workers: readonly WorkerEntry[];
}

/** Which Worker a host and path belong to. */
export interface HostTable {
  /** Workers answer at `<name>.<subdomain>.<domain>` for each of these: the base domain and `workers.dev`. */
  readonly domains: readonly string[];
  readonly subdomain: string;
  readonly routes: readonly RouteEntry[];
  readonly customDomains: readonly {
    readonly hostname: string;
    readonly script: string;
    readonly enabled: boolean;
    readonly previews: boolean;
  }[];
}

/** A route; without a script it takes the requests it matches away from every other route. */
export interface RouteEntry {
  readonly pattern: string;
  readonly script: string | null;
}

export interface WorkerEntry {
  readonly name: string;
  readonly deployment: { readonly id: string; readonly split: Split } | null;
  /** Whether the Worker answers under its workers.dev name. */
  readonly workersDev: boolean;
  /** Whether each version answers under its own URL. */
  readonly previews: boolean;
  /** Ids of the versions with a URL of their own; empty while previews are off. */
  readonly previewVersions: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
  /** Absent where no version that can be reached, and none that lately served, has assets. */
  readonly assets?: WorkerAssets;
  /** Whether it has Durable Objects: then one of its versions runs at a time, in the one process that owns them. */
  readonly ownsObjects?: true;
  /** Which Worker has its former Durable Objects now, by their namespace: for calls under way of versions that do not know. */
  readonly movedObjects?: Readonly<Record<string, string>>;
  /** When its `scheduled()` is due; absent where it never is. */
  readonly crons?: readonly string[];
  /** What its `queue()` is given the messages of; a paused queue is not among them. */
  readonly queues?: readonly ConsumedQueue[];
  /** What is kept of its invocations; absent where nothing is. */
  readonly collects?: Collects;
}

/** Which versions' assets an edge serves. */
export interface WorkerAssets {
  /** Those with assets among the versions that can be reached. */
  readonly versions: readonly string[];
  /**
   * Those whose hashed files are served to whichever version a request is drawn, newest first: of the deployment, and of
   * earlier ones until this time (milliseconds since 1970).
   */
  readonly retained: readonly { readonly versionId: string; readonly until: number | null }[];
}

/** One step from a generation to the next. */
export interface TableChange {
  readonly generation: number;
  readonly previous: number;
  readonly hosts?: HostTable;
  readonly workers?: readonly WorkerEntry[];
  readonly deletedWorkers?: readonly string[];
}

/** The table after a change, or undefined where the change does not follow on from it (a full table is needed). */
export const tableAfter = (table: RoutingTable, change: TableChange): RoutingTable | undefined => {
  if (change.previous !== table.generation || change.generation <= table.generation) return undefined;
  const replaced = new Set([...(change.workers ?? []).map(({ name }) => name), ...(change.deletedWorkers ?? [])]);
  return {
    generation: change.generation,
    hosts: change.hosts ?? table.hosts,
    workers: replaced.size === 0 ? table.workers : [...table.workers.filter(({ name }) => !replaced.has(name)), ...(change.workers ?? [])],
  };
};
