import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import test from 'node:test';
import { StartFailure } from './start-failure.ts';
import { HELLO, until } from './workbench.ts';
import { aWorld, served } from './world.ts';

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

test('[X-11] [X-29] a version that keeps failing trips the breaker: it is refused at once, and tried again later', async (t) => {
  const { supervisor, loads, add, report, log } = await aWorld(t, { breakerFailures: 3 });
  const id = await add(`throw new Error('broken')`);
  for (let tries = 1; tries <= 3; tries += 1) assert.equal((await failureOf(supervisor.start(id))).kind, 'threw');
  const failure = await failureOf(supervisor.start(id));
  assert.equal(failure.kind, 'backing_off');
  assert.match(failure.message, /^It keeps failing and is tried again in 1 s\. Uncaught Error: broken/);
  assert.ok((failure.retryAfterMs ?? 0) > 0 && (failure.retryAfterMs ?? 0) <= 1000);
  assert.equal(loads.length, 3);
  assert.equal(report(id)?.state, 'backing_off');
  assert.match(
    report(id)?.reason ?? '',
    /^It keeps failing and gets no requests; it is tried again at \S+Z\. Last: Uncaught Error: broken/,
  );
  const brokenOn = report(id)?.brokenOn;
  assert.ok(brokenOn !== undefined);
  assert.equal(log.filter((line) => line.startsWith('It failed 3 times within 30 s')).length, 1);
  await until(async () => (await failureOf(supervisor.start(id))).kind === 'threw', 'it is tried again');
  assert.equal(report(id)?.brokenOn, brokenOn);
});

test('[X-31] who asks while a version is in a short back-off waits for its next process', async (t) => {
  const { supervisor, add, report } = await aWorld(t);
  const id = await add(UNSTABLE);
  for (let crashes = 1; crashes <= 3; crashes += 1) {
    await assert.rejects(served(await supervisor.start(id), '/die'));
    await until(() => report(id)?.state === 'backing_off', 'the crash is known');
    const answers = await Promise.all(Array.from({ length: 5 }, async () => served(await supervisor.start(id))));
    assert.deepEqual(answers, ['hello', 'hello', 'hello', 'hello', 'hello']);
  }
  assert.equal(report(id)?.restarts, 3);
});

