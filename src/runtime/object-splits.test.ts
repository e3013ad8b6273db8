import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { pickForObject, type DurableObjectClass, type Split, type VersionSpec } from '../domain/index.ts';
import { PICK_SOURCE } from './object-split-source.ts';
import { StartFailure } from './start-failure.ts';
import { VersionProcess, type RunningVersion } from './version-process.ts';
import { ask, aWorkbench, until, type Workbench } from './workbench.ts';

/** These run the real runtime. */
const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const LABELS: Readonly<Record<string, string>> = { [A]: 'one', [B]: 'two' };
const NAMESPACE = '0123456789abcdef0123456789abcdef';
const PLAIN = 'b'.repeat(32);
const NAMES = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'];

const withB = (percent: number): Split => [
  { versionId: A, share: 100_000 - percent * 1000 },
  { versionId: B, share: percent * 1000 },
];

test('[Y-12] the process that holds the objects picks as the domain does', () => {
  // The text that stands in the module inside workerd, evaluated here.
  const pick = new Function(`${PICK_SOURCE} return pickForObject;`)() as typeof pickForObject;
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.uuid(),
      fc.option(fc.uuid()),
      fc.integer({ min: 0, max: 100_000 }),
      fc.nat(),
      (one, other, lineage, share, n) => {
        const id = createHash('sha256').update(String(n)).digest('hex');
        const split = [
          { versionId: one, share },
          { versionId: other, share: 100_000 - share, ...(lineage === null ? {} : { lineage }) },
        ];
        assert.equal(pick(split, id), pickForObject(split, id));
      },
    ),
    { numRuns: 2000 },
  );
});

/** All that code can see of the version it is of, from wherever it stands. */
const CODE = (label: string) => `import { DurableObject, RpcTarget, env as imported } from 'cloudflare:workers';
import { part } from './parts/part.js';
import note from './note.txt';
import data from './data.json';
import bytes from './bytes.bin';
import add from './add.wasm';
import old from './old.cjs';
const atTop = [imported.VAR, globalThis.process?.env.VAR];
class Target extends RpcTarget { async see() { await scheduler.wait(1); return imported.VAR; } }
class Base extends DurableObject { inherited() { return imported.VAR; } }
export class Thing extends Base {
  #hidden = imported.VAR;
  field = imported.VAR;
  constructor(ctx, env) { super(ctx, env); this.inConstructor = imported.VAR; this.instance = crypto.randomUUID(); }
  get getter() { return imported.VAR; }
  who() { return { label: ${JSON.stringify(label)}, id: this.ctx.id.toString(), name: this.ctx.id.name, instance: this.instance }; }
  async sees() {
    await scheduler.wait(1);
    const { default: lazy } = await import('./parts/lazy.js');
    return {
      vars: [...atTop, this.env.VAR, imported.VAR, globalThis.process?.env.VAR, this.#hidden, this.field, this.inConstructor, this.getter, this.inherited(), lazy()],
      token: this.env.TOKEN, names: Object.keys(this.env), importedNames: Object.keys(imported),
      parts: [part, note, data.of, old.of], bytes: bytes.byteLength, sum: new WebAssembly.Instance(add).exports.add(1, 2),
      isItself: this instanceof Thing && this.constructor === Thing && this.constructor.name === 'Thing',
      timer: await new Promise((resolve) => setTimeout(() => resolve(imported.VAR), 1)),
    };
  }
  target() { return new Target(); }
  ring() { return this.ctx.storage.setAlarm(Date.now()); }
  async alarm() { await this.ctx.storage.put('rang', [this.ctx.id.name, imported.VAR]); }
  rang() { return this.ctx.storage.get('rang'); }
  fetch() { return Response.json({ ...this.who(), vars: [imported.VAR, this.env.VAR] }); }
  only_${label}() { return true; }
  forge() {
    return Promise.all(['x', undefined].map(async (token) =>
      (await this.ctx.exports.SwitchbackShares({ props: { token } }).fetch('http://x/', { method: 'POST', body: '[]' })).status));
  }
}
/** As libraries do it that watch a class: another object than one of the class itself. */
export const Watched = new Proxy(Thing, { construct: (Class, args) => new Class(...args) });
export class Plain {
  constructor(ctx, env) { this.fetch = () => Response.json({ label: ${JSON.stringify(label)}, id: ctx.id.toString(), vars: [env.VAR, imported.VAR] }); }
}
let ran = null;
export default { scheduled({ cron }, env) { ran = [cron, env.VAR]; }, async fetch(request, env) {
  if (new URL(request.url).pathname === '/ran') return Response.json(ran);
  const [, binding, name, method] = new URL(request.url).pathname.split('/');
  const stub = env[binding].get(env[binding].idFromName(name));
  if (method === undefined) return stub.fetch('http://object/');
  try {
    if (method === 'getter') return Response.json(await stub.getter);
    if (method === 'target') { using target = await stub.target(); return Response.json(await target.see()); }
    return Response.json((await stub[method]()) ?? null);
  } catch ({ name, message }) { return Response.json({ name, message }); }
} };`;

