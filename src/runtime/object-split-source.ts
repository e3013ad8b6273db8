import type { Split } from '../domain/index.ts';

/**
 * `pickForObject` of domain/pick.ts in the words of a module inside workerd; a test holds the two together. The objects of both
 * versions are told apart by nothing else, so the hash may never change while objects live.
 */
export const PICK_SOURCE = `
const finished = (hash) => {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};
const lanes = (text, a, b) => {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0xcc9e2d51);
    b = Math.imul(b ^ code, 0x1b873593);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  return [a, b];
};
const uniformHash = (lineage, key) => {
  const [seedA, seedB] = lanes(lineage, 0x9e3779b9, 0x85ebca6b);
  const [a, b] = lanes(key, seedA ^ 0xff, seedB ^ key.length);
  const high = finished(a ^ Math.imul(b, 0x27d4eb2f));
  const low = finished(b ^ Math.imul(high, 0x165667b1)) >>> 11;
  return (high * 2 ** 21 + low + 1) / 2 ** 53;
};
const pickForObject = (split, id) => {
  let winner = '';
  let least = Infinity;
  let winning = '';
  for (const { versionId, share, lineage = versionId } of split) {
    if (share <= 0) continue;
    const wait = -Math.log(uniformHash(lineage, id)) / share;
    if (wait < least || (wait === least && lineage < winning)) {
      least = wait;
      winner = versionId;
      winning = lineage;
    }
  }
  return winner;
};
`;

/** What a caller of an object gets whose version changed while its call was under way: Cloudflare's own words. */
const RESET_WORDS = 'Durable Object reset because its code was updated.';

export interface OwnerSource {
  /** The versions by id, each with its main module's name below the folder that is named by the id. */
  readonly versions: readonly { readonly id: string; readonly mainModule: string }[];
  readonly classNames: readonly string[];
  readonly shares: Split;
  /** Known to nobody but whoever changes the shares. */
  readonly token: string;
}

/** The export that the shares are set by. */
export const SHARES_ENTRYPOINT = 'SwitchbackShares';

/** Under which names the owner binds what a version binds, and the namespaces themselves. */
export const boundOf = (versionId: string, name: string): string => `${versionId}:${name}`;
export const namespaceOfClass = (className: string): string => `objects:${className}`;

/** Under which name it binds whoever is told of new shares, where there is one: no class is without a name. */
export const TRACED_SHARES = 'objects:';

/** How the method is called by which an object is reset; a random part follows. */
export const RESET_METHOD = 'switchbackReset';

/**
 * The main module of the service that owns the objects of a Worker whose deployment names two versions. It imports both, and each
 * object runs the class of the version that its id falls to. Code of a version runs within that version's environment: `this.env`,
 * the `env` of `cloudflare:workers` and `process.env` are its own, at its top level too.
 *
 * New shares are taken at once: whoever is constructed from then on is of its new version, and an object that lives and is of
 * another now is reset, from inside, for only its own context can abort it. The others notice nothing.
 */
