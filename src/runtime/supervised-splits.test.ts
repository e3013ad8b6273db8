import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { pickForObject, type Split, type VersionSpec } from '../domain/index.ts';
import { Supervisor } from './supervisor.ts';
import { VersionProcess } from './version-process.ts';
import { ask, aWorkbench, until } from './workbench.ts';

/** These run the real runtime. */
const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const NAMESPACE = '0123456789abcdef0123456789abcdef';
const NAMES = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'];

const COUNTS = (version: string) => `import { DurableObject } from 'cloudflare:workers';
export class Counter extends DurableObject {
  async count() {
    const n = ((await this.ctx.storage.get('n')) ?? 0) + 1;
    await this.ctx.storage.put('n', n);
    return { version: ${JSON.stringify(version)}, id: this.ctx.id.toString(), n };
  }
  compute() { let sum = 0; for (let i = 0; i < 1e9; i += 1) sum += i % 7; return sum; }
}
export default { async fetch({ url }, { COUNTER }) {
  if (url.endsWith('/compute')) return Response.json(await COUNTER.getByName('compute').compute());
  return Response.json(await COUNTER.getByName(new URL(url).pathname).count());
} };`;

const withB = (percent: number): Split => [
  { versionId: A, share: 100_000 - percent * 1000 },
  { versionId: B, share: percent * 1000 },
];

interface Counted {
  readonly version: string;
  readonly id: string;
  readonly n: number;
}

const aWorld = async (t: TestContext, onChange: (supervisor: Supervisor) => void = () => undefined, silentCpuMs = 300) => {
  const bench = await aWorkbench(t);
  const specs = new Map<string, VersionSpec>();
  for (const id of [A, B]) {
    const spec = await bench.aVersion(
      { 'index.js': COUNTS(id) },
      {
        id,
        durableObjects: [{ className: 'Counter', namespaceId: NAMESPACE, storage: 'sqlite' }],
        bindings: [{ type: 'durable_object_namespace', name: 'COUNTER', class_name: 'Counter', namespace_id: NAMESPACE }],
      },
    );
    specs.set(id, spec);
  }
  const supervisor: Supervisor = new Supervisor({
    runtimeDir: bench.runtimeDir,
    modules: bench.store,
    settings: {
      watchMs: 20,
      waitUntilGraceMs: 0,
      sharesWithinMs: 200,
      silentCpuMs,
      objectsFolder: join(bench.runtimeDir, '..', 'objects'),
      ownerDrain: { deadlineMs: 2000, waitUntilGraceMs: 0, killAfterMs: 1000, waitsFor: 'request' },
    },
    loadSpec: async (versionId) => specs.get(versionId) ?? Promise.reject(new Error(`There is no version ${versionId}.`)),
    log: () => undefined,
    onChange: () => onChange(supervisor),
  });
  t.after(() => supervisor.close({ deadlineMs: 0, waitUntilGraceMs: 0, killAfterMs: 0 }));
  const deploy = (split: Split): void =>
    supervisor.want({ active: new Set(split.map(({ versionId }) => versionId)), owners: new Map([['hello', split]]) });
  const counted = async (name: string, versionId = A): Promise<Counted> =>
    JSON.parse(await ask((await supervisor.start(versionId)).socketPath, `/${name}`)); // As COUNTS answers.
  /** All objects are with the versions that these shares give them to. */
  const check = async (split: Split, n: number): Promise<void> => {
    for (const name of NAMES) {
      const { version, id, ...rest } = await counted(name, split[0]?.versionId);
      assert.deepEqual([version, rest.n], [pickForObject(split, id), n]);
    }
  };
  const pid = (): number => {
    const running = new Set(supervisor.states().map((each) => each.pid));
    const [only] = running;
    assert.ok(running.size === 1 && only !== undefined);
    return only;
  };
  return { supervisor, deploy, check, pid, runtimeDir: bench.runtimeDir };
};

test('[Y-16] two versions of a split are one process, told under both; after its end the next has the shares that are deployed', async (t) => {
  const { supervisor, deploy, check, pid } = await aWorld(t);
  deploy(withB(50));
  await until(() => supervisor.running(A) !== undefined && supervisor.running(B) !== undefined, 'both run');
  assert.deepEqual(
    supervisor.states().map(({ versionId, state }) => [versionId, state]),
    [
      [A, 'ready'],
      [B, 'ready'],
    ],
  );
  const first = pid();
  supervisor.running(A)?.enter('request');
  assert.deepEqual([supervisor.running(B)?.inFlight, supervisor.processesOf('hello').length], [1, 1]);
  supervisor.running(B)?.leave('request');
  await check(withB(50), 1);
  deploy(withB(90));
  await supervisor.sharesTaken();
  await check(withB(90), 2);
  assert.equal(pid(), first);

  process.kill(first, 'SIGKILL');
  await until(() => supervisor.running(A) === undefined, 'its end is noticed');
  await check(withB(90), 3);
  assert.notEqual(pid(), first);
});

