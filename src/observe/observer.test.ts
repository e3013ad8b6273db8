import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  archiveStatus,
  liveCounts,
  observedInvocation,
  observedInvocations,
  observedMetrics,
  observedPair,
  observedVersions,
} from './answers.ts';
import { isDrawn } from './collector/sampling.ts';
import { reportsSocketIn, tracesSocketIn } from './sockets.ts';
import { aBatch, aCount, aFact, aTrace, NOON, NOON_MINUTE, ObserverHere, ONE, SCRIPT, TWO } from './testing.ts';

const KEPT = { script: SCRIPT, sampleRate: 1, isKept: true, logpush: false };
const HOUR = { since: NOON - 3_600_000, until: NOON + 3_600_000 };
const MINUTES = { script: SCRIPT, since: NOON_MINUTE - 60, until: NOON_MINUTE + 60, step: 1 };

const eventually = async <Value>(found: () => Promise<Value | undefined>): Promise<Value> => {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    assert.ok(performance.now() < deadline, 'it did not come');
    await wait(10);
  }
};

const thrown = (version: number, line: number, ray: string) =>
  aTrace(
    {
      v: version,
      outcome: 'exception',
      exceptions: [{ name: 'TypeError', message: `order ${line} is gone`, stack: `    at pay (cart.js:${line}:3)`, timestamp: NOON }],
    },
    ray,
  );

test('[OB-21] what a process and an edge tell of one request becomes one record, which is kept and found', async (t) => {
  const here = await ObserverHere.open(t);
  const { status, body } = await here.report({ rules: [KEPT], facts: [aFact()] });
  assert.equal(status, 200);
  assert.equal(typeof (body as { boot: unknown }).boot, 'string');
  assert.deepEqual(await here.traces(aBatch([aTrace()])), { status: 200, body: { wants: ['all'] } });
  const record = await eventually(() => observedInvocation(here.client, SCRIPT, 'ray-1'));
  assert.deepEqual(record, {
    id: 'ray-1',
    at: NOON,
    script: SCRIPT,
    version: { id: ONE, tag: 'v1' },
    kind: 'fetch',
    outcome: 'ok',
    status: 200,
    wallMs: 12.5,
    why: 'random',
    clientIp: '192.0.2.1',
    method: 'GET',
    url: 'shop.example.com/cart',
    event: aTrace().event,
    logs: aTrace().logs,
    exceptions: [],
    isSampled: true,
  });
  const { records } = await observedInvocations(here.client, SCRIPT, HOUR, 10);
  assert.deepEqual(records, [record]);
  assert.equal(await observedInvocation(here.client, 'other', 'ray-1'), undefined);
});

test('[OB-20] a report that comes twice counts once, also after a restart', async (t) => {
  const here = await ObserverHere.open(t);
  const report = { counts: [aCount({ latencies: [10, 20, 30] }), aCount({ versionId: TWO, statusClass: 5, latencies: [5] })] };
  for (const sequence of [0, 1, 0, 1]) assert.equal((await here.report({ ...report, sequence })).status, 200);
  await here.close();
  await here.open();
  assert.equal((await here.report({ ...report, sequence: 1 })).status, 200);
  const [one, two] = await observedMetrics(here.client, { ...MINUTES, group: 'version' });
  assert.deepEqual([one?.key, one?.requests, one?.errors], [ONE, 6, 0]);
  assert.deepEqual([two?.key, two?.requests, two?.errors], [TWO, 2, 2]);
  assert.ok(Math.abs((one?.latency?.p50 ?? 0) - 20) < 0.3);
});

test('[OB-24] of a Worker that keeps a share of its records the same ones are kept by whoever draws', async (t) => {
  const here = await ObserverHere.open(t);
  await here.report({ rules: [{ ...KEPT, sampleRate: 0.3 }] });
  const rays = Array.from({ length: 100 }, (_, index) => `ray-${index}`);
  await here.traces(aBatch(rays.map((ray) => aTrace({}, ray))));
  const drawn = rays.filter((ray) => isDrawn(ray, 0.3));
  const kept = await eventually(async () => {
    const { records } = await observedInvocations(here.client, SCRIPT, HOUR, 100);
    return records.length >= drawn.length ? records : undefined;
  });
  assert.deepEqual(kept.map(({ id }) => id).toSorted(), drawn.toSorted());
});

