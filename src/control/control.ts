import type { Clock, Ids } from '../base/index.ts';
import type { Author, Source, VersionSpec } from '../domain/index.ts';
import type { ModuleStore, Vault } from '../files/index.ts';
import type { AuditEntry, Store } from '../store/index.ts';
import type { AwaitedAnswers } from './awaited-answers.ts';
import type { EdgeFeed } from './edge-feed.ts';
import type { Lanes } from './lanes.ts';

/** What a trial says of a version: what it exports, or why it does not start. */
export type TrialResult =
  | {
      readonly ok: true;
      readonly startupTimeMs: number;
      readonly handlers: readonly string[];
      readonly namedHandlers: readonly { readonly name: string; readonly handlers: readonly string[] }[];
      readonly classes: readonly { readonly name: string; readonly kind: 'durable_object' | 'workflow' }[];
    }
  | { readonly ok: false; readonly failure: { readonly message: string } };

/** Two versions of a Worker with Durable Objects. */
export type SplitSpecs = readonly [VersionSpec, VersionSpec];

export type SplitTrialResult = { readonly ok: true } | { readonly ok: false; readonly failure: { readonly message: string } };

/** What every use case works with; made once by main. */
export interface Control {
  readonly store: Store;
  readonly modules: ModuleStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feed: EdgeFeed;
  /** Runs a version once on scratch storage before it may serve. */
  readonly tryVersion: (spec: VersionSpec) => Promise<TrialResult>;
  /** Runs two versions in the one process that their Durable Objects would have, on scratch storage. */
  readonly trySplit: (specs: SplitSpecs) => Promise<SplitTrialResult>;
  /** In which changes of one Worker wait for each other. */
  readonly lanes: Lanes;
  /** Which uploads have not been answered yet. */
  readonly awaited: AwaitedAnswers;
  /** Versions that are about to be stored and deployed: edges may fetch and start them already. */
  readonly upcoming: Map<string, VersionSpec>;
  readonly settings: ControlSettings;
}

export interface ControlSettings {
  /** How many of a Worker's newest versions may be deployed; those that serve always may. */
  readonly deployableVersions: number;
  readonly baseDomain: string;
}

/** Who acts, from which client. */
export interface Actor {
  readonly author: Author;
  readonly source: Source;
  /** The address of its connection; none where there is none. */
  readonly ip?: string | undefined;
}

/** An audit row for a change made now. Never put a secret's value into `detail`. */
export const auditEntry = (
  control: Control,
  actor: Actor,
  action: string,
  target: string,
  detail: Readonly<Record<string, unknown>> = {},
): AuditEntry => ({
  id: control.ids.uuid(),
  at: control.clock.now().toISOString(),
  actor: actor.author,
  actorIp: actor.ip,
  action,
  target,
  detail: { source: actor.source, ...detail },
});
