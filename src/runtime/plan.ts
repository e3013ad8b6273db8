import { invariant } from '../base/index.ts';
import { hasScript, isDataBinding, LEADS_INSIDE, type Module, type VersionSpec } from '../domain/index.ts';
import { planCertificate, withCertificates, type ClientPlan } from './certificate-plan.ts';
import { handlesEvents, withEvents } from './event-plan.ts';
import { planNamespace, withObjectGates } from './object-gate-plan.ts';
import { planObjects, type ObjectsPlan } from './object-plan.ts';
import { planRateLimit, RATE_LIMIT, rateLimitCounter } from './rate-limit-plan.ts';
import { planResource, type ExternalPlan } from './resource-plan.ts';
import { withTracer } from './trace-plan.ts';
import { planNoService, planService, withServices } from './service-plan.ts';

/** Everything one workerd process is told, as plain data: {@link renderConfig} writes it down, the environment goes beside it. */
export interface ProcessPlan {
  readonly v8Flags: readonly string[];
  readonly workers: readonly WorkerPlan[];
  readonly sockets: readonly SocketPlan[];
  /** What it reaches over unix sockets of ours. */
  readonly externals: readonly ExternalPlan[];
  /** Modules of ours that bindings are made by. No version can import them. */
  readonly extensions: readonly ExtensionPlan[];
  /** Ways out by which it shows a client certificate; what they may reach is what it may reach anyway. */
  readonly clients: readonly ClientPlan[];
  /** Networks the version may not reach although they look public; private ones are never reachable (I6). */
  readonly deniedNetworks: readonly string[];
  /** Secrets, the whole environment of the process. They never stand in its configuration file (I8). */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether workerd is started with `--experimental`; then a Worker of ours calls the version's event handlers. */
  readonly isExperimental: boolean;
  /** Path of a socket that gives full access to the process. Takes experimental workerd. */
  readonly debugSocket?: string | undefined;
}

export interface ExtensionPlan {
  readonly name: string;
  readonly source: string;
}

export interface WorkerPlan {
  readonly name: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly code: { readonly modules: readonly ModulePlan[] } | { readonly serviceWorkerScript: Content };
  readonly bindings: readonly BindingPlan[];
  /** Who answers its Cache API. */
  readonly cache?: { readonly service: string; readonly entrypoint?: string };
  /** Who is told of each of its invocations. */
  readonly tail?: { readonly service: string; readonly entrypoint: string };
  /** Present where it owns Durable Objects. */
  readonly objects?: ObjectsPlan;
}

/** What a value of the configuration is: in the text itself, or the bytes of a file. */
export type Content =
  | { readonly inline: string }
  | { readonly file: string }
  | { readonly service: string }
  | { readonly className: string; readonly service?: string }
  | Designator
  | Wrapped
  | 'void';

