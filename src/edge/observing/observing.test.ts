import assert from 'node:assert/strict';
import test from 'node:test';
import { invoke } from '../invoke.ts';
import { RoutingState } from '../routing-state.ts';
import { aFolder, aTable, aWorker, FakePool, FakeVersion, splitOf, V1, V2 } from '../testing.ts';
import { FactQueue } from './fact-queue.ts';
import { Invocations, type Ended } from './invocations.ts';
import { ProcessorTime } from './processor-time.ts';
import { collectedIn, collectedScripts, rulesIn } from './wishes.ts';

const aVersion = (id = V1, of: Partial<FakeVersion> = {}): FakeVersion =>
  Object.assign(new FakeVersion(id, '/nowhere', () => undefined), of);

const ended = (of: Partial<Ended> = {}): Ended => ({
  kind: 'fetch',
  script: 'hello',
  versionId: V1,
  process: undefined,
  startedAt: performance.now(),
  outcome: 'ok',
  why: 'only',
  ...of,
});

const aRequest = (ray: string | undefined, path = '/') => ({ host: 'hello', path, clientIp: undefined, ray });

test('[OB-30] versions are traced of Workers whose logs are kept, pushed or watched, and where two share the traffic; nobody else’s', () => {
  const collects = { isKept: true, sampleRate: 0.1, logpush: false };
  const kept = aWorker('kept', { collects, previewVersions: [...Array(20).keys()].map(String), aliases: { staging: 'alias' } });
  const table = aTable([
    kept,
    aWorker('two', { deployment: splitOf(90_000), previewVersions: ['unseen'] }),
    aWorker('whole', { deployment: { id: 'd', split: [{ versionId: 'v-whole', share: 100_000 }] } }),
    aWorker('left', { deployment: splitOf(100_000), previewVersions: ['p'] }),
    aWorker('none', { deployment: null, collects }),
  ]);
  const ten = [...Array(10).keys()].map(String);
  assert.deepEqual(collectedIn(table, new Set()), new Set([V1, ...ten, 'alias', V2]));
  assert.ok(collectedIn(table, new Set(['whole', 'nobody'])).has('v-whole'));
  assert.ok(collectedIn(table, new Set(['left'])).has('p'));
  assert.deepEqual(rulesIn(table), [
    { script: 'kept', ...collects },
    { script: 'two', sampleRate: 1, isKept: false, logpush: false, isSplit: true },
    { script: 'none', ...collects },
  ]);
});

test('[OB-32] facts have a bound, failures nobody asked for one of their own; one Worker takes no more of either than it leaves; the newest are dropped, and counted', () => {
  const facts = new FactQueue(250);
  const invocations = new Invocations(facts);
  invocations.collected = new Set(['hello', 'other']);
  const failed = (script: string): number => {
    const before = facts.size;
    for (let each = 0; each < 130; each += 1) invocations.ended(ended({ script, outcome: 'exception' }));
    return facts.size - before;
  };
  assert.deepEqual(['hello', 'other', 'third'].map(failed), [100, 50, 25]);
  assert.deepEqual([invocations.takeFacts(1_000).length, invocations.takeDropped()], [175, 215]);
  const process = aVersion(V1, { isTraced: true });
  const asked = (script: string): number => {
    const before = facts.size;
    for (let each = 0; each < 200; each += 1)
      invocations.ended(ended({ script, process, request: aRequest(`ray-${each}`, `/${each}?key=secret`) }));
    return facts.size - before;
  };
  assert.deepEqual([asked('hello'), asked('other'), facts.size], [125, 63, 188]);
  assert.deepEqual([invocations.takeDropped(), invocations.takeDropped()], [212, 0]);
  const last = invocations.takeFacts(125).at(-1);
  assert.deepEqual([last?.ray, last?.url, last?.isTraced], ['ray-124', 'hello/124', true]);
  // What was told left its room to whoever comes.
  assert.equal(asked('hello'), 94);
  const requests = invocations.takeCounts().map((count) => count.requests);
  assert.deepEqual([requests, invocations.waitingFacts], [[390, 600], 157]);
});

test('[OB-30] a request of a process with a tracer is told of where somebody wants its Worker’s, alone: of others what failed, at once', () => {
  const rules = rulesIn(aTable([aWorker('kept', { collects: { isKept: true, sampleRate: 1, logpush: false } }), aWorker('other')]));
  const unkept = { script: 'unkept', isKept: false, sampleRate: 1, logpush: false };
  assert.deepEqual(collectedScripts([...rules, unkept], new Set(['watched'])), new Set(['kept', 'watched']));
  const invocations = new Invocations();
  const process = aVersion(V1, { isTraced: true });
  const tell = (outcome: Ended['outcome']) => invocations.ended(ended({ process, request: aRequest('ray'), outcome }));
  for (const outcome of ['ok', 'exception'] as const) tell(outcome);
  invocations.collected = new Set(['hello']);
  tell('ok');
  assert.deepEqual(
    invocations.takeFacts(10).map(({ outcome, isTraced }) => [outcome, isTraced]),
    [
      ['exception', false],
      ['ok', true],
    ],
  );
});

/** How many facts come of it. */
const told = (of: Partial<Ended>): number => {
  const invocations = new Invocations();
  invocations.collected = new Set(['hello']);
  invocations.ended(ended(of));
  return invocations.waitingFacts;
};

