import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import test, { type TestContext } from 'node:test';
import type { ProcessReport, VersionSpec } from '../domain/index.ts';
import { StartFailure } from './start-failure.ts';
import type { SupervisorSettings } from './settings.ts';
import { Supervisor } from './supervisor.ts';
import type { RunningVersion } from './version-process.ts';
import { ask, aWorkbench, HELLO, until, type Workbench } from './workbench.ts';

interface World {
  readonly bench: Workbench;
  readonly supervisor: Supervisor;
  readonly log: string[];
  readonly loads: string[];
  /** A version of this source, known to the supervisor; answers its id. */
  add(source: string): Promise<string>;
  report(versionId: string): ProcessReport | undefined;
}

/** Short times, so that tests wait for what happens and not for clocks. */
const QUICK: Partial<SupervisorSettings> = { watchMs: 20, waitUntilGraceMs: 0, drainDeadlineMs: 2000, killAfterMs: 1000 };

const aWorld = async (t: TestContext, settings: Partial<SupervisorSettings> = {}): Promise<World> => {
  const bench = await aWorkbench(t);
  const specs = new Map<string, VersionSpec>();
  const log: string[] = [];
  const loads: string[] = [];
  const supervisor = new Supervisor({
    runtimeDir: bench.runtimeDir,
    modules: bench.store,
    settings: { ...QUICK, ...settings },
    loadSpec: async (versionId) => {
      loads.push(versionId);
      const spec = specs.get(versionId);
      if (spec === undefined) throw new Error(`There is no version ${versionId}.`);
      return spec;
    },
    log: ({ message }) => log.push(message),
    onChange: () => undefined,
  });
  t.after(() => supervisor.close({ deadlineMs: 0, waitUntilGraceMs: 0, killAfterMs: 0 }));
  const add = async (source: string): Promise<string> => {
    const spec = await bench.aVersion({ 'index.js': source }, { id: randomUUID() });
    specs.set(spec.id, spec);
    return spec.id;
  };
  return { bench, supervisor, log, loads, add, report: (versionId) => supervisor.states().find((each) => each.versionId === versionId) };
};

const served = async (version: RunningVersion, path = '/'): Promise<string> => {
  version.enter();
  try {
    return await ask(version.socketPath, path);
  } finally {
    version.leave();
  }
};

const failureOf = async (promise: Promise<unknown>): Promise<StartFailure> => {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof StartFailure);
  return failure;
};

/** `/die` fills the heap, `/hang` loops, `/grow` holds array buffers, everything else says hello. */
const UNSTABLE = `const kept = [];
  export default { async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/die') for (;;) kept.push(new Array(10000).fill(1.5));
    if (pathname === '/hang') for (;;);
    if (pathname === '/grow') kept.push(new Uint8Array(150e6).fill(1));
    if (pathname === '/slow') await scheduler.wait(300);
    return new Response('hello');
  } };`;

test('[X-24] a version is started once for all who ask for it at the same time, and found at once after that', async (t) => {
  const { supervisor, loads, add } = await aWorld(t);
  const id = await add(HELLO);
  assert.equal(supervisor.running(id), undefined);
  const [first, second] = await Promise.all([supervisor.start(id), supervisor.start(id)]);
  assert.equal(first, second);
  assert.equal(supervisor.running(id), first);
  assert.equal(await served(first), 'hello');
  assert.deepEqual(loads, [id]);
});

test('[X-24] twenty versions start together, a few at a time', async (t) => {
  const { supervisor, add } = await aWorld(t);
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, index) => add(`export default { fetch: () => new Response('version ${index}') };`)),
  );
  const warmed = await supervisor.warm(ids);
  assert.deepEqual(
    [...warmed.values()],
    Array.from({ length: 20 }, () => 'ready'),
  );
  const answers = await Promise.all(ids.map(async (id) => served(await supervisor.start(id))));
  assert.deepEqual(
    answers,
    ids.map((_, index) => `version ${index}`),
  );
});

test('[X-25] warming tells for each version whether it is ready or why not', async (t) => {
  const { supervisor, add } = await aWorld(t);
  const good = await add(HELLO);
  const bad = await add(`throw new Error('broken')`);
  const warmed = await supervisor.warm([good, bad, 'unknown']);
  assert.equal(warmed.get(good), 'ready');
  const [failure, unknown] = [warmed.get(bad), warmed.get('unknown')];
  assert.ok(failure instanceof StartFailure && unknown instanceof StartFailure);
  assert.deepEqual([failure.kind, unknown.kind, unknown.message], ['threw', 'not_started', 'There is no version unknown.']);
});

test('[X-11] a version that keeps failing is not tried for every request', async (t) => {
  const { supervisor, loads, add, report } = await aWorld(t);
  const id = await add(`throw new Error('broken')`);
  assert.equal((await failureOf(supervisor.start(id))).kind, 'threw');
  assert.equal((await failureOf(supervisor.start(id))).kind, 'threw');
  const failure = await failureOf(supervisor.start(id));
  assert.equal(failure.kind, 'backing_off');
  assert.match(failure.message, /^It failed 2 times in a row and is tried again in 1 s\. Uncaught Error: broken/);
  assert.ok((failure.retryAfterMs ?? 0) > 0 && (failure.retryAfterMs ?? 0) <= 500);
  assert.equal(loads.length, 2);
  assert.equal(report(id)?.state, 'backing_off');
  await until(async () => (await failureOf(supervisor.start(id))).kind === 'threw', 'it is tried again');
});

