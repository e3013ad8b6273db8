import type { Binding } from './binding.ts';
import type { DurableObjectClass } from './durable-objects.ts';
import type { GivenExports } from './given-exports.ts';
import type { ActiveDeployment } from './refusal.ts';
import type { Resource, ResourceKind } from './resource.ts';
import type { RequestedShare } from './split.ts';

/** What the rules need to know of a version. */
export interface CandidateVersion {
  readonly id: string;
  readonly number: number;
  readonly bindings: readonly Binding[];
  /** The classes it was made for; none where absent. */
  readonly durableObjects?: readonly DurableObjectClass[] | undefined;
  /** Names of what its default export handles. */
  readonly handlers: readonly string[];
  readonly compatibilityDate: string | undefined;
  readonly compatibilityFlags: readonly string[];
  readonly exports?: GivenExports | undefined;
}

/** What a Worker is called for beside requests. */
export interface EventSources {
  /** Names of the queues whose messages it gets. */
  readonly queue: readonly string[];
  readonly scheduled: readonly string[];
}

/** A deployment somebody thinks of, and the world it would be made in. */
export interface Proposal {
  readonly shares: readonly RequestedShare[];
  /** Every version that the shares name and that belongs to this Worker. */
  readonly versions: ReadonlyMap<string, CandidateVersion>;
  /** The versions that serve now, newest deployment. */
  readonly active: { readonly deployment: ActiveDeployment; readonly versions: readonly CandidateVersion[] } | undefined;
  readonly newestNumber: number;
  /** How many of the newest versions may be deployed. */
  readonly window: number;
  /** All that bindings can reach now. */
  readonly resources: readonly Resource[];
  /** The Workers that exist among those bound, each with the time of its active deployment, if it has one. */
  readonly services: ReadonlyMap<string, string | undefined>;
  /** The Worker's own classes that live now. */
  readonly classes: readonly DurableObjectClass[];
  /** The Workers of all namespaces of the account that live now, by their ids. */
  readonly owners: ReadonlyMap<string, string>;
  /** What of it is gone, as far as that is remembered. */
  readonly deletions: readonly Deletion[];
  /** ISO time at which a version last left the deployments or, where it never served, was uploaded. */
  readonly knownSince: ReadonlyMap<string, string>;
  readonly events: EventSources;
  /**
   * When the tables of each D1 database changed last, undefined where they never did; a database that did not answer is missing.
   * Not asked where nobody wants to be told.
   */
  readonly schemaChangedOn?: ReadonlyMap<string, string | undefined> | undefined;
}

export interface Deletion {
  readonly kind: ResourceKind;
  /** As bindings name it. */
  readonly key: string;
  readonly name: string;
  readonly by: string;
  readonly on: string;
}