test('[Y-14] [Y-16] one version of the two alone is a change of the shares; once their process has ended it has one of its own', async (t) => {
  const { supervisor, deploy, check, pid } = await aWorld(t);
  deploy(withB(50));
  await check(withB(50), 1);
  const first = pid();
  deploy(withB(100).slice(1));
  await supervisor.sharesTaken();
  await check(withB(100).slice(1), 2);
  assert.equal(pid(), first);
  process.kill(first, 'SIGKILL');
  await until(() => supervisor.running(B) === undefined, 'its end is noticed');
  await check(withB(100).slice(1), 3);
  assert.equal(supervisor.running(A), undefined);
});

test('[Y-14] a process that does not hear of new shares is replaced by one that has them', async (t) => {
  const { supervisor, deploy, check, pid } = await aWorld(t);
  deploy(withB(50));
  await check(withB(50), 1);
  const first = pid();
  process.kill(first, 'SIGSTOP');
  deploy(withB(10));
  await supervisor.sharesTaken();
  await check(withB(10), 2);
  assert.notEqual(pid(), first);
});

test('[Y-16] who waits for a version that gets a partner meanwhile finds it in the process of both', async (t) => {
  const { supervisor, deploy, check } = await aWorld(t);
  deploy(withB(0).slice(0, 1));
  await check(withB(0).slice(0, 1), 1);
  const before = supervisor.running(A);
  before?.enter('request');
  deploy(withB(50));
  await until(() => supervisor.running(A) === undefined, 'it is drained');
  const waiting = supervisor.start(A);
  deploy(withB(0).slice(0, 1));
  deploy(withB(30));
  before?.leave('request');
  assert.equal((await waiting).versionId, A);
  await check(withB(30), 2);
});

test('[Y-16] who goes back to one version while both wait for its process to end does not start the other', async (t) => {
  const { supervisor, deploy, check } = await aWorld(t);
  const alone = withB(0).slice(0, 1);
  deploy(alone);
  await check(alone, 1);
  const before = supervisor.running(A);
  before?.enter('request');
  deploy(withB(50));
  await until(() => supervisor.running(A) === undefined, 'it is drained');
  deploy(alone);
  before?.leave('request');
  await check(alone, 2);
  assert.deepEqual(
    supervisor.processesOf('hello').map(({ versionId }) => versionId),
    [A],
  );
});

test('[Y-14] a process that starts while its shares change is ready when it has taken them', async (t) => {
  const taken: boolean[] = [];
  const { deploy, check, runtimeDir } = await aWorld(t, (supervisor) => {
    const [process] = supervisor.processesOf('hello');
    if (process instanceof VersionProcess) taken.push(process.shares?.has(withB(100)) === true);
  });
  deploy(withB(50));
  const started = async (): Promise<boolean> => (await readdir(runtimeDir).catch(() => [])).length > 0;
  await until(started, 'its folder is made, with the shares of before');
  deploy(withB(100));
  await check(withB(100), 1);
  assert.ok(taken.length > 0 && taken.every(Boolean), taken.join());
});

test('[Y-16] after the process of both has ended, a version that is deployed alone is told of once', async (t) => {
  const told: string[][] = [];
  const { supervisor, deploy, check, pid } = await aWorld(t, (changed) => {
    told.push(changed.states().map(({ versionId, state }) => `${versionId} ${state}`));
  });
  deploy(withB(50));
  await check(withB(50), 1);
  const alone = withB(100).slice(1);
  deploy(alone);
  await supervisor.sharesTaken();
  told.length = 0;
  process.kill(pid(), 'SIGKILL');
  await until(() => supervisor.running(B) === undefined, 'its end is noticed');
  await check(alone, 2);
  assert.ok(told.length > 1);
  for (const states of told) assert.equal(new Set(states.map((state) => state.split(' ')[0])).size, states.length, states.join());
  assert.deepEqual(told.at(-1), [`${B} ready`]);
});

test('[Y-14] a process that computes as long as it may when its shares change is not ended for that', async (t) => {
  const { supervisor, deploy, check, pid } = await aWorld(t, undefined, 30_000);
  deploy(withB(50));
  await check(withB(50), 1);
  const first = pid();
  const [both] = supervisor.processesOf('hello');
  assert.ok(both instanceof VersionProcess);
  const before = both.cpuMs() ?? 0;
  const computing = ask(supervisor.running(A)?.socketPath ?? '', '/compute');
  await until(() => (both.cpuMs() ?? 0) > before + 100, 'it computes');
  deploy(withB(90));
  await supervisor.sharesTaken();
  assert.equal(await computing, '2999999997');
  await check(withB(90), 2);
  assert.equal(pid(), first);
});
