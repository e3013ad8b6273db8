import assert from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { HeardTraces } from './heard-traces.ts';
import type { SupervisorSettings } from './settings.ts';
import { Successions } from './successions.ts';
import type { RunningVersion } from './version-process.ts';
import { HELLO, until } from './workbench.ts';
import { aWorld, served, type World } from './world.ts';

interface ObservedWorld extends World {
  readonly heard: HeardTraces;
}

const temporaryFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const anObservedWorld = async (t: TestContext, settings: Partial<SupervisorSettings> = {}): Promise<ObservedWorld> => {
  const heard = await (await HeardTraces.in(t, await temporaryFolder(t))).listen();
  return { ...(await aWorld(t, { observeFolder: heard.folder, ...settings })), heard };
};

const SLOW = `export default { async fetch(request) {
  await scheduler.wait(Number(new URL(request.url).searchParams.get('ms') ?? 0));
  return new Response('hello');
} };`;

test('[OB-11] a running version begins to be traced under load, and no request fails or is lost', async (t) => {
  const { supervisor, add, heard, report } = await anObservedWorld(t);
  const id = await add(SLOW);
  const before = await supervisor.start(id);
  assert.deepEqual([before.isTraced, supervisor.isTraced(id)], [false, false]);
  const over = new AbortController();
  const answers = new Map<string, number>();
  let traced = 0;
  const visitor = async (pauseMs: number) => {
    while (!over.signal.aborted) {
      const version = supervisor.running(id) ?? (await supervisor.start(id));
      const answer = await served(version, `/?ms=${pauseMs}`).catch((error: unknown) => String(error));
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (version.isTraced) traced += 1;
    }
  };
  const visitors = [0, 0, 1, 5, 20, 200].map(visitor);
  await until(() => (answers.get('hello') ?? 0) > 100, 'requests are served');
  supervisor.want({ active: new Set([id]), collected: new Set([id]) });
  await until(() => supervisor.isTraced(id), 'it is traced');
  assert.notEqual(supervisor.running(id), before);
  const untilThen = traced;
  await until(() => traced > untilThen + 200, 'requests are served on');
  over.abort();
  await Promise.all(visitors);
  assert.deepEqual([...answers.keys()], ['hello']);
  await before.exited;
  await until(() => heard.traces().length === traced, 'each request of the successor was told of');
  assert.equal(report(id)?.restarts, 0);
  // Nobody wants it any more: nothing is started anew for that.
  const successor = supervisor.running(id);
  supervisor.want({ active: new Set([id]) });
  await served(await supervisor.start(id));
  assert.equal(supervisor.running(id), successor);
});

test('[OB-11] what the process before has in hand is finished, however long that takes', async (t) => {
  const { supervisor, add } = await anObservedWorld(t, { drainDeadlineMs: 10 });
  const id = await add(SLOW);
  const before = await supervisor.start(id);
  before.enter('webSocket');
  const late = served(before, '/?ms=700');
  supervisor.want({ active: new Set([id]), collected: new Set([id]) });
  await until(() => supervisor.isTraced(id), 'it is traced');
  assert.equal(supervisor.processesOf('hello').length, 2);
  assert.deepEqual(
    supervisor.states().map(({ state }) => state),
    ['ready', 'draining'],
  );
  assert.equal(await late, 'hello');
  assert.equal(await served(before), 'hello');
  before.leave('webSocket');
  await before.exited;
  await until(() => supervisor.processesOf('hello').length === 1, 'it is forgotten');
});

test('[OB-11] of the processes before no more than three are kept by WebSockets, however often it begins to be traced', async (t) => {
  const { supervisor, add } = await anObservedWorld(t, { idleMs: 50, waitUntilGraceMs: 0, watchMs: 20, drainDeadlineMs: 10 });
  const id = await add(HELLO);
  const active = new Set([id]);
  const before: RunningVersion[] = [];
  for (let cycle = 0; cycle < 4; cycle += 1) {
    supervisor.want({ active });
    const process = await supervisor.start(id);
    process.enter('webSocket');
    before.push(process);
    supervisor.want({ active, collected: active });
    await until(() => supervisor.running(id) !== process, 'another takes over');
    await until(() => supervisor.running(id) === undefined, 'that is stopped, for nobody asks it anything');
  }
  const [oldest, ...others] = before;
  await oldest?.exited;
  await until(() => supervisor.processesOf('hello').length === 3, 'the oldest is forgotten');
  assert.deepEqual(new Set(supervisor.processesOf('hello')), new Set(others));
});

