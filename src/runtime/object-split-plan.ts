import { invariant } from '../base/index.ts';
import type { Split, VersionSpec } from '../domain/index.ts';
import { DOOR } from './object-gate-plan.ts';
import { boundOf, namespaceOfClass, ownerSource, SHARES_ENTRYPOINT, TRACED_SHARES } from './object-split-source.ts';
import { EARLIEST_COMPATIBILITY_DATE, planProcess } from './plan.ts';
import { StartFailure } from './start-failure.ts';
import { TRACED_SHARES_ENTRYPOINT, TRACER, withSplitTracer } from './trace-plan.ts';
import type { BindingPlan, Content, ModulePlan, ProcessPlan, SocketPlan, Where, WorkerPlan } from './plan.ts';

/** Two versions of a Worker with Durable Objects, and which share of its objects each has. */
export interface OwnedSplit {
  readonly specs: readonly [VersionSpec, ...VersionSpec[]];
  readonly shares: Split;
}

export interface SplitWhere extends Where {
  /** Of each version, in the order of the specs. */
  readonly versionSockets: readonly Pick<Where, 'mainSocket' | 'eventSocket'>[];
  /** Where the shares are set; in the process's own folder. */
  readonly sharesSocket: string;
  readonly token: string;
}

/** The service in which the objects of both versions live. */
const OWNER = 'owner';

/** One of each is enough for both versions. */
const SHARED: ReadonlySet<string> = new Set(['probe', 'internet', DOOR]);

/** What a version's own service is called in its process, for whoever reaches it by the debug port. */
export const mainServiceOf = (versionId: string): string => serviceOf('main', versionId);

const serviceOf = (name: string, versionId: string): string => (SHARED.has(name) ? name : `${name}:${versionId}`);

/**
 * One process for both versions, for nothing else may have the objects open beside it (I5): of each version all that its own process
 * would have, under names of its own, and one service more, in which the objects of both live.
 */
export const planSplit = ({ specs, shares }: OwnedSplit, where: SplitWhere): ProcessPlan => {
  const plans = specs.map((spec, index) => planProcess(spec, { ...where, ...where.versionSockets[index], observeFolder: undefined }));
  const [first] = plans;
  invariant(first, 'a split has versions');
  const parts = plans.map((plan, index) => apart(plan, specs[index]?.id ?? ''));
  const owner = ownerOf(specs, shares, parts, first, where);
  const plan: ProcessPlan = {
    ...first,
    workers: [...parts.flatMap(({ workers }) => workers).filter(isFirstOfItsName), owner],
    sockets: [...parts.flatMap(({ sockets }) => sockets).filter(isFirstOfItsName), sharesSocket(where)],
    externals: parts.flatMap(({ externals }) => externals),
    clients: parts.flatMap(({ clients }) => clients),
    extensions: parts.flatMap(({ extensions }) => extensions).filter(isFirstOfItsName),
    environment: Object.assign({}, ...parts.map(({ environment }) => environment)),
    isExperimental: plans.some(({ isExperimental }) => isExperimental),
  };
  const mains = specs.map(({ id }) => mainServiceOf(id));
  return withSplitTracer(plan, specs, shares, { mains, owner: OWNER }, where.observeFolder);
};

interface Named {
  readonly name: string;
}

const isFirstOfItsName = ({ name }: Named, index: number, all: readonly Named[]): boolean =>
  all.findIndex((other) => other.name === name) === index;

const sharesSocket = ({ sharesSocket: path, token }: SplitWhere): SocketPlan => ({
  name: 'shares',
  path,
  service: { service: OWNER, entrypoint: SHARES_ENTRYPOINT, props: { token } },
  cfBlobHeader: undefined,
  schemeHeader: undefined,
});

/** The version's part, under names that say which version it is; its objects live elsewhere. */
const apart = (plan: ProcessPlan, versionId: string): ProcessPlan => ({
  ...plan,
  workers: plan.workers.map((worker) => ({
    ...(worker.name === 'main' ? withoutObjects(worker) : worker),
    name: serviceOf(worker.name, versionId),
    ...(worker.cache === undefined ? {} : { cache: { ...worker.cache, service: serviceOf(worker.cache.service, versionId) } }),
    bindings: worker.bindings.map((binding) => ({ ...binding, content: contentOf(binding, versionId) })),
  })),
  sockets: plan.sockets.map((socket) => ({
    ...socket,
    name: serviceOf(socket.name, versionId),
    service: typeof socket.service === 'string' ? serviceOf(socket.service, versionId) : socket.service,
  })),
  externals: plan.externals.map((external) => ({ ...external, name: serviceOf(external.name, versionId) })),
  clients: plan.clients.map((client) => ({ ...client, name: serviceOf(client.name, versionId) })),
  environment: Object.fromEntries(Object.entries(plan.environment).map(([name, value]) => [serviceOf(name, versionId), value])),
});

