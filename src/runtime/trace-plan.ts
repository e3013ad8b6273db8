import type { Split, VersionSpec } from '../domain/index.ts';
import { TRACER_SOURCE, TRACES_BINDING, tracesSocketIn, VERSIONS_BINDING, type TracedVersion } from '../observe/index.ts';
import { PICK_SOURCE, RESET_METHOD } from './object-split-source.ts';
import type { ModulePlan, ProcessPlan, WorkerPlan } from './plan.ts';
import { mapFor } from './stack.ts';

/** The service that is told of every invocation, and where it posts to. Nothing of a version's can reach either. */
export const TRACER = 'tracer';
const TRACES = 'traces';

/** Its entrypoints: one for each version, one for the objects that two share, and one that hears how they share them. */
const versionEntrypoint = (index: number): string => `Version${index}`;
const OBJECTS_ENTRYPOINT = 'Objects';
export const TRACED_SHARES_ENTRYPOINT = 'Shares';

/** The process with a tracer, where somebody observes. */
export const withTracer = (plan: ProcessPlan, spec: VersionSpec, observeFolder: string | undefined): ProcessPlan =>
  observeFolder === undefined ? plan : traced(plan, [spec], new Map([['main', versionEntrypoint(0)]]), SINGLE_SOURCE, observeFolder);

/** The same for two versions that share objects, whose services are named here in their order: whose an object is follows from its id. */
export const withSplitTracer = (
  plan: ProcessPlan,
  specs: readonly VersionSpec[],
  shares: Split,
  services: { readonly mains: readonly string[]; readonly owner: string },
  observeFolder: string | undefined,
): ProcessPlan => {
  if (observeFolder === undefined) return plan;
  const entrypoints = new Map([
    ...services.mains.map((name, index) => [name, versionEntrypoint(index)] as const),
    [services.owner, OBJECTS_ENTRYPOINT] as const,
  ]);
  return traced(plan, specs, entrypoints, splitSource(specs, shares), observeFolder);
};

const traced = (
  plan: ProcessPlan,
  specs: readonly VersionSpec[],
  entrypoints: ReadonlyMap<string, string>,
  source: string,
  observeFolder: string,
): ProcessPlan => ({
  ...plan,
  workers: [
    ...plan.workers.map((worker) => {
      const entrypoint = entrypoints.get(worker.name);
      return entrypoint === undefined ? worker : { ...worker, tail: { service: TRACER, entrypoint } };
    }),
    tracer(specs, source),
  ],
  externals: [...plan.externals, { name: TRACES, socketPath: tracesSocketIn(observeFolder), headers: {} }],
});

const tracer = (specs: readonly VersionSpec[], source: string): WorkerPlan => ({
  name: TRACER,
  compatibilityDate: '2026-01-01',
  compatibilityFlags: [],
  code: { modules: [moduleOf('tails.js', source), moduleOf('tracer.js', TRACER_SOURCE)] },
  bindings: [
    { name: TRACES_BINDING, field: 'service', content: { service: TRACES } },
    { name: VERSIONS_BINDING, field: 'json', content: { inline: JSON.stringify(specs.map(tracedVersion)) } },
  ],
});

const moduleOf = (name: string, inline: string): ModulePlan => ({ name, field: 'esModule', content: { inline } });

/** Annotations may be long, and stand in each batch. */
const MOST_MESSAGE = 1_000;

const tracedVersion = (spec: VersionSpec): TracedVersion => {
  const { id, script, tag, message } = spec;
  const maps = sourceMapsOf(spec);
  return { id, script, tag, message: message?.slice(0, MOST_MESSAGE), sourceMaps: Object.keys(maps).length === 0 ? undefined : maps };
};

/** By the names that stacks have: a service-worker script has that of its service. */
const sourceMapsOf = (spec: VersionSpec): Readonly<Record<string, string>> => {
  const mapped = spec.modules.flatMap(({ name, kind }) => {
    if (kind !== 'esm' && kind !== 'commonjs') return [];
    const map = spec.modules.find((module) => module.kind === 'sourcemap' && module.name === mapFor(name, spec));
    return map === undefined ? [] : [[spec.syntax === 'modules' ? name : 'main', map.digest] as const];
  });
  return Object.fromEntries(mapped);
};

const SINGLE_SOURCE = `import { tracing } from './tracer.js';
export const ${versionEntrypoint(0)} = tracing(() => 0);
`;

/**
 * An object's invocation is that of the version whose the object was when it began. What new shares move is reset at once, but a call
 * that comes between is told under its new version's name.
 */
const splitSource = (specs: readonly VersionSpec[], shares: Split): string => `import { tracing } from './tracer.js';
${PICK_SOURCE}
const VERSIONS = ${JSON.stringify(specs.map(({ id }) => id))};
${specs.map((_, index) => `export const ${versionEntrypoint(index)} = tracing(() => ${index});`).join('\n')}

/** The newest first. */
const splits = [{ since: 0, split: ${JSON.stringify(shares)} }];
const MOST_SPLITS = 16;

export const ${TRACED_SHARES_ENTRYPOINT} = {
  async fetch(request) {
    splits.unshift({ since: Date.now(), split: await request.json() });
    splits.length = Math.min(splits.length, MOST_SPLITS);
    return new Response();
  },
};

const versionOf = ({ durableObjectId, eventTimestamp, event }) => {
  // What is no object's here is ours: it sets the shares, and resets objects.
  if (durableObjectId === undefined || event?.rpcMethod?.startsWith('${RESET_METHOD}')) return -1;
  const { split } = splits.find(({ since }) => since <= eventTimestamp) ?? splits.at(-1);
  return VERSIONS.indexOf(pickForObject(split, durableObjectId));
};

/** The modules of both stand in folders of their own, around ours. */
const inItsWords = (stack) => VERSIONS.reduce((plain, id) => plain.replaceAll(id + '/', ''), stack.replace(/^.*[ (]owner\\.js:.*\\n?/gm, '')).trimEnd();

export const ${OBJECTS_ENTRYPOINT} = tracing(versionOf, inItsWords);
`;