test('[OB-12] a successor that does not start leaves the one before it serving, and is tried again later', async (t) => {
  const { bench, supervisor, add, log, report } = await anObservedWorld(t);
  const id = await add(SLOW);
  const before = await supervisor.start(id);
  const modules = join(bench.runtimeDir, '..', 'modules');
  await rename(modules, `${modules}-away`);
  supervisor.want({ active: new Set([id]), collected: new Set([id]) });
  await until(() => log.length === 1, 'that it failed is told');
  assert.match(log[0] ?? '', /^It could not be started anew to be traced, and serves on without: /);
  assert.deepEqual([supervisor.running(id), await served(before), report(id)?.state], [before, 'hello', 'ready']);
  await rename(`${modules}-away`, modules);
  await until(() => supervisor.isTraced(id), 'it is traced');
  assert.equal(log.length, 1);
});

test('[OB-11] many that are to be traced are succeeded in turns', async (t) => {
  const { supervisor, add } = await anObservedWorld(t, { successionsAtOnce: 1, startsAtOnce: 8 });
  const ids = await Promise.all([add(HELLO), add(HELLO), add(HELLO), add(HELLO)]);
  await supervisor.warm(ids);
  supervisor.want({ active: new Set(ids), collected: new Set(ids) });
  await until(() => ids.every((id) => supervisor.isTraced(id)), 'all are traced');
  for (const id of ids) assert.equal(await served(await supervisor.start(id)), 'hello');
});

test('[OB-13] one that is cold starts with a tracer where that is wanted, and without one where it is not', async (t) => {
  const { supervisor, add } = await anObservedWorld(t);
  const [wanted, other] = [await add(HELLO), await add(HELLO)];
  supervisor.want({ active: new Set([wanted, other]), collected: new Set([wanted]) });
  assert.deepEqual(
    [supervisor.isTraced(wanted), (await supervisor.start(wanted)).isTraced, (await supervisor.start(other)).isTraced],
    [true, true, false],
  );
});

test('[OB-13] where nobody observes nothing is traced and nothing is started anew for it', async (t) => {
  const { supervisor, add } = await aWorld(t);
  const id = await add(HELLO);
  const version = await supervisor.start(id);
  supervisor.want({ active: new Set([id]), collected: new Set([id]) });
  assert.equal(await served(version), 'hello');
  assert.deepEqual([supervisor.running(id), supervisor.isTraced(id), version.isTraced], [version, false, false]);
});

const OBJECTS = { durableObjects: [{ className: 'Room', namespaceId: 'a'.repeat(32), storage: 'sqlite' }] } as const;

test('[OB-13] an owner of Durable Objects is traced from its start: it is never started anew for it', async (t) => {
  const objectsFolder = join(await temporaryFolder(t), 'objects');
  const { supervisor, add } = await anObservedWorld(t, { objectsFolder });
  const id = await add(`import { DurableObject } from 'cloudflare:workers'; export class Room extends DurableObject {} ${HELLO}`, OBJECTS);
  const owners = new Map([['hello', [{ versionId: id, share: 100_000 }]]]);
  supervisor.want({ active: new Set([id]), owners });
  const owner = await supervisor.start(id);
  assert.equal(owner.isTraced, true);
  supervisor.want({ active: new Set([id]), owners, collected: new Set([id]) });
  assert.equal(await served(owner), 'hello');
  assert.deepEqual([supervisor.running(id), supervisor.isTraced(id)], [owner, true]);
});

test('[OB-11] never are more processes succeeded at once than may be, and each is when it is its turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean(), { maxLength: 20 }), async (atOnce, outcomes) => {
      let underWay = 0;
      let most = 0;
      const ended: string[] = [];
      const successions = new Successions<{ readonly isGood: boolean }>({
        atOnce,
        start: async (process) => {
          most = Math.max(most, (underWay += 1));
          await Promise.resolve();
          underWay -= 1;
          if (!process.isGood) throw new Error('on purpose');
          return { isGood: true };
        },
        takeOver: () => ended.push('good'),
        onFailure: () => ended.push('bad'),
      });
      const processes = outcomes.map((isGood) => ({ isGood }));
      for (const process of processes) {
        successions.begin(process);
        successions.begin(process);
        assert.equal(successions.dueAt(process), undefined);
      }
      await successions.settled();
      assert.ok(most <= atOnce);
      assert.deepEqual(ended.toSorted(), outcomes.map((isGood) => (isGood ? 'good' : 'bad')).toSorted());
      for (const process of processes) assert.equal((successions.dueAt(process) ?? 0) > Date.now(), !process.isGood);
    }),
    { numRuns: 50 },
  );
});
