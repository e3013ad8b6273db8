import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { DurableObjectClass, Split, VersionSpec } from '../domain/index.ts';
import { DataDirectoryInUse } from '../files/index.ts';
import { ObjectFolder, ownerRecord } from './object-folder.ts';
import { StartFailure } from './start-failure.ts';
import { Supervisor } from './supervisor.ts';
import type { SupervisorSettings } from './settings.ts';
import { tryVersion } from './trial.ts';
import { VersionProcess, type RunningVersion } from './version-process.ts';
import { ask, aWorkbench, until, type Workbench } from './workbench.ts';

const NAMESPACE = '0123456789abcdef0123456789abcdef';
const OLD_NAMESPACE = 'fedcba9876543210fedcba9876543210';

/** Each path is the name of an object and what it is asked; the object says which process it is in. */
const COUNTERS = (label: string) => `import { DurableObject } from 'cloudflare:workers';
  class Base extends DurableObject {
    async count(by) {
      const n = ((await this.ctx.storage.get('n')) ?? 0) + by;
      await this.ctx.storage.put('n', n);
      return n;
    }
    async state() { return { version: ${JSON.stringify(label)}, name: this.ctx.id.name, n: await this.count(0), rang: (await this.ctx.storage.get('rang')) ?? [] }; }
    async ring(ms) { await this.ctx.storage.setAlarm(Date.now() + ms); return 'set'; }
    async alarm() { await this.ctx.storage.put('rang', [...((await this.ctx.storage.get('rang')) ?? []), this.ctx.id.name]); }
  }
  export class Counter extends Base {
    sum(by) {
      const { sql } = this.ctx.storage;
      sql.exec('CREATE TABLE IF NOT EXISTS t (v INTEGER)');
      sql.exec('INSERT INTO t VALUES (?)', by);
      return sql.exec('SELECT sum(v) AS s FROM t').one().s;
    }
  }
  export class Old extends Base { hasSql() { try { this.ctx.storage.sql.exec('SELECT 1'); return true; } catch { return false; } } }
  export class Unlisted extends DurableObject {}
  export default { async fetch(request, env) {
    const [, binding, name, method, arg] = new URL(request.url).pathname.split('/');
    const stub = env[binding].get(env[binding].idFromName(name));
    return Response.json(await stub[method](arg === undefined ? undefined : Number(arg)));
  } };`;

const CLASSES: readonly DurableObjectClass[] = [
  { className: 'Counter', namespaceId: NAMESPACE, storage: 'sqlite' },
  { className: 'Old', namespaceId: OLD_NAMESPACE, storage: 'kv' },
];
const BOUND: Partial<VersionSpec> = {
  durableObjects: CLASSES,
  bindings: [
    { type: 'durable_object_namespace', name: 'COUNTER', class_name: 'Counter', namespace_id: NAMESPACE },
    { type: 'durable_object_namespace', name: 'OLD', class_name: 'Old', namespace_id: OLD_NAMESPACE },
  ],
};

const aloneOf = (versionId: string): Split => [{ versionId, share: 100_000 }];

interface World {
  readonly bench: Workbench;
  readonly objects: string;
  readonly supervisor: Supervisor;
  readonly log: string[];
  add(label: string, more?: Partial<VersionSpec>): Promise<string>;
  /** As a routing table that names these versions. */
  deploy(versionId: string | undefined): void;
}

const QUICK: Partial<SupervisorSettings> = {
  watchMs: 20,
  waitUntilGraceMs: 0,
  drainDeadlineMs: 2000,
  killAfterMs: 1000,
  ownerDrain: { deadlineMs: 2000, waitUntilGraceMs: 0, killAfterMs: 1000, waitsFor: 'request' },
};