const withoutObjects = ({ objects: _objects, ...worker }: WorkerPlan): WorkerPlan => worker;

const contentOf = ({ field, content }: BindingPlan, versionId: string): Content => {
  if (content === 'void' || 'file' in content) return content;
  if ('inline' in content) return field === 'fromEnvironment' ? { inline: serviceOf(content.inline, versionId) } : content;
  if ('wrappedBy' in content) return { ...content, fetcher: serviceOf(content.fetcher, versionId) };
  if (!('className' in content)) return { ...content, service: serviceOf(content.service, versionId) };
  const { className, service = 'main' } = content;
  return { className, service: service === 'main' ? OWNER : serviceOf(service, versionId) };
};

const ownerOf = (
  specs: readonly VersionSpec[],
  shares: Split,
  parts: readonly ProcessPlan[],
  first: ProcessPlan,
  { token, observeFolder }: SplitWhere,
): WorkerPlan => {
  const objects = first.workers.find(({ name }) => name === 'main')?.objects;
  const [spec] = specs;
  invariant(objects !== undefined && spec !== undefined, 'the versions own objects');
  const classNames = objects.namespaces.map(({ className }) => className);
  const versions = specs.map(({ id, mainModule }) => ({ id, mainModule }));
  const mains = specs.flatMap(({ id }, index) => {
    const main = parts[index]?.workers.find(({ name }) => name === mainServiceOf(id));
    return main === undefined ? [] : [{ id, main }];
  });
  const source: ModulePlan = {
    name: 'owner.js',
    field: 'esModule',
    content: { inline: ownerSource({ versions, classNames, shares, token }) },
  };
  return {
    name: OWNER,
    compatibilityDate: spec.compatibilityDate ?? EARLIEST_COMPATIBILITY_DATE,
    compatibilityFlags: ownerFlags(spec),
    code: {
      modules: [
        source,
        ...mains.flatMap(({ id, main }) => modulesOf(main).map(({ name, field, content }) => ({ name: `${id}/${name}`, field, content }))),
      ],
    },
    bindings: [
      ...mains.flatMap(({ id, main }) => main.bindings.map((binding) => ({ ...binding, name: boundOf(id, binding.name) }))),
      ...classNames.map((className): BindingPlan => ({
        name: namespaceOfClass(className),
        field: 'durableObjectNamespace',
        content: { className },
      })),
      ...(observeFolder === undefined ? [] : [TELLS_SHARES]),
    ],
    ...(mains[0]?.main.cache === undefined ? {} : { cache: mains[0].main.cache }),
    objects,
  };
};

/** What is told of an object says whose it is by the shares. */
const TELLS_SHARES: BindingPlan = {
  name: TRACED_SHARES,
  field: 'service',
  content: { service: TRACER, entrypoint: TRACED_SHARES_ENTRYPOINT, props: {} },
};

const modulesOf = ({ code }: WorkerPlan): readonly ModulePlan[] => ('modules' in code ? code.modules : []);

/** What the owner's own code needs beyond what the versions have, where their date does not bring it. */
const ownerFlags = ({
  compatibilityDate: date = EARLIEST_COMPATIBILITY_DATE,
  compatibilityFlags: flags,
}: VersionSpec): readonly string[] => [
  ...flags,
  ...OWN_FLAGS.filter(({ since, flag, unless }) => date < since && ![flag, ...unless].some((name) => flags.includes(name))).map(
    ({ flag }) => flag,
  ),
];

const OWN_FLAGS = [
  { flag: 'rpc', since: '2024-04-03', unless: [] },
  { flag: 'enable_weak_ref', since: '2025-05-05', unless: [] },
  { flag: 'nodejs_als', since: '9999-12-31', unless: ['nodejs_compat', 'nodejs_compat_v2'] },
] as const;

const TAKES_AWAY: ReadonlySet<string> = new Set(['no_rpc', 'disable_weak_ref', 'no_nodejs_als']);

/** What the owner's own code needs is not taken from it: such versions run one at a time. */
export const refuseFlagsOf = (specs: readonly VersionSpec[]): void => {
  const taken = specs.flatMap(({ compatibilityFlags }) => compatibilityFlags).find((flag) => TAKES_AWAY.has(flag));
  if (taken === undefined) return;
  throw new StartFailure('no_such_runtime_feature', `The process of a split needs what the compatibility flag ${taken} takes away.`);
};