export const ownerSource = ({
  versions,
  classNames,
  shares,
  token,
}: OwnerSource): string => `import { DurableObject, env as bound, WorkerEntrypoint, withEnv } from 'cloudflare:workers';
import { AsyncLocalStorage } from 'node:async_hooks';
${PICK_SOURCE}
const TOKEN = ${JSON.stringify(token)};
let shares = ${JSON.stringify(shares)};

const scope = new AsyncLocalStorage();
const ownOf = (id, all) => Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => name.startsWith(id + ':')).map(([name, value]) => [name.slice(id.length + 1), value]));
const NODE = await import('node:process').catch(() => undefined);
/** One object, or where nothing global is called process, one that is imported. */
const PROCESSES = new Set([globalThis.process, NODE?.default].filter((process) => process?.env !== undefined));
const [outside] = [...PROCESSES].map(({ env }) => env);
const aVersion = (id) => ({ id, env: ownOf(id, bound), processEnv: ownOf(id, outside), main: undefined, layers: new WeakMap() });
const within = (version, work) => withEnv(version.env, () => scope.run(version, work));

/** Code that workerd calls without an object (a method of an RpcTarget, a listener) is in no scope, and is told by the folder it stands in. */
const present = () => {
  const version = scope.getStore();
  if (version !== undefined) return version;
  const stack = String(new Error().stack);
  return [...VERSIONS.values()].find(({ id }) => stack.includes(id + '/'));
};

const VERSIONS = new Map(${JSON.stringify(versions.map(({ id }) => id))}.map((id) => [id, aVersion(id)]));
/** What only this module may reach. */
const OBJECTS = Object.fromEntries(Object.entries(bound).filter(([name]) => name.startsWith('${namespaceOfClass('')}')));
// Code in no scope has this object in hand: it names what both versions have, and gives each its own.
for (const name of Object.keys(bound)) delete bound[name];
const [ONE, OTHER] = [...VERSIONS.values()].map(({ env }) => env);
for (const name of Object.keys({ ...ONE, ...OTHER })) {
  Object.defineProperty(bound, name, { configurable: true, enumerable: name in ONE && name in OTHER, get: () => present()?.env[name] });
}
if (outside !== undefined) {
  // Whoever imports \`env\` from node:process has this object in hand: it holds what both versions agree on.
  const [one, other] = [...VERSIONS.values()].map(({ processEnv }) => processEnv);
  for (const name of Object.keys(outside)) delete outside[name];
  for (const [name, value] of Object.entries(one)) if (other[name] === value) outside[name] = value;
  for (const process of PROCESSES) Object.defineProperty(process, 'env', { configurable: true, enumerable: true, get: () => present()?.processEnv ?? outside });
}
${versions.map(({ id, mainModule }) => `VERSIONS.get('${id}').main = await within(VERSIONS.get('${id}'), () => import(${JSON.stringify(`./${id}/${mainModule}`)}));`).join('\n')}

/** The same method or accessor, within the version's environment; \`target\` where another object stands for the one it is of. */
const scoped = (version, { get, set, value, ...rest }, target) => {
  const enter = (work) => (typeof work !== 'function' ? work : function (...args) { return within(version, () => Reflect.apply(work, target ?? this, args)); });
  return get === undefined && set === undefined ? { ...rest, value: enter(value) } : { ...rest, get: enter(get), set: enter(set) };
};
/** What workerd looks for on an object itself too, not only on its class. */
const HANDLERS = ['fetch', 'alarm', 'webSocketMessage', 'webSocketClose', 'webSocketError'];

/** What stands between an object and its class: all that the class and those it extends have, within the version's environment. */
const layerOver = (version, prototype, target) => {
  const layer = Object.create(prototype);
  const seen = new Set(['constructor']);
  for (let from = prototype; from && from !== DurableObject.prototype && from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const key of Reflect.ownKeys(from)) {
      if (!seen.has(key)) Object.defineProperty(layer, key, scoped(version, Object.getOwnPropertyDescriptor(from, key), target));
      seen.add(key);
    }
  }
  return layer;
};

/** Its class may have given another object than one of its own, so it is the object itself that counts. */
const inScope = (version, object, own) => {
  const prototype = Object.getPrototypeOf(object);
  if (!version.layers.has(prototype)) version.layers.set(prototype, layerOver(version, prototype));
  // One that takes nothing new (it is frozen, say) has another stand for it.
  const isItself = Reflect.setPrototypeOf(object, Object.create(version.layers.get(prototype), own));
  const target = isItself ? undefined : object;
  const reached = target === undefined ? object : Object.create(Object.create(layerOver(version, prototype, target), own));
  for (const name of HANDLERS) {
    const handler = Object.getOwnPropertyDescriptor(object, name);
    if (handler !== undefined && (handler.configurable || !isItself)) Object.defineProperty(reached, name, scoped(version, handler, target));
  }
  return reached;
};

const classOf = (version, className) => {
  const Class = version.main[className];
  if (typeof Class !== 'function') throw new Error('The version ' + version.id + ' of this Worker has no Durable Object class ' + className + '.');
  return Class;
};

/** The objects that live here, by class and id, each for as long as its instance does. */
const LIVE = new Map();
const gone = new FinalizationRegistry((entry) => {
  if (LIVE.get(entry.key) === entry) LIVE.delete(entry.key);
});

const ownerOf = (className) => class extends DurableObject {
  constructor(ctx, env) {
    const id = ctx.id.toString();
    const version = VERSIONS.get(pickForObject(shares, id));
    // With the flag that nobody may import it, it was not there before.
    if (Object.keys(version.env).length === 0) Object.assign(version.env, ownOf(version.id, env));
    const entry = { key: className + ':' + id, className, id, name: ctx.id.name, versionId: version.id, reset: '${RESET_METHOD}' + crypto.randomUUID() };
    // There is one at a time: what is known of another is over.
    LIVE.delete(entry.key);
    const Class = classOf(version, className);
    const created = within(version, () => new Class(ctx, version.env));
    const object = inScope(version, created, { [entry.reset]: { value: () => resetObject(entry, ctx) } });
    LIVE.set(entry.key, entry);
    gone.register(object, entry);
    return object;
  }
};

/** What it is called by passes through the object, which may be made to see it: whoever calls it gets nothing but what new shares ask for. */
const resetObject = (entry, ctx) => {
  if (entry.versionId === pickForObject(shares, entry.id)) return;
  if (LIVE.get(entry.key) === entry) LIVE.delete(entry.key);
  ctx.abort(${JSON.stringify(RESET_WORDS)});
};

const TRIES = 3;

/** By its name where it has one: reached by its id alone, it would be there without it. Whether it has come about. */
const reset = async (env, entry) => {
  const { className, id, name } = entry;
  const binding = '${namespaceOfClass('')}' + className;
  const objects = OBJECTS[binding] ?? env[binding];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const object = objects.get(name === undefined ? objects.idFromString(id) : objects.idFromName(name));
    // Its end is the answer; and one that was constructed since is of its version already, and knows of no such method.
    await object[entry.reset]().catch(() => undefined);
    if (LIVE.get(entry.key) !== entry || entry.versionId === pickForObject(shares, id)) return true;
  }
  return false;
};

/** Few: one that was evicted and is still known is constructed anew by it. */
const AT_ONCE = 32;
const ANSWERED_AFTER_MS = 2_000;

export class ${SHARES_ENTRYPOINT} extends WorkerEntrypoint {
  async fetch(request) {
    if (this.ctx.props?.token !== TOKEN) return new Response(null, { status: 404 });
    const next = await request.json();
    shares = next;
    // Whatever becomes of that, the shares are in force.
    await (OBJECTS['${TRACED_SHARES}'] ?? this.env['${TRACED_SHARES}'])?.fetch('http://tracer/', { method: 'POST', body: JSON.stringify(next) }).catch(() => undefined);
    const changed = [...LIVE.values()].filter(({ id, versionId }) => versionId !== pickForObject(next, id));
    const left = changed.values();
    let stays = 0;
    const turn = async () => { for (const entry of left) if (!(await reset(this.env, entry))) stays += 1; };
    const done = Promise.all(Array.from({ length: Math.min(AT_ONCE, changed.length) }, turn));
    // One that waits in its constructor lets nobody in until it is over.
    this.ctx.waitUntil(done);
    await Promise.race([done, scheduler.wait(ANSWERED_AFTER_MS)]);
    return Response.json({ live: LIVE.size, reset: changed.length - stays, stays }, { status: stays === 0 ? 200 : 500 });
  }
}

${classNames.map((name, index) => `const Class${index} = ownerOf(${JSON.stringify(name)});`).join('\n')}
export { ${classNames.map((name, index) => `Class${index} as ${name}`).join(', ')} };
${classNames.includes('default') ? '' : 'export default {};\n'}`;
