import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Split, VersionSpec } from '../domain/index.ts';
import { VersionProcess } from './version-process.ts';
import { ask, aWorkbench } from './workbench.ts';

/** These run the real runtime: classes that do what few do, in a split. */
const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

const withB = (percent: number): Split => [
  { versionId: A, share: 100_000 - percent * 1000 },
  { versionId: B, share: percent * 1000 },
];

const CLASS_NAMES = ['Wrapped', 'Deaf', 'Spy', 'Frozen', 'Sealed', 'Own', 'Broken', 'Plain'];

const CODE = (label: string, hasNode: boolean) => `import { DurableObject, RpcTarget, env as imported } from 'cloudflare:workers';
${hasNode ? "import process, { env as nodeEnv } from 'node:process';" : 'const process = undefined; const nodeEnv = undefined;'}
const look = () => ({
  vars: [imported.VAR, imported.TOKEN, ...(process === undefined ? [] : [process.env.VAR, process.env.TOKEN])],
  names: [imported, globalThis.process?.env, process?.env, nodeEnv].flatMap((env) => Object.keys(env ?? {})),
});
class Target extends RpcTarget { look() { return look(); } }
class Thing extends DurableObject {
  who() { return ${JSON.stringify(label)}; }
  look() { return look(); }
  target() { return new Target(); }
  get getter() { return imported.VAR; }
}
/** Every method of it has the object itself in hand, never what stands before it. */
export class Wrapped extends Thing {
  constructor(ctx, env) { super(ctx, env); return new Proxy(this, { get: (target, key) => (typeof target[key] === 'function' ? target[key].bind(target) : target[key]) }); }
}
/** It has an answer to everything, and does nothing. */
export class Deaf extends Thing {
  constructor(ctx, env) { super(ctx, env); return new Proxy(this, { get: (target, key) => (key in Thing.prototype ? target[key].bind(target) : () => null) }); }
}
const seen = [];
/** It sees what is asked of it, and with what. */
export class Spy extends Thing {
  constructor(ctx, env) {
    super(ctx, env);
    return new Proxy(this, { get: (target, key) => (typeof target[key] !== 'function' ? target[key] : (...args) => {
      if (!(key in Thing.prototype)) seen.push(String(key), ...args);
      return target[key](...args);
    }) });
  }
  async forge() {
    const body = JSON.stringify(${JSON.stringify(withB(100))});
    return Promise.all([undefined, ...seen].map(async (token) => {
      const shares = this.ctx.exports.SwitchbackShares({ props: { token } });
      return (await shares.fetch('http://x/', { method: 'POST', body })).status;
    }));
  }
}
export class Frozen extends Thing { #hidden = imported.VAR; constructor(ctx, env) { super(ctx, env); Object.freeze(this); } hidden() { return this.#hidden; } }
export class Sealed extends Thing { constructor(ctx, env) { super(ctx, env); this.fetch = () => new Response(imported.VAR); Object.preventExtensions(this); } }
export class Own extends Thing { switchbackReset() { return 'own ' + this.who(); } constructor(ctx, env) { super(ctx, env); Object.defineProperty(this, 'own', { value: 1 }); } }
/** It cannot be constructed a second time. */
const made = new Set();
export class Broken extends Thing { constructor(ctx, env) { super(ctx, env); if (made.has(ctx.id.name)) throw new Error('once only'); made.add(ctx.id.name); } end() { this.ctx.abort('its own end'); } }
export class Plain { fetch() { return new Response(imported.VAR); } }
export default { async fetch({ url }, env) {
  const [, binding, name, method] = new URL(url).pathname.split('/');
  const stub = env[binding].get(env[binding].idFromName(name));
  try {
    if (method === 'fetch') return Response.json(await (await stub.fetch('http://object/')).text());
    if (method === 'getter') return Response.json(await stub.getter);
    if (method === 'target') { using target = await stub.target(); return Response.json(await target.look()); }
    return Response.json((await stub[method]()) ?? null);
  } catch (error) { return Response.json(String(error)); }
} };`;

const CLASSES = CLASS_NAMES.map((className, index) => ({ className, namespaceId: `${index}`.repeat(32), storage: 'sqlite' as const }));