/** One entrypoint of a service, with what it finds in `ctx.props`. */
export interface Designator {
  readonly service: string;
  readonly entrypoint: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** An object that a module inside workerd makes around a service. */
export interface Wrapped {
  readonly wrappedBy: string;
  readonly fetcher: string;
}

/** Named by workerd's own fields, see `Worker.Module` and `Worker.Binding` in workerd.capnp. */
export interface ModulePlan {
  readonly name: string;
  readonly field: 'esModule' | 'commonJsModule' | 'wasm' | 'text' | 'data' | 'json';
  readonly content: Content;
}

export interface BindingPlan {
  readonly name: string;
  readonly field:
    | 'text'
    | 'json'
    | 'data'
    | 'wasmModule'
    | 'fromEnvironment'
    | 'service'
    | 'kvNamespace'
    | 'r2Bucket'
    | 'queue'
    | 'durableObjectNamespace'
    | 'workerdDebugPort'
    | 'wrapped';
  readonly content: Content;
}

export interface SocketPlan {
  readonly name: string;
  readonly path: string;
  readonly service: string | Designator;
  readonly cfBlobHeader: string | undefined;
  readonly schemeHeader: string | undefined;
}

export interface Where {
  readonly modulePath: (digest: string) => string;
  readonly mainSocket: string;
  readonly probeSocket: string;
  readonly eventSocket: string;
  readonly heapLimitMb: number;
  readonly deniedNetworks?: readonly string[];
  /** Where the data process has its sockets. */
  readonly dataFolder: string;
  /** Where the edge answers `env.ASSETS`; in a trial nobody does. */
  readonly assetsSocket: string;
  /** Where the edge passes on calls to other Workers. */
  readonly servicesSocket: string;
  /** Where the edge keeps what the Cache API is given; left out, as in a trial, nothing is kept. */
  readonly cacheSocket?: string | undefined;
  /** Where gates of other versions reach everything in the process; a trial has none, and calls nobody. */
  readonly debugSocket?: string | undefined;
  /** Where the objects of Durable Objects are stored; without it they are gone with the process, as in a trial. */
  readonly objectsFolder?: string | undefined;
  /** Where the observe process has its sockets; without it nobody is told what the version does, as in a trial. */
  readonly observeFolder?: string | undefined;
}

const ASSETS = 'assets';
const CACHE = 'cache';

/** In which header a version's process says whose assets it asks for. */
export const ASSETS_HEADER = 'switchback-assets';

/** In which header a version's process says whose cache it means: its Worker's, so that versions share it. */
export const CACHE_HEADER = 'switchback-cache';

/** The header in which the edge hands over `request.cf` as JSON; the edge strips copies that clients send. */
export const CF_BLOB_HEADER = 'switchback-cf';

/** In which header the edge passes the visitor's scheme, `http` or `https`; workerd takes it away and puts it into `request.url`. */
export const SCHEME_HEADER = 'switchback-scheme';

/** What a Worker without a date gets (https://developers.cloudflare.com/workers/configuration/compatibility-dates/). */
export const EARLIEST_COMPATIBILITY_DATE = '2021-11-02';

/**
 * A version's process: the version on one socket, and on another a Worker of ours that says whether the process
 * answers, so that asking never runs the version's own code. One that handles events has a third, to be called on.
 */
export const planProcess = (spec: VersionSpec, where: Where): ProcessPlan => {
  const plan = {
    ...planFor(planWorker(spec, where), where),
    externals: externalsOf(spec, where),
    extensions: spec.bindings.some(({ type }) => type === 'ratelimit') ? [RATE_LIMIT] : [],
    environment: Object.fromEntries(secretsOf(spec).map(({ text }, index) => [secretVariable(index), text])),
  };
  const certified = withCertificates(plan, spec);
  const called = inService(handlesEvents(spec) ? withEvents(certified, where.eventSocket) : certified, spec, where);
  return withTracer(called, spec, where.observeFolder);
};

/** Any Worker may be bound by another while it runs: each process can be called, and calls those its version binds. */
const inService = (plan: ProcessPlan, spec: VersionSpec, where: Where): ProcessPlan => {
  const { debugSocket, servicesSocket } = where;
  const called = debugSocket === undefined ? plan : { ...withServices(plan, spec, servicesSocket), isExperimental: true, debugSocket };
  return withObjectGates(called, spec, where);
};

/** The same process with nothing of a user's in it, to measure what workerd itself costs. */
export const planBare = (where: Where): ProcessPlan => planFor({ ...PROBE, name: 'main' }, where);

const planFor = (main: WorkerPlan, where: Where): ProcessPlan => ({
  v8Flags: [`--max-heap-size=${where.heapLimitMb}`],
  workers: [PROBE, main],
  sockets: [
    { name: 'main', path: where.mainSocket, service: 'main', cfBlobHeader: CF_BLOB_HEADER, schemeHeader: SCHEME_HEADER },
    { name: 'probe', path: where.probeSocket, service: 'probe', cfBlobHeader: undefined, schemeHeader: undefined },
  ],
  externals: [],
  clients: [],
  extensions: [],
  deniedNetworks: [...LEADS_INSIDE, ...(where.deniedNetworks ?? [])],
  environment: {},
  isExperimental: false,
});

/** `cache` answers as where Cloudflare has no cache: every look-up misses, every store succeeds, nothing is there to delete. */
const PROBE_SOURCE = `export default { fetch: () => new Response('ready') };
export const cache = { fetch: ({ method }) => new Response(null, { status: { PUT: 204, PURGE: 404 }[method] ?? 504 }) };
`;

const PROBE: WorkerPlan = {
  name: 'probe',
  compatibilityDate: '2026-01-01',
  compatibilityFlags: [],
  code: { modules: [{ name: 'probe.js', field: 'esModule', content: { inline: PROBE_SOURCE } }] },
  bindings: [],
};

/** A version of assets alone is answered by the edge; whatever comes here all the same (a WebSocket) finds nothing. */
const NO_SCRIPT: ModulePlan = {
  name: 'index.js',
  field: 'esModule',
  content: { inline: `export default { fetch: () => new Response(null, { status: 404 }) };\n` },
};

const planWorker = (spec: VersionSpec, where: Where): WorkerPlan => ({
  name: 'main',
  compatibilityDate: spec.compatibilityDate ?? EARLIEST_COMPATIBILITY_DATE,
  compatibilityFlags: spec.compatibilityFlags,
  code: !hasScript(spec)
    ? { modules: [NO_SCRIPT] }
    : spec.syntax === 'modules'
      ? { modules: mainFirst(spec).flatMap((module) => planModule(module, where)) }
      : { serviceWorkerScript: fileOf(partOf(spec, spec.mainModule), where) },
  bindings: planBindings(spec, where),
  cache: where.cacheSocket === undefined ? { service: 'probe', entrypoint: 'cache' } : { service: CACHE },
  ...planObjects(spec, where.objectsFolder),
});

/** workerd runs the first module of its list. */
const mainFirst = (spec: VersionSpec): readonly Module[] => [
  partOf(spec, spec.mainModule),
  ...spec.modules.filter(({ name }) => name !== spec.mainModule),
];

const MODULE_FIELDS = {
  esm: 'esModule',
  commonjs: 'commonJsModule',
  wasm: 'wasm',
  text: 'text',
  data: 'data',
  json: 'json',
} as const;

const planModule = ({ name, kind, digest }: Module, where: Where): ModulePlan[] =>
  kind === 'sourcemap' ? [] : [{ name, field: MODULE_FIELDS[kind], content: { file: where.modulePath(digest) } }];

const PART_FIELDS = { wasm_module: 'wasmModule', text_blob: 'text', data_blob: 'data' } as const;

const planBindings = (spec: VersionSpec, where: Where): BindingPlan[] => {
  const secrets = secretsOf(spec);
  return spec.bindings.map((binding): BindingPlan => {
    const { name } = binding;
    switch (binding.type) {
      case 'plain_text':
        return { name, field: 'text', content: { inline: binding.text } };
      case 'json':
        return { name, field: 'json', content: { inline: JSON.stringify(binding.json) } };
      case 'secret_text':
        return { name, field: 'fromEnvironment', content: { inline: secretVariable(secrets.indexOf(binding)) } };
      case 'version_metadata':
        return { name, field: 'json', content: { inline: versionMetadata(spec) } };
      case 'wasm_module':
      case 'text_blob':
      case 'data_blob':
        return { name, field: PART_FIELDS[binding.type], content: fileOf(partOf(spec, binding.part), where) };
      case 'assets':
        return { name, field: 'service', content: { service: ASSETS } };
      case 'service':
        return where.debugSocket === undefined ? planNoService(binding) : planService(binding);
      case 'ratelimit':
        return planRateLimit(binding);
      case 'mtls_certificate':
        return planCertificate(binding);
      case 'durable_object_namespace':
        return planNamespace(binding, spec);
      default:
        return planResource(binding, where.dataFolder).binding;
    }
  });
};

/** Two bindings to the same resource or counter share one. */
const externalsOf = (spec: VersionSpec, where: Where): readonly ExternalPlan[] => {
  const externals = spec.bindings.flatMap((binding) => {
    if (isDataBinding(binding)) return [planResource(binding, where.dataFolder).external];
    return binding.type === 'ratelimit' ? [rateLimitCounter(binding, where.dataFolder)] : [];
  });
  const assets = { name: ASSETS, socketPath: where.assetsSocket, headers: { [ASSETS_HEADER]: spec.id } };
  const bindsAssets = spec.bindings.some(({ type }) => type === 'assets');
  const { cacheSocket } = where;
  // The scheme is part of a key.
  const cache =
    cacheSocket === undefined ? [] : [{ name: CACHE, socketPath: cacheSocket, headers: { [CACHE_HEADER]: spec.script }, isWhole: true }];
  return [...new Map(externals.map((external) => [external.name, external])).values(), ...(bindsAssets ? [assets] : []), ...cache];
};

/** https://developers.cloudflare.com/workers/runtime-apis/bindings/version-metadata/ */
const versionMetadata = ({ id, tag, createdOn }: VersionSpec): string => JSON.stringify({ id, tag: tag ?? '', timestamp: createdOn });

const secretsOf = (spec: VersionSpec) => spec.bindings.filter((binding) => binding.type === 'secret_text');

const secretVariable = (index: number): string => `SB_SECRET_${index}`;

const fileOf = ({ digest }: Module, where: Where): Content => ({ file: where.modulePath(digest) });

const partOf = (spec: VersionSpec, name: string): Module => {
  const part = spec.modules.find((module) => module.name === name);
  invariant(part, `version ${spec.id} has the part ${name} that it names`);
  return part;
};
