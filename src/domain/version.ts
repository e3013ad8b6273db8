import type { VersionAssets } from './assets/index.ts';
import type { Binding, OpenBinding } from './binding.ts';
import type { DurableObjectClass } from './durable-objects.ts';
import type { GivenExports } from './given-exports.ts';

/** How workerd loads one part of a Worker. Source maps are kept to explain errors and never loaded. */
export type ModuleKind = 'esm' | 'commonjs' | 'wasm' | 'text' | 'data' | 'json' | 'sourcemap';

/** One part of a Worker's code; its bytes are stored once, under their digest (I1). */
export interface Module {
  /** As workerd knows it: a relative POSIX path without a leading `./`. */
  readonly name: string;
  readonly kind: ModuleKind;
  /** The media type it was uploaded with, given back by the content API. */
  readonly contentType: string;
  /** SHA-256 in lower-case hex. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Which client made it, as Cloudflare names them in `metadata.source`; `cli` is our own command. */
export type Source = 'api' | 'wrangler' | 'dash' | 'terraform' | 'cli' | 'unknown';

/** Who acted. A token without an e-mail address has its name instead, so an author is never blank. */
export interface Author {
  readonly id: string;
  readonly email: string;
}

export type Syntax = 'modules' | 'service-worker';

/** `usage_model` is deprecated at Cloudflare but still part of a version; old clients send it. */
export type UsageModel = 'standard' | 'bundled' | 'unbound';

export interface Limits {
  readonly cpu_ms?: number | undefined;
  readonly subrequests?: number | undefined;
}

/** What the version exports, found by running it once: `fetch`, `scheduled`, …; and each named entrypoint with its handlers. */
export interface Handlers {
  readonly handlers: readonly string[];
  readonly namedHandlers: readonly { readonly name: string; readonly handlers: readonly string[] }[];
}

/** What runs: everything about a version that changes how it behaves. */
export interface VersionCode {
  readonly syntax: Syntax;
  /** Name of the module (or service-worker script) that is the entry; empty where there is no script, only assets. */
  readonly mainModule: string;
  readonly modules: readonly Module[];
  readonly bindings: readonly Binding[];
  readonly compatibilityDate: string | undefined;
  readonly compatibilityFlags: readonly string[];
  readonly usageModel: UsageModel;
  readonly limits: Limits;
  /** As uploaded. On one location placement changes nothing. */
  readonly placement: Readonly<Record<string, unknown>> | undefined;
  /** Members of the upload's metadata that are kept and given back but change nothing here. */
  readonly kept: Readonly<Record<string, unknown>>;
  readonly assets?: VersionAssets | undefined;
  /** The classes of the Worker whose objects lived when the version was made: it runs with these and no others. */
  readonly durableObjects?: readonly DurableObjectClass[] | undefined;
  /** As uploaded: what it declared of its classes and entrypoints. */
  readonly exports?: GivenExports | undefined;
}

export interface Annotations {
  readonly message: string | undefined;
  readonly tag: string | undefined;
  readonly alias: string | undefined;
}

/** An immutable version of a Worker (I1). Times are ISO strings with microseconds. */
export interface Version extends VersionCode, Annotations, Handlers {
  readonly id: string;
  readonly scriptTag: string;
  /** 1 for the first version of a Worker, counting up, never used twice. */
  readonly number: number;
  readonly createdOn: string;
  readonly source: Source;
  readonly author: Author;
  /** What made it: `upload`, `version_upload`, `secret`, … */
  readonly triggeredBy: string;
  readonly startupTimeMs: number;
  readonly etag: string;
  /** Of one that was made from another by a change of secrets or settings: the id that keys and objects fall by, as they did. */
  readonly lineage?: string;
}

/** What runs of a version, without who made it and when. */
export const codeOf = (version: Version): VersionCode => ({
  syntax: version.syntax,
  mainModule: version.mainModule,
  modules: version.modules,
  bindings: version.bindings,
  compatibilityDate: version.compatibilityDate,
  compatibilityFlags: version.compatibilityFlags,
  usageModel: version.usageModel,
  limits: version.limits,
  placement: version.placement,
  kept: version.kept,
  assets: version.assets,
  durableObjects: version.durableObjects,
  exports: version.exports,
});

/** What the runtime needs to run a version, secrets opened. Lives in memory, in the feed and sealed on the edge's disk. */
export interface VersionSpec {
  readonly id: string;
  readonly script: string;
  readonly tag: string | undefined;
  /** Its annotation; absent in what edges stored before records of invocations named it. */
  readonly message?: string | undefined;
  readonly createdOn: string;
  readonly syntax: Syntax;
  readonly mainModule: string;
  readonly modules: readonly Module[];
  readonly bindings: readonly OpenBinding[];
  readonly compatibilityDate: string | undefined;
  readonly compatibilityFlags: readonly string[];
  readonly limits: Limits;
  readonly assets?: VersionAssets | undefined;
  /** What its default export handles, as its trial found it; not known in the trial itself. */
  readonly handlers?: readonly string[];
  /** The classes of this Worker whose objects live, bound by this version or not; absent where there are none. */
  readonly durableObjects?: readonly DurableObjectClass[] | undefined;
}

/** Whether there is a script; a version may be assets alone. */
export const hasScript = ({ mainModule }: Pick<VersionCode, 'mainModule'>): boolean => mainModule !== '';