test('[OB-22] exceptions are one group over versions and lines, with counts of each', async (t) => {
  const here = await ObserverHere.open(t);
  await here.report({ rules: [{ ...KEPT, isKept: false, isSplit: true }] });
  const versions = [
    { id: ONE, script: SCRIPT },
    { id: TWO, script: SCRIPT },
  ];
  await here.traces({ versions, traces: [thrown(0, 5, 'a'), thrown(1, 9, 'b'), thrown(1, 9, 'c'), aTrace({}, 'd')], dropped: 0 });
  const { exceptions } = await eventually(async () => {
    const observed = await observedVersions(here.client, SCRIPT, NOON_MINUTE, NOON_MINUTE + 1);
    return observed.exceptions[0]?.count === 3 ? observed : undefined;
  });
  assert.equal(exceptions.length, 1);
  const [{ name, message, versions: found, sample } = { name: '', message: '', versions: [], sample: undefined }] = exceptions;
  assert.deepEqual(
    { name, message, found },
    {
      name: 'TypeError',
      message: 'order # is gone',
      found: [
        { versionId: ONE, count: 1 },
        { versionId: TWO, count: 2 },
      ],
    },
  );
  assert.equal(sample?.exceptions[0]?.message, 'order 5 is gone');
  const { records } = await eventually(async () => {
    const page = await observedInvocations(here.client, SCRIPT, HOUR, 10);
    return page.records.length === 3 ? page : undefined;
  });
  assert.ok(
    records.every(({ outcome }) => outcome === 'exception'),
    'of a Worker that shares its traffic failures are kept',
  );
});

const throws = (v: number, name: string, ray: string) =>
  aTrace({ v, outcome: 'exception', exceptions: [{ name, message: 'no', timestamp: NOON }] }, ray);

test('[OB-40] of two versions each exception is told, however often others throw', async (t) => {
  const here = await ObserverHere.open(t);
  const three = '33333333-3333-4333-8333-333333333333';
  const versions = [ONE, TWO, three].map((id) => ({ id, script: SCRIPT }));
  const often = ['a', 'b', 'c'].flatMap((ray) => [
    throws(0, 'One', `1${ray}`),
    throws(0, 'Other', `2${ray}`),
    throws(2, 'Third', `3${ray}`),
  ]);
  await here.traces({ versions, traces: [...often, throws(1, 'Rare', 'rare'), throws(1, 'One', 'same')], dropped: 0 });
  const { exceptions } = await eventually(async () => {
    const found = await observedPair(here.client, SCRIPT, NOON_MINUTE, NOON_MINUTE + 1, [TWO, ONE]);
    return found.exceptions.flatMap(({ versions: counted }) => counted).length === 4 ? found : undefined;
  });
  const counts = exceptions.flatMap(({ name, versions: counted }) =>
    counted.map(({ versionId, count }) => `${name} ${versionId[0]}: ${count}`),
  );
  assert.deepEqual(counts.toSorted(), ['One 1: 3', 'One 2: 1', 'Other 1: 3', 'Rare 2: 1']);
});

test('[OB-29] what is malformed is refused and counted, and nothing else suffers', async (t) => {
  const here = await ObserverHere.open(t);
  const bodies = ['', '{', '{}', '['.repeat(100_000), JSON.stringify({ ...aBatch([]), versions: [{}] })];
  for (const body of bodies) assert.equal((await here.post(tracesSocketIn(here.folder), '/', body)).status, 400, body);
  assert.equal((await here.post(reportsSocketIn(here.folder), '/reports', '[]')).status, 400);
  assert.equal((await here.traces(aBatch([aTrace({ v: 3 }), aTrace({ endedAt: -1 }), aTrace()]))).status, 200);
  assert.deepEqual((await archiveStatus(here.client)).dropped, { malformed_posts: 6, malformed_traces: 2 });
});

test('live counts come each second, per version, until their reader leaves', async (t) => {
  const here = await ObserverHere.open(t);
  const leaving = new AbortController();
  const body = await liveCounts(here.client, SCRIPT, leaving.signal);
  body.on('error', () => undefined);
  let text = '';
  body.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await here.report({ counts: [aCount({ latencies: [10, 20] })] });
  await eventually(() => Promise.resolve(text.includes('"requests":2') ? true : undefined));
  await eventually(() => Promise.resolve(text.includes('"versions":[]') ? true : undefined));
  assert.match(text, new RegExp(`^data: \\{"at":"[^"]+Z","versions":\\[`, 'm'));
  leaving.abort();
});

test('[OB-23] of an rpc call or an alarm, which no edge sees, the trace is counted', async (t) => {
  const here = await ObserverHere.open(t);
  await here.traces(
    aBatch([
      aTrace({ kind: 'rpc', event: { rpcMethod: 'add' } }),
      aTrace({ kind: 'alarm', event: null, durableObjectId: 'a'.repeat(64), outcome: 'exception' }),
      aTrace({ kind: 'fetch', durableObjectId: 'a'.repeat(64) }),
    ]),
  );
  const groups = await eventually(async () => {
    const found = await observedMetrics(here.client, { ...MINUTES, group: 'kind' });
    return found.length === 2 ? found : undefined;
  });
  assert.deepEqual(groups.map(({ key, requests, errors }) => [key, requests, errors]).toSorted(), [
    ['alarm', 1, 1],
    ['rpc', 1, 0],
  ]);
});