test('[X-26] a crash costs the requests of that process only, and an active version comes back', async (t) => {
  const { supervisor, add, report } = await aWorld(t);
  const [id, neighbour] = [await add(UNSTABLE), await add(UNSTABLE)];
  supervisor.want({ active: new Set([id, neighbour]) });
  const first = await supervisor.start(id);
  const other = await supervisor.start(neighbour);
  const slow = served(other, '/slow');
  await assert.rejects(served(first, '/die'));
  assert.equal((await first.exited).fault, 'memory');
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

test('[X-6] a process that only finishes what it has in hand is known to be of its Worker until it ends', async (t) => {
  const { supervisor, add } = await aWorld(t);
  const version = await supervisor.start(await add(HELLO, { script: 'hello' }));
  await supervisor.start(await add(HELLO, { script: 'other' }));
  version.enter('request');
  const closed = supervisor.close();
  assert.equal(supervisor.running(version.versionId), undefined);
  assert.deepEqual(supervisor.processesOf('hello'), [version]);
  version.leave('request');
  await closed;
  assert.deepEqual(supervisor.processesOf('hello'), []);
});

test('[X-8] a version the deployments left stays warm, and goes when that time is over', async (t) => {
  const { supervisor, add, report } = await aWorld(t, { warmMs: 400 });
  const id = await add(HELLO);
  supervisor.want({ active: new Set([id]) });
  const version = await supervisor.start(id);
  supervisor.want({ active: new Set() });
  assert.equal(supervisor.running(id), version);
  await until(() => report(id) === undefined, 'it has gone');
  assert.deepEqual(await version.exited, { code: 0, signal: null, fault: undefined });
});

test('[X-34] after many quick deployments a Worker keeps its most recent versions warm, and no other Worker loses one', async (t) => {
  const { supervisor, add, report } = await aWorld(t, { mostWarm: 2 });
  const other = await add(HELLO, { script: 'other' });
  await served(await supervisor.start(other));
  const ids = [await add(HELLO), await add(HELLO), await add(HELLO), await add(HELLO), await add(HELLO)];
  for (const id of ids) {
    await supervisor.start(id);
    supervisor.want({ active: new Set([id]) });
    const left = Date.now();
    await until(() => Date.now() > left, 'the clock has moved on');
  }
  const [first = '', second = '', ...kept] = ids;
  await until(() => report(first) === undefined && report(second) === undefined, 'the first two have gone');
  assert.deepEqual(
    [...kept, other].map((id) => report(id)?.state),
    ['ready', 'ready', 'ready', 'ready'],
  );
});

test('[X-9] a process over its memory limit is replaced, although array buffers escape the heap limit', async (t) => {
  const { supervisor, add, report, log } = await aWorld(t, { memoryLimitMb: 180 });
  const id = await add(UNSTABLE);
  supervisor.want({ active: new Set([id]) });
  const first = await supervisor.start(id);
  await served(first, '/grow').catch(() => 'killed');
  await until(() => ![undefined, first].includes(supervisor.running(id)), 'it is replaced');
  assert.match(log.join('\n'), /^It used \d+ MB of memory, more than the 180 MB it may\.$/);
  assert.equal((await first.exited).fault, 'memory');
  assert.equal(report(id)?.restarts, 1);
});

test('[X-10] [X-30] a process that loops longer than its version may is replaced, and the requests that come meanwhile are answered', async (t) => {
  const { supervisor, add, log } = await aWorld(t);
  const id = await add(UNSTABLE, { limits: { cpu_ms: 50 } });
  supervisor.want({ active: new Set([id]) });
  const tookMs: number[] = [];
  for (let hangs = 1; hangs <= 3; hangs += 1) {
    const first = await supervisor.start(id);
    const began = performance.now();
    const cut = assert.rejects(served(first, '/hang'));
    await until(() => supervisor.running(id) !== first, 'it is noticed');
    assert.equal(await served(await supervisor.start(id)), 'hello');
    tookMs.push(Math.round(performance.now() - began));
    await cut;
    assert.equal((await first.exited).fault, 'cpu');
  }
  assert.match(log[0] ?? '', /^It used \d+ ms of CPU time without an answer, more than the 50 ms it may with 1 request\.$/);
  t.diagnostic(`from the hanging request to an answer of the next process: ${tookMs.join(', ')} ms`);
});

test('[X-10] a process that is stopped, and so does not even work, is replaced by the clock', async (t) => {
  const { supervisor, add, log, report } = await aWorld(t, { hangMs: 1200 });
  const id = await add(UNSTABLE);
  const first = await supervisor.start(id);
  process.kill(report(id)?.pid ?? 0, 'SIGSTOP');
  await assert.rejects(served(first));
  assert.match(log[0] ?? '', /^It did not answer for 1\.\d s while it had requests\.$/);
});

test('[X-30] work that is bound by the processor is no hang below the limit, and neither are many such requests in a row', async (t) => {
  const { supervisor, add, log } = await aWorld(t);
  const work = `export default { fetch(request) {
    const rounds = Number(new URL(request.url).searchParams.get('n'));
    let x = 1;
    for (let i = 0; i < rounds; i += 1) x = Math.sqrt(x + i);
    return new Response(String(x > 0));
  } };`;
  const [unlimited, short] = [await add(work), await add(work, { limits: { cpu_ms: 300 } })];
  const long = await supervisor.start(unlimited);
  assert.equal(await served(long, '/?n=5e8'), 'true');
  // Ten at once, each far below the limit and all together above it: each brings its own limit.
  const version = await supervisor.start(short);
  const answers = await Promise.all(Array.from({ length: 10 }, () => served(version, '/?n=3e7')));
  assert.ok(answers.every((answer) => answer === 'true'));
  assert.deepEqual(log, []);
});

test('[X-32] a version that crashes at every request trips its breaker and hurts no neighbour', async (t) => {
  const { supervisor, add, report } = await aWorld(t);
  const [bad, good] = [await add(UNSTABLE), await add(HELLO)];
  supervisor.want({ active: new Set([bad, good]) });
  const neighbour = await supervisor.start(good);
  const answers: string[] = [];
  while (report(bad)?.brokenOn === undefined) {
    await supervisor
      .start(bad)
      .then((version) => served(version, '/die'))
      .catch(() => 'gone');
    answers.push(await served(neighbour));
  }
  assert.equal((await failureOf(supervisor.start(bad))).kind, 'backing_off');
  assert.equal(report(bad)?.restarts, 5);
  assert.ok(answers.every((answer) => answer === 'hello'));
  assert.equal(supervisor.running(good), neighbour);
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
