import type { RoutingTable, TableChange } from './routing-table.ts';

/** What the control plane says to an edge: one JSON line each, over a long-lived response. */
export type FeedMessage =
  | { readonly type: 'table'; readonly table: RoutingTable }
  | { readonly type: 'change'; readonly change: TableChange }
  /** Make these versions ready before they are needed; the edge reports each once it answers or has failed. */
  | {
      readonly type: 'warm';
      readonly versionIds: readonly string[];
      /** Their logs and exceptions will be wanted, which no table says yet: they start with what tells of them. */
      readonly areCollected?: true;
    }
  /** Whether this edge fires what must be fired by one edge only. */
  | { readonly type: 'firing'; readonly firing: Firing }
  | { readonly type: 'ping' };

/**
 * An edge alone fires whatever happens to the control plane. Of several one fires, and only as long as it hears the control plane, which
 * names another when it is gone.
 */
export type Firing = 'always' | 'while_connected' | 'never';

/** What a version's process is doing on one edge. */
export type ProcessState = 'cold' | 'starting' | 'ready' | 'draining' | 'backing_off';

export interface ProcessReport {
  readonly versionId: string;
  readonly script: string;
  readonly state: ProcessState;
  readonly pid?: number;
  readonly startedOn?: string;
  readonly restarts: number;
  readonly residentBytes?: number;
  /** Since when it keeps failing and is given no requests, though tried now and then. */
  readonly brokenOn?: string;
  /** Why it is not ready, in the runtime's words. */
  readonly reason?: string;
}

/** What an edge says back, at once when its generation or a process changes and every few seconds otherwise. */
export interface EdgeReport {
  readonly edge: string;
  /** The generation it serves from. */
  readonly generation: number;
  /** Where visitors reach it, `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly processes: readonly ProcessReport[];
}