const aWorld = async (t: TestContext, settings: Partial<SupervisorSettings> = {}, on?: Workbench): Promise<World> => {
  const bench = on ?? (await aWorkbench(t));
  const objects = join(bench.runtimeDir, '..', 'objects');
  const specs = new Map<string, VersionSpec>();
  const log: string[] = [];
  const supervisor = new Supervisor({
    runtimeDir: bench.runtimeDir,
    modules: bench.store,
    settings: { ...QUICK, objectsFolder: objects, ...settings },
    loadSpec: async (versionId) => specs.get(versionId) ?? Promise.reject(new Error(`There is no version ${versionId}.`)),
    log: ({ message }) => log.push(message),
    onChange: () => undefined,
  });
  t.after(() => supervisor.close({ deadlineMs: 0, waitUntilGraceMs: 0, killAfterMs: 0 }));
  const add = async (label: string, more: Partial<VersionSpec> = {}): Promise<string> => {
    const spec = await bench.aVersion({ 'index.js': COUNTERS(label) }, { id: randomUUID(), ...BOUND, ...more });
    specs.set(spec.id, spec);
    return spec.id;
  };
  const deploy = (versionId: string | undefined): void => {
    const active = versionId === undefined ? [] : [versionId];
    supervisor.want({ active: new Set(active), owners: new Map(active.map((id) => ['hello', aloneOf(id)])) });
  };
  return { bench, objects, supervisor, log, add, deploy };
};

const asked = async (version: RunningVersion, path: string): Promise<unknown> => {
  version.enter('request');
  try {
    return JSON.parse(await ask(version.socketPath, path));
  } finally {
    version.leave('request');
  }
};

const failureOf = (promise: Promise<unknown>): Promise<StartFailure> =>
  promise.then(
    () => assert.fail('It started.'),
    (error: unknown) => {
      assert.ok(error instanceof StartFailure);
      return error;
    },
  );

/** When it runs by itself: nobody asks for it here. */
const ran = (supervisor: Supervisor, versionId: string): Promise<RunningVersion> =>
  until(() => supervisor.running(versionId) !== undefined, 'it runs').then(() => supervisor.start(versionId));

test('[Y-1] [Y-4] objects of both storages keep what they stored over a kill and over deployments, and their names', async (t) => {
  const { supervisor, add, deploy, objects } = await aWorld(t);
  const [first, second] = [await add('first'), await add('second')];
  deploy(first);
  const version = await ran(supervisor, first);
  assert.equal(await asked(version, '/COUNTER/a/count/2'), 2);
  assert.equal(await asked(version, '/COUNTER/a/sum/5'), 5);
  assert.equal(await asked(version, '/OLD/a/count/3'), 3);
  assert.equal(await asked(version, '/OLD/a/hasSql'), false);
  assert.equal((await stat(objects)).mode & 0o777, 0o700);
  assert.deepEqual(
    (await readdir(objects)).filter((name) => /^[0-9a-f]{32}$/.test(name)).toSorted(),
    [NAMESPACE, OLD_NAMESPACE].toSorted(),
  );

  process.kill(pidOf(supervisor, first), 'SIGKILL');
  await version.exited;
  const again = await ran(supervisor, first);
  assert.equal(await asked(again, '/COUNTER/a/sum/1'), 6);
  assert.equal(await asked(again, '/OLD/a/count/1'), 4);

  deploy(second);
  assert.deepEqual(await asked(await supervisor.start(second), '/COUNTER/a/state'), { version: 'second', name: 'a', n: 2, rang: [] });
  deploy(first);
  assert.equal(await asked(await supervisor.start(first), '/COUNTER/a/sum/1'), 7);
});

const pidOf = (supervisor: Supervisor, versionId: string): number => {
  const pid = supervisor.states().find((each) => each.versionId === versionId && each.state === 'ready')?.pid;
  assert.ok(pid !== undefined);
  return pid;
};

