import { accept, refuse, type Result } from '../base/index.ts';
import type { Handlers, VersionSpec } from '../domain/index.ts';
import { planProcess, type ModulePlan, type ProcessPlan, type Where, type WorkerPlan } from './plan.ts';

export interface ExportedClass {
  readonly name: string;
  readonly kind: 'durable_object' | 'workflow';
}

/** What a version's module exports, as its trial describes it. */
export interface Description extends Handlers {
  readonly classes: readonly ExportedClass[];
  /** A default export that is an entrypoint class serves calls even where it has no handler. */
  readonly hasDefaultClass: boolean;
}

/** The export under which the entry hands workerd the version's own default, to be checked as the default would be. */
const DEFAULT_STAND_IN = 'switchbackTrialDefault';

/** The handlers that workerd calls (`ExportedHandler` in workerd's worker.h). */
const KNOWN_HANDLERS = ['fetch', 'connect', 'tail', 'tailStream', 'trace', 'scheduled', 'alarm', 'queue', 'email', 'test'];

/** The version's process with one module before its main one: it evaluates the version and describes what it exports. */
export const planTrial = (spec: VersionSpec, where: Where): ProcessPlan => {
  const plan = planProcess(spec, { ...where, debugSocket: undefined, cacheSocket: undefined, observeFolder: undefined });
  return { ...plan, workers: plan.workers.map((worker) => withEntry(worker, spec)) };
};

const withEntry = (worker: WorkerPlan, spec: VersionSpec): WorkerPlan =>
  worker.name === 'main' && 'modules' in worker.code ? { ...worker, code: { modules: [entryFor(spec), ...worker.code.modules] } } : worker;

const entryFor = (spec: VersionSpec): ModulePlan => ({
  name: entryName(spec),
  field: 'esModule',
  content: { inline: entrySource(spec.mainModule) },
});

/** In the top folder, from where `./` leads to every module, and with a name that no module has. */
const entryName = (spec: VersionSpec): string => {
  const taken = new Set(spec.modules.map(({ name }) => name));
  let name = 'switchback-trial.js';
  for (let count = 1; taken.has(name); count += 1) name = `switchback-trial-${count}.js`;
  return name;
};

/** The exports are passed on, so that workerd refuses here what it would refuse in the version itself. */
const entrySource = (mainModule: string): string => {
  const main = JSON.stringify(`./${mainModule}`);
  return `import * as tenant from ${main};
import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from 'cloudflare:workers';
export * from ${main};
export const ${DEFAULT_STAND_IN} = tenant.default ?? {};
const isClass = (value) => typeof value === 'function' && /^class\\b/.test(Function.prototype.toString.call(value));
const extending = (value, base) => value.prototype instanceof base;
const handlersOf = (value) => ${JSON.stringify(KNOWN_HANDLERS)}.filter((name) => typeof value?.[name] === 'function');
const describe = () => {
  const description = { handlers: [], hasDefaultClass: false, namedHandlers: [], classes: [] };
  for (const [name, value] of Object.entries(tenant)) {
    const handlers = handlersOf(isClass(value) ? value.prototype : value);
    if (name === 'default') Object.assign(description, { handlers, hasDefaultClass: isClass(value) });
    else if (!isClass(value)) { if (typeof value === 'object') description.namedHandlers.push({ name, handlers }); }
    else if (extending(value, WorkerEntrypoint)) description.namedHandlers.push({ name, handlers });
    else description.classes.push({ name, kind: extending(value, WorkflowEntrypoint) ? 'workflow' : 'durable_object' });
  }
  return description;
};
export default { fetch: () => Response.json(describe()) };
`;
};

/** workerd's complaint with the entry's own names put back to the version's. */
export const inTheVersionsWords = (message: string): string => message.replaceAll(DEFAULT_STAND_IN, 'default');

/** Reads the description, which comes out of the version's own isolate and is believed in its shape only. */
export const readDescription = (body: string): Result<Description, 'not_a_description'> => {
  const value = parsed(body);
  if (!isRecord(value) || !isNames(value['handlers']) || !isList(value['namedHandlers'], isNamed) || !isList(value['classes'], isClass)) {
    return refuse('not_a_description');
  }
  const { handlers, namedHandlers, classes } = value;
  return accept({ handlers, namedHandlers, classes, hasDefaultClass: value['hasDefaultClass'] === true });
};

/**
 * A service-worker script has no exports; what it listens to is read from its text. A name put together at run time
 * is missed, which costs a line in listings and nothing else.
 */
export const listenersIn = (script: string): Description => ({
  handlers: [...new Set([...script.matchAll(/\baddEventListener\(\s*(['"`])(\w+)\1/g)].map((match) => match[2] ?? ''))],
  namedHandlers: [],
  classes: [],
  hasDefaultClass: false,
});

export const doesNothing = ({ handlers, namedHandlers, classes, hasDefaultClass }: Description): boolean =>
  handlers.length === 0 && namedHandlers.length === 0 && classes.length === 0 && !hasDefaultClass;

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isNames = (value: unknown): value is string[] => isList(value, (each) => typeof each === 'string');
const isList = <Item>(value: unknown, isItem: (each: unknown) => each is Item): value is Item[] =>
  Array.isArray(value) && value.every(isItem);
const isNamed = (value: unknown): value is Handlers['namedHandlers'][number] =>
  isRecord(value) && typeof value['name'] === 'string' && isNames(value['handlers']);
const isClass = (value: unknown): value is ExportedClass =>
  isRecord(value) && typeof value['name'] === 'string' && (value['kind'] === 'durable_object' || value['kind'] === 'workflow');