test('[X-26] a crash costs the requests of that process only, and an active version comes back', async (t) => {
  const { supervisor, add, report } = await aWorld(t);
  const [id, neighbour] = [await add(UNSTABLE), await add(UNSTABLE)];
  supervisor.want({ active: new Set([id, neighbour]) });
  const first = await supervisor.start(id);
  const other = await supervisor.start(neighbour);
  const slow = served(other, '/slow');
  await assert.rejects(served(first, '/die'));
  await until(() => ![undefined, first].includes(supervisor.running(id)), 'the version runs again');
  assert.equal(await served(await supervisor.start(id)), 'hello');
  assert.equal(report(id)?.restarts, 1);
  assert.equal(await slow, 'hello');
  assert.equal(supervisor.running(neighbour), other);
});

test('[X-26] a crashed version no deployment names waits for its next request', async (t) => {
  const { supervisor, add, report, log } = await aWorld(t);
  const id = await add(UNSTABLE);
  await assert.rejects(served(await supervisor.start(id), '/die'));
  await until(() => report(id)?.state === 'backing_off', 'the crash is known');
  assert.deepEqual(log, ['Its process ended with code 1.']);
  assert.equal(await served(await supervisor.start(id)), 'hello');
});

test('[X-5] an idle version is stopped, and started again by its next request', async (t) => {
  const { bench, supervisor, add, report } = await aWorld(t, { idleMs: 50 });
  const id = await add(HELLO);
  supervisor.want({ active: new Set([id]), scripts: new Map([[id, 'hello']]) });
  assert.equal(await served(await supervisor.start(id)), 'hello');
  await until(() => report(id)?.state === 'cold', 'it is stopped');
  assert.deepEqual(report(id), { versionId: id, script: 'hello', state: 'cold', restarts: 0 });
  await until(async () => (await readdir(bench.runtimeDir)).length === 0, 'nothing is left of it');
  assert.equal(await served(await supervisor.start(id)), 'hello');
});

test('[X-6] a request in flight keeps it, however long it takes', async (t) => {
  const { supervisor, add } = await aWorld(t, { idleMs: 1, warmMs: 1 });
  const id = await add(UNSTABLE);
  supervisor.want({ active: new Set([id]) });
  assert.equal(await served(await supervisor.start(id), '/slow'), 'hello');
});

test('[X-8] a version the deployments left stays warm, and goes when that time is over', async (t) => {
  const { supervisor, add, report } = await aWorld(t, { warmMs: 400 });
  const id = await add(HELLO);
  supervisor.want({ active: new Set([id]) });
  const version = await supervisor.start(id);
  supervisor.want({ active: new Set() });
  assert.equal(supervisor.running(id), version);
  await until(() => report(id) === undefined, 'it has gone');
  assert.deepEqual(await version.exited, { code: 0, signal: null });
});

test('[X-9] a process over its memory limit is replaced, although array buffers escape the heap limit', async (t) => {
  const { supervisor, add, report, log } = await aWorld(t, { memoryLimitMb: 180 });
  const id = await add(UNSTABLE);
  supervisor.want({ active: new Set([id]) });
  const first = await supervisor.start(id);
  await served(first, '/grow').catch(() => 'killed');
  await until(() => ![undefined, first].includes(supervisor.running(id)), 'it is replaced');
  assert.match(log.join('\n'), /^It used \d+ MB of memory, more than the 180 MB it may\.$/);
  assert.equal(report(id)?.restarts, 1);
});

test('[X-10] a process that hangs with requests in flight is replaced', async (t) => {
  const { supervisor, add, log } = await aWorld(t, { hangMs: 300 });
  const id = await add(UNSTABLE);
  supervisor.want({ active: new Set([id]) });
  const first = await supervisor.start(id);
  await assert.rejects(served(first, '/hang'));
  assert.deepEqual(log, ['It did not answer for 0.3 s while it had requests.']);
  await until(() => ![undefined, first].includes(supervisor.running(id)), 'it is replaced');
});

test('[X-27] closing finishes what is in flight, stops what is starting and starts nothing more', async (t) => {
  const { bench, supervisor, add } = await aWorld(t);
  const [id, loops] = [await add(UNSTABLE), await add('for (;;);')];
  const version = await supervisor.start(id);
  const stopped = failureOf(supervisor.start(loops));
  const answer = served(version, '/slow');
  await supervisor.close();
  assert.equal(await answer, 'hello');
  assert.equal((await stopped).kind, 'stopped');
  assert.equal((await failureOf(supervisor.start(id))).kind, 'stopped');
  assert.deepEqual(await readdir(bench.runtimeDir), []);
});