test('[Y-2] the next owner starts when the one before has ended, after the requests that it had in hand', async (t) => {
  const { supervisor, add, deploy } = await aWorld(t);
  const [first, second] = [await add('first'), await add('second')];
  deploy(first);
  const before = await ran(supervisor, first);
  const pid = pidOf(supervisor, first);
  before.enter('request');
  deploy(second);
  const next = supervisor.start(second);
  await until(() => supervisor.running(first) === undefined, 'it is drained');
  assert.equal(await Promise.race([next.then(() => 'started'), new Promise((resolve) => setTimeout(resolve, 300, 'waiting'))]), 'waiting');
  before.leave('request');
  await next;
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('[Y-2] a request that does not end, and WebSockets, hold up the next owner for a bounded time only', async (t) => {
  const { supervisor, add, deploy } = await aWorld(t, {
    ownerDrain: { deadlineMs: 200, waitUntilGraceMs: 0, killAfterMs: 100, waitsFor: 'request' },
  });
  const [first, second] = [await add('first'), await add('second')];
  deploy(first);
  const before = await ran(supervisor, first);
  before.enter('request');
  before.enter('webSocket');
  let isGoodbyeSaid = false;
  void before.goodbye.then(() => (isGoodbyeSaid = true));
  deploy(second);
  await supervisor.start(second);
  assert.ok(isGoodbyeSaid);
});

test('[Y-3] only the deployed version of a Worker with objects runs: others are not started, and who waited for one gets its successor', async (t) => {
  const { supervisor, add, deploy } = await aWorld(t);
  const [first, second, third] = [await add('first'), await add('second'), await add('third')];
  assert.equal((await failureOf(supervisor.start(first))).kind, 'superseded');
  deploy(first);
  await ran(supervisor, first);
  const warmed = (await supervisor.warm([second])).get(second);
  assert.ok(warmed instanceof StartFailure && warmed.kind === 'superseded');
  assert.ok(supervisor.running(first));
  deploy(second);
  const waiting = supervisor.start(second);
  deploy(third);
  assert.equal((await waiting).versionId, third);
  assert.deepEqual(
    supervisor.states().map(({ versionId, state }) => [versionId, state]),
    [[third, 'ready']],
  );
  deploy(undefined);
  await until(() => supervisor.states().length === 0, 'nothing runs');
  assert.equal((await failureOf(supervisor.start(third))).kind, 'superseded');
});

test('[Y-3] a class that moves to another Worker is owned by one process at a time', async (t) => {
  const { supervisor, add } = await aWorld(t);
  const [from, to] = [await add('from'), await add('to', { script: 'other' })];
  supervisor.want({ active: new Set([from]), owners: new Map([['hello', aloneOf(from)]]) });
  const version = await ran(supervisor, from);
  assert.equal(await asked(version, '/COUNTER/a/count/1'), 1);
  supervisor.want({ active: new Set([to]), owners: new Map([['other', aloneOf(to)]]) });
  assert.equal(await asked(await supervisor.start(to), '/COUNTER/a/count/1'), 2);
  assert.equal(supervisor.running(from), undefined);
});

test('[Y-5] an alarm fires once, also one that fell due while nothing ran, and without any request', async (t) => {
  const { supervisor, add, deploy, bench } = await aWorld(t);
  const id = await add('first');
  deploy(id);
  const version = await ran(supervisor, id);
  assert.equal(await asked(version, '/COUNTER/soon/ring/50'), 'set');
  await until(async () => rangOf(await asked(version, '/COUNTER/soon/state')).length > 0, 'the alarm fires');
  assert.equal(await asked(version, '/COUNTER/later/ring/300'), 'set');
  await supervisor.close();

  const next = await aWorld(t, {}, bench);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const successor = await next.add('second');
  next.deploy(successor);
  const running = await ran(next.supervisor, successor);
  const alarms = join(next.objects, NAMESPACE, 'metadata.sqlite');
  await until(async () => !(await hasAlarms(alarms)), 'nothing is due any more');
  assert.deepEqual(rangOf(await asked(running, '/COUNTER/soon/state')), ['soon']);
  assert.deepEqual(rangOf(await asked(running, '/COUNTER/later/state')), ['later']);
});

const rangOf = (state: unknown): readonly string[] => (state as { rang: readonly string[] }).rang; // As COUNTERS writes it.

const hasAlarms = async (path: string): Promise<boolean> => {
  const { DatabaseSync } = await import('node:sqlite');
  using database = new DatabaseSync(path, { readOnly: true });
  return database.prepare('SELECT count(*) AS n FROM _cf_ALARM').get()?.['n'] !== 0;
};

test('[Y-6] a trial touches no stored object, and fires no alarm', async (t) => {
  const { bench, objects, supervisor, add, deploy } = await aWorld(t);
  const id = await add('first');
  deploy(id);
  const version = await ran(supervisor, id);
  await asked(version, '/COUNTER/a/ring/60000');
  const spec = await bench.aVersion({ 'index.js': COUNTERS('tried') }, { id: randomUUID(), ...BOUND });
  const trial = await tryVersion(spec, { modules: bench.store, runtimeDir: bench.runtimeDir });
  assert.ok(trial.ok);
  assert.deepEqual(
    trial.classes.map(({ name }) => name),
    ['Counter', 'Old', 'Unlisted'],
  );
  assert.equal(await hasAlarms(join(objects, NAMESPACE, 'metadata.sqlite')), true);
  assert.equal(supervisor.running(id), version);
});

test('[Y-7] what a killed edge left working on the objects is ended before anything else does, wherever its sockets were', async (t) => {
  const bench = await aWorkbench(t);
  const objects = join(bench.runtimeDir, '..', 'objects');
  await mkdir(join(objects, 'owners'), { recursive: true });
  const spec = await bench.aVersion({ 'index.js': COUNTERS('orphan') }, BOUND);
  const orphan = await VersionProcess.start(spec, { ...bench, objectsFolder: objects });
  assert.ok(existsSync(ownerRecord(objects, dirname(orphan.socketPath))));
  const { supervisor, add, deploy } = await aWorld(t, {}, { ...bench, runtimeDir: join(bench.runtimeDir, '..', 'run2') });
  const id = await add('next');
  deploy(id);
  await ran(supervisor, id);
  assert.deepEqual(await orphan.exited, { code: null, signal: 'SIGKILL', fault: undefined });
  assert.deepEqual(await readdir(join(objects, 'owners')), [
    basename(ownerRecord(objects, dirname(supervisor.running(id)?.socketPath ?? ''))),
  ]);
});

test('[Y-7] a second edge on the same objects starts none that own them, and the folder is free once the first has closed', async (t) => {
  const { bench, objects, supervisor, add, deploy } = await aWorld(t);
  const id = await add('first');
  deploy(id);
  await ran(supervisor, id);
  await assert.rejects(ObjectFolder.open(objects), DataDirectoryInUse);
  const second = await aWorld(t, {}, bench);
  const other = await second.add('second');
  second.deploy(other);
  assert.match(
    (await failureOf(second.supervisor.start(other))).message,
    /storage of Durable Objects cannot be used: .* is in use by another Switchback/,
  );
  await supervisor.close();
  await ran(second.supervisor, other);
});

test('[Y-7] an edge without a place for objects says so, and an unrecorded process does not run', async (t) => {
  const bench = await aWorkbench(t);
  const spec = await bench.aVersion({ 'index.js': COUNTERS('apart') }, { id: randomUUID(), ...BOUND });
  const apart = new Supervisor({
    runtimeDir: bench.runtimeDir,
    modules: bench.store,
    settings: QUICK,
    loadSpec: async () => spec,
    log: () => undefined,
    onChange: () => undefined,
  });
  t.after(() => apart.close());
  apart.want({ active: new Set([spec.id]) });
  assert.match((await failureOf(apart.start(spec.id))).message, /^Durable Objects run where control plane, data and edge are one server/);

  const notAFolder = join(bench.runtimeDir, '..', 'file');
  await writeFile(notAFolder, '');
  assert.equal((await failureOf(VersionProcess.start(spec, { ...bench, objectsFolder: notAFolder }))).kind, 'not_started');
  assert.deepEqual(await readdir(bench.runtimeDir), []);
});

test('[Y-7] a recorded process whose id was taken over is left alone', async (t) => {
  const bench = await aWorkbench(t);
  const objects = join(bench.runtimeDir, '..', 'objects');
  await mkdir(join(objects, 'owners'), { recursive: true });
  await writeFile(ownerRecord(objects, 'w-gone'), JSON.stringify({ pid: process.pid, birth: 'an earlier boot 42' }));
  using opened = await ObjectFolder.open(objects);
  assert.deepEqual(await readdir(join(opened.path, 'owners')), []);
});