/** \`add(a, b)\` of two i32. */
const ADD = Buffer.from('AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=', 'base64');

const CLASSES: readonly DurableObjectClass[] = [
  { className: 'Thing', namespaceId: NAMESPACE, storage: 'sqlite' },
  { className: 'Watched', namespaceId: 'a'.repeat(32), storage: 'sqlite' },
  { className: 'Plain', namespaceId: PLAIN, storage: 'kv' },
];

const aSpec = (bench: Workbench, id: string, more: Partial<VersionSpec> = {}, code = CODE): Promise<VersionSpec> => {
  const label = LABELS[id] ?? '';
  const files = {
    'index.js': code(label),
    'parts/part.js': `export const part = 'part ${label}';`,
    'parts/lazy.js': `import { env } from 'cloudflare:workers'; export default () => env.VAR;`,
    'note.txt': `note ${label}`,
    'data.json': JSON.stringify({ of: `data ${label}` }),
    'bytes.bin': new Uint8Array(label === 'one' ? 1 : 2),
    'add.wasm': ADD,
    'old.cjs': `module.exports = { of: 'old ${label}' };`,
  };
  const bindings: VersionSpec['bindings'] = [
    { type: 'plain_text', name: 'VAR', text: `var ${label}` },
    { type: 'secret_text', name: 'TOKEN', text: `token ${label}` },
    ...CLASSES.map(({ className, namespaceId }) => ({
      type: 'durable_object_namespace' as const,
      name: className.toUpperCase(),
      class_name: className,
      namespace_id: namespaceId,
    })),
  ];
  return bench.aVersion(files, { id, bindings, durableObjects: CLASSES, ...more });
};

interface World {
  readonly process: VersionProcess;
  readonly one: RunningVersion;
  readonly two: RunningVersion;
  readonly lines: readonly string[];
  follow(percentOfB: number): Promise<void>;
  asked(version: RunningVersion, path: string): Promise<unknown>;
}

const aWorld = async (t: TestContext, more: Partial<VersionSpec> = {}): Promise<World> => {
  const bench = await aWorkbench(t);
  const lines: string[] = [];
  const specs = [await aSpec(bench, A, more), await aSpec(bench, B, more)] as const;
  const process = await VersionProcess.startSplit({ specs, shares: withB(50) }, { ...bench, onLog: (line) => lines.push(line) });
  t.after(() => process[Symbol.asyncDispose]());
  const [one, two] = process.versions;
  assert.ok(one !== undefined && two !== undefined);
  const { shares } = process;
  assert.ok(shares !== undefined);
  return {
    process,
    one,
    two,
    lines,
    follow: (percent) => shares.follow(withB(percent)),
    asked: async (version, path) => JSON.parse(await ask(version.socketPath, path)),
  };
};

interface Who {
  readonly label: string;
  readonly id: string;
  readonly name: string;
  readonly instance: string;
}

const labelAt = (percent: number, id: string) => LABELS[pickForObject(withB(percent), id) ?? ''];

for (const compatibilityDate of ['2026-11-01', '2025-06-01']) {
  test(`[Y-15] code of ${compatibilityDate} sees its own version's variables, secrets and modules alone, in an object as in a request`, async (t) => {
    const { one, two, asked, lines } = await aWorld(t, { compatibilityDate, compatibilityFlags: ['nodejs_compat'] });
    const seen = new Set<string>();
    for (const binding of ['THING', 'WATCHED']) {
      for (const [index, name] of NAMES.entries()) {
        const path = `/${binding}/${name}`;
        const caller = index % 2 === 0 ? one : two;
        const { label, id, name: ownName } = (await asked(caller, `${path}/who`)) as Who;
        assert.deepEqual([label, ownName], [labelAt(50, id), name]);
        seen.add(`${binding} ${label}`);
        assert.deepEqual(await asked(caller, `${path}/sees`), {
          vars: Array.from({ length: 11 }, () => `var ${label}`),
          token: `token ${label}`,
          names: ['VAR', 'TOKEN', 'THING', 'WATCHED', 'PLAIN'],
          importedNames: ['VAR', 'TOKEN', 'THING', 'WATCHED', 'PLAIN'],
          parts: [`part ${label}`, `note ${label}`, `data ${label}`, `old ${label}`],
          bytes: label === 'one' ? 1 : 2,
          sum: 3,
          isItself: true,
          timer: `var ${label}`,
        });
        assert.equal(await asked(caller, `${path}/target`), `var ${label}`);
        assert.equal(await asked(caller, `${path}/getter`), `var ${label}`);
        await asked(caller, `${path}/ring`);
        await until(async () => (await asked(caller, `${path}/rang`)) !== null, 'its alarm rings');
        assert.deepEqual(await asked(caller, `${path}/rang`), [name, `var ${label}`]);
        const other = label === 'one' ? 'two' : 'one';
        assert.deepEqual(await asked(caller, `${path}/only_${label}`), true);
        assert.deepEqual(await asked(caller, `${path}/only_${other}`), {
          name: 'TypeError',
          message: `The RPC receiver does not implement the method "only_${other}".`,
        });
      }
    }
    assert.deepEqual([...seen].toSorted(), ['THING one', 'THING two', 'WATCHED one', 'WATCHED two']);
    assert.deepEqual(
      lines.filter((line) => !line.includes('became the default')),
      [],
    );
  });
}