test('[OB-30] what no trace could be found for is told where it failed alone, and a visitor who leaves is no failure', () => {
  const process = aVersion(V1, { isTraced: true });
  assert.equal(told({ process, request: aRequest(undefined) }), 0);
  assert.equal(told({ process, kind: 'scheduled' }), 1);
  assert.equal(told({ process, kind: 'rpc', outcome: 'ok' }), 0);
  for (const outcome of ['ok', 'canceled', 'responseStreamDisconnected'] as const) assert.equal(told({ outcome }), 0);
  assert.equal(told({ outcome: 'loadShed' }), 1);
});

test('[OB-30] of an answer that broke off it is told before its trace goes on alone, and when it was; it counts once it is known why', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 100_000 });
  const pass = async (ms: number): Promise<void> => {
    t.mock.timers.tick(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const invocations = new Invocations();
  invocations.collected = new Set(['hello']);
  const breakOff = (process: FakeVersion) =>
    invocations.ended(ended({ process, request: aRequest('ray'), outcome: 'broke_off', startedAt: performance.now() }));
  // To 50 ms: what it took is real.
  const facts = () => invocations.takeFacts(10).map(({ outcome, isTraced, at }) => [outcome, isTraced, Math.ceil(at / 50) * 50]);
  const counts = () => invocations.takeCounts().map(({ outcome, requests }) => [outcome, requests]);
  const [alive, dying, untraced] = [true, true, false].map((isTraced) => aVersion(V1, { isTraced }));
  assert.ok(alive && dying && untraced);
  breakOff(alive);
  await pass(50);
  assert.deepEqual([facts(), counts()], [[['exception', true, 100_000]], []]);
  breakOff(dying);
  dying.beMissed('memory');
  await pass(0);
  assert.deepEqual([facts(), counts()], [[['exceededMemory', false, 100_050]], [['exceededMemory', 1]]]);
  breakOff(untraced);
  await pass(150);
  assert.deepEqual([facts(), counts()], [[], [['exception', 1]]]);
  await pass(50);
  assert.deepEqual([facts(), counts()], [[['exception', false, 100_050]], [['exception', 1]]]);
  await invocations.settled();
});

test('[OB-33] processor time is what a process used since it was last read, without its start, shared by the requests of the versions in it', () => {
  let used = 130;
  const cpuMs = () => used;
  const one = aVersion(V1, { cpuMs });
  const other = Object.assign(aVersion(V2, { cpuMs }), { exited: one.exited });
  Object.assign(one, { startupCpuMs: 100 });
  const time = new ProcessorTime();
  assert.deepEqual(time.read(0), []);
  for (let each = 0; each < 3; each += 1) time.served(one, 'hello');
  assert.deepEqual(time.read(120_000), [{ minute: 2, script: 'hello', versionId: V1, cpuMs: 30 }]);
  assert.equal(time.shareOf(one), 10);
  used += 40;
  for (const version of [one, other, one, other]) time.served(version, 'hello');
  assert.deepEqual(
    time.read(120_000).map(({ versionId, cpuMs: ms }) => [versionId, ms]),
    [
      [V1, 20],
      [V2, 20],
    ],
  );
  assert.deepEqual([time.shareOf(one), time.shareOf(other)], [10, 10]);
  const unknown = aVersion('v3', { cpuMs: () => 5 });
  time.served(unknown, 'hello');
  assert.equal(time.read(0)[0]?.cpuMs, 5);
  assert.equal(time.shareOf(unknown), undefined);
});

test('[OB-33] processor time is read once a second however often facts are told, which have the share of the last reading', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 100_000 });
  const invocations = new Invocations();
  invocations.collected = new Set(['hello']);
  let used = 0;
  let readings = 0;
  const cpuMs = (): number => {
    readings += 1;
    return used;
  };
  const process = Object.assign(aVersion(V1, { isTraced: true, cpuMs }), { startupCpuMs: 0 });
  const shares: (number | undefined)[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    used += 5;
    invocations.ended(ended({ process, request: aRequest('ray') }));
    invocations.takeCpu();
    shares.push(invocations.takeFacts(10)[0]?.cpuMs);
    t.mock.timers.tick(100);
  }
  assert.deepEqual([readings, new Set(shares)], [2, new Set([5])]);
  assert.equal(invocations.takeCpu(true)[0]?.cpuMs, 45);
});

test('[OB-31] a batch of a queue counts as it ended, and one that could not be delivered as what kept it', async () => {
  await using folder = await aFolder();
  await using pool = new FakePool(folder.path, {
    [V1]: (request, response) => {
      request.resume();
      response.end(JSON.stringify({ outcome: 'exception' }));
    },
  });
  const state = new RoutingState();
  state.replace(aTable([aWorker('hello'), aWorker('lost', { deployment: { id: 'd', split: [{ versionId: V2, share: 100_000 }] } })]));
  const invocations = new Invocations();
  const context = { index: () => state.index, versions: pool, startTimeoutMs: 1_000, random: () => 0, invocations };
  for (const script of ['hello', 'hello', 'lost']) await invoke(context, script, { handler: 'queue', event: {} });
  assert.deepEqual(
    invocations.takeCounts().map(({ script, kind, statusClass, outcome, requests }) => [script, kind, statusClass, outcome, requests]),
    [
      ['hello', 'queue', 0, 'exception', 2],
      ['lost', 'queue', 0, 'unknown', 1],
    ],
  );
});