const aWorld = async (t: TestContext, more: Partial<VersionSpec> = {}) => {
  const bench = await aWorkbench(t);
  const hasNode = more.compatibilityFlags?.includes('nodejs_compat') === true;
  const aSpec = (id: string, label: string): Promise<VersionSpec> =>
    bench.aVersion(
      { 'index.js': CODE(label, hasNode) },
      {
        id,
        durableObjects: CLASSES,
        bindings: [
          { type: 'plain_text', name: 'VAR', text: `var ${label}` },
          { type: 'secret_text', name: 'TOKEN', text: `token ${label}` },
          { type: 'secret_text', name: `ONLY_${label}`, text: 'x' },
          ...CLASSES.map(({ className, namespaceId }) => ({
            type: 'durable_object_namespace' as const,
            name: className.toUpperCase(),
            class_name: className,
            namespace_id: namespaceId,
          })),
        ],
        ...more,
      },
    );
  const specs = [await aSpec(A, 'one'), await aSpec(B, 'two')] as const;
  const process = await VersionProcess.startSplit({ specs, shares: withB(0) }, { ...bench });
  t.after(() => process[Symbol.asyncDispose]());
  const { shares, versions } = process;
  assert.ok(shares !== undefined);
  const asked = async (path: string): Promise<unknown> => JSON.parse(await ask(versions[0]?.socketPath ?? '', path));
  return { asked, follow: (percent: number) => shares.follow(withB(percent)) };
};

test('[Y-14] an object that shows another in its place is reset as any is; where one cannot be, the new shares are not acknowledged', async (t) => {
  const { asked, follow } = await aWorld(t);
  for (const percent of [0, 100, 0, 100]) {
    await follow(percent);
    assert.equal(await asked('/WRAPPED/o1/who'), percent === 0 ? 'one' : 'two');
  }
  assert.equal(await asked('/DEAF/o1/who'), 'two');
  await assert.rejects(follow(0), /The shares were answered with 500\./);
});

test('[Y-14] an object that ended by itself, and one that cannot be constructed again, hold up no change of the shares', async (t) => {
  const { asked, follow } = await aWorld(t);
  assert.equal(await asked('/BROKEN/o1/who'), 'one');
  await follow(100);
  assert.equal(await asked('/BROKEN/o2/who'), 'two');
  assert.equal(await asked('/BROKEN/o2/end'), 'Error: its own end');
  await follow(0);
});

test('[Y-14] what an object sees of its reset lets nobody set the shares', async (t) => {
  const { asked, follow } = await aWorld(t);
  assert.equal(await asked('/SPY/o1/who'), 'one');
  await follow(100);
  await follow(0);
  const statuses = await asked('/SPY/o1/forge');
  assert.ok(Array.isArray(statuses) && statuses.length > 1, 'it saw something');
  assert.deepEqual([...new Set(statuses)], [404]);
  assert.equal(await asked('/SPY/new/who'), 'one');
});

test('[Y-15] an object that takes nothing new, and one with a method of our name, are split as well', async (t) => {
  const { asked, follow } = await aWorld(t);
  for (const [percent, label] of [
    [0, 'one'],
    [100, 'two'],
    [0, 'one'],
  ] as const) {
    await follow(percent);
    for (const binding of ['FROZEN', 'SEALED', 'OWN']) {
      assert.equal(await asked(`/${binding}/o1/who`), label);
      assert.equal(await asked(`/${binding}/o1/getter`), `var ${label}`);
    }
    assert.equal(await asked('/FROZEN/o1/hidden'), `var ${label}`);
    assert.equal(await asked('/SEALED/o1/fetch'), `var ${label}`);
    assert.equal(await asked('/OWN/o1/switchbackReset'), `own ${label}`);
  }
});

for (const [what, more] of Object.entries<Partial<VersionSpec>>({
  'no Node.js': {},
  'Node.js': { compatibilityFlags: ['nodejs_compat'] },
  'Node.js of 2024, its variables among them': {
    compatibilityDate: '2024-05-01',
    compatibilityFlags: ['nodejs_compat', 'nodejs_compat_populate_process_env'],
  },
})) {
  test(`[Y-15] with ${what}, code that runs without an object sees no name and no secret of the other version either`, async (t) => {
    const { asked, follow } = await aWorld(t, more);
    for (const [percent, label, other] of [
      [0, 'one', 'two'],
      [100, 'two', 'one'],
    ] as const) {
      await follow(percent);
      for (const method of ['look', 'target']) {
        const { vars, names } = (await asked(`/WRAPPED/o1/${method}`)) as Record<'vars' | 'names', readonly string[]>; // As `look` answers.
        const pair = [`var ${label}`, `token ${label}`];
        assert.deepEqual(vars, vars.length === 2 ? pair : [...pair, ...pair]);
        assert.ok(names.includes('VAR') && names.includes('WRAPPED'), names.join());
        assert.deepEqual(
          names.filter((name) => name.includes(':') || name === `ONLY_${other}`),
          [],
        );
      }
    }
  });
}