test('[Y-15] the events of either version are called in its own code', async (t) => {
  const { one, two, asked } = await aWorld(t, { handlers: ['fetch', 'scheduled'] });
  for (const [version, label] of [
    [one, 'one'],
    [two, 'two'],
  ] as const) {
    const event = JSON.stringify({ cron: `of ${label}`, scheduledTime: 1_780_000_000_000 });
    assert.deepEqual(JSON.parse(await ask(version.eventSocketPath, '/scheduled', {}, event)), { outcome: 'ok', noRetry: false });
    assert.deepEqual(await asked(version, '/ran'), [`of ${label}`, `var ${label}`]);
  }
});

test('[Y-15] older code without RPC, a class that extends nothing, and code that may not import its environment are split as well', async (t) => {
  for (const more of [
    { compatibilityDate: '2023-01-01' },
    { compatibilityDate: '2024-05-01', compatibilityFlags: ['nodejs_compat'] },
    { compatibilityFlags: ['disallow_importable_env'] },
  ]) {
    const { one, two, asked, follow } = await aWorld(t, more);
    const isImportable = more.compatibilityFlags?.includes('disallow_importable_env') !== true;
    for (const percent of [50, 100, 0]) {
      await follow(percent);
      for (const binding of ['THING', 'PLAIN']) {
        for (const name of NAMES) {
          const { label, id, vars } = (await asked(percent === 50 ? one : two, `/${binding}/${name}`)) as Who & { vars: readonly string[] };
          assert.equal(label, labelAt(percent, id));
          assert.ok(
            vars.includes(`var ${label}`) && vars.every((value) => value === `var ${label}` || !isImportable),
            JSON.stringify(vars),
          );
        }
      }
    }
  }
});

test('[Y-14] new shares reset the objects that they move, and no others; nobody but the edge can set them', async (t) => {
  const { one, asked, follow } = await aWorld(t);
  const who = async (name: string) => (await asked(one, `/WATCHED/${name}/who`)) as Who;
  const before = await Promise.all(NAMES.map(who));
  for (const percent of [50, 80, 20, 100, 0, 50]) {
    const last = new Map((await Promise.all(NAMES.map(who))).map((each) => [each.name, each]));
    await follow(percent);
    for (const { label, id, name, instance } of await Promise.all(NAMES.map(who))) {
      assert.equal(label, labelAt(percent, id));
      assert.equal(instance === last.get(name)?.instance, label === last.get(name)?.label);
    }
  }
  assert.deepEqual(
    (await Promise.all(NAMES.map(who))).map(({ label }) => label),
    before.map(({ label }) => label),
  );
  assert.deepEqual(await asked(one, '/THING/o1/forge'), [404, 404]);
  assert.deepEqual(await asked(one, '/THING/o1/switchbackReset'), {
    name: 'TypeError',
    message: 'The RPC receiver does not implement the method "switchbackReset".',
  });
});

const failureOf = async (bench: Workbench, specs: readonly [VersionSpec, VersionSpec]): Promise<StartFailure> => {
  const failure = await VersionProcess.startSplit({ specs, shares: withB(50) }, bench).then(
    () => assert.fail('They started.'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof StartFailure);
  return failure;
};

const alone = (label: string) => `if (globalThis.first) throw new Error('${label} is not alone'); globalThis.first = true; ${CODE(label)}`;

test('[Y-15] two versions that do not start together say why, in the words of the one that fails', async (t) => {
  const bench = await aWorkbench(t);
  const [one, two] = [await aSpec(bench, A, {}, alone), await aSpec(bench, B, {}, alone)];
  // In whichever order they are named: what is tried is what will run.
  for (const specs of [[one, two] as const, [two, one] as const]) {
    const failure = await failureOf(bench, specs);
    assert.equal(failure.kind, 'threw');
    assert.match(failure.message, /^Uncaught Error: two is not alone\n +at 22222222-2222-4222-8222-222222222222\/index\.js:1:/);
  }
});

const without = (label: string) => CODE(label).replace('export const Watched', 'const Watched');

test('[Y-12] an object of a class that its version does not have says so', async (t) => {
  const bench = await aWorkbench(t);
  const specs = [await aSpec(bench, A), await aSpec(bench, B, {}, without)] as const;
  await using process = await VersionProcess.startSplit({ specs, shares: withB(100) }, bench);
  assert.deepEqual(JSON.parse(await ask(process.versions[0]?.socketPath ?? '', '/WATCHED/o1/who')), {
    name: 'Error',
    message: `The version ${B} of this Worker has no Durable Object class Watched.`,
  });
});
