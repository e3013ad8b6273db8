import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { SmallDisk } from '../../../test/support/small-disk.ts';
import { aFolder } from '../../../test/support/temporary.ts';
import { until } from '../../../test/support/until.ts';
import { Logpush, type LogpushOptions } from './logpush.ts';
import { pauseAfter } from './pusher.ts';
import { aPlan, anOrder, aReceiver, aRecord, OPEN, type Received, type Receiver } from './testing.ts';
import type { Asked } from './testing-process.ts';

const aLogpush = async (t: TestContext, options: Partial<LogpushOptions> = {}): Promise<Logpush & { readonly folder: string }> => {
  const folder = options.folder ?? (await aFolder(t));
  const logpush = new Logpush({ spoolBytes: 10_000_000, rules: OPEN, log: () => {}, random: () => 0, ...options, folder });
  t.after(() => logpush.close());
  return Object.assign(logpush, { folder });
};

const NO_DISK = !SmallDisk.isPossible && 'this machine mounts no file systems for us';

/** Batches of one second, for tests do not wait longer. */
const SOON = aPlan({}, { seconds: 0.5 });
const RAYS = aPlan({ logpullOptions: 'fields=Event' }, { seconds: 0.5 });

const rays = (receiver: Receiver): readonly string[] => receiver.rows().map(({ Event }) => (Event as { readonly RayID: string }).RayID);

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => aRecord({ id: `ray-${from + index}` }));
const named = (count: number, from = 0) => many(count, from).map(({ id }) => id);

const status = (logpush: Logpush, id = 1) => {
  const found = logpush.state().jobs[String(id)];
  assert.ok(found !== undefined);
  return found;
};

test('[LP-12] rows come as gzip of one JSON object a line, and when they came is known', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t)];
  await logpush.order(anOrder(receiver.url, aPlan({ logpullOptions: 'fields=ScriptName,ScriptTags,Outcome' }, { seconds: 0.5 })));
  const before = Date.now();
  for (const record of many(3)) logpush.take(record);
  await until('three rows', () => receiver.rows().length === 3);
  const [received] = receiver.received;
  assert.equal(gunzipSync(received?.body ?? '').toString(), '{"ScriptName":"hello","ScriptTags":["eu","shop"],"Outcome":"ok"}\n'.repeat(3));
  await until('it to be told', () => status(logpush).lastComplete !== null);
  const { lastComplete, lastError, errorMessage, waitingBytes, waitingBatches, droppedRecords } = status(logpush);
  assert.ok(Date.parse(lastComplete ?? '') >= before - 1);
  assert.deepEqual([lastError, errorMessage, waitingBytes, waitingBatches, droppedRecords], [null, null, 0, 0, 0]);
});

test('[LP-5] only Workers with logpush = true are sent, and wanted whole while there is a job', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t)];
  assert.equal(logpush.wantsAll('hello'), false);
  await logpush.order(anOrder(receiver.url, RAYS));
  assert.deepEqual([logpush.wantsAll('hello'), logpush.wantsAll('other')], [true, false]);
  logpush.take(aRecord({ id: 'not-this', script: 'other' }));
  logpush.take(aRecord({ id: 'this' }));
  await until('a row', () => receiver.rows().length > 0);
  assert.deepEqual(rays(receiver), ['this']);
});

test('[LP-2] [LP-3] each job has its own filter and its own share', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t)];
  const filter = JSON.stringify({ where: { key: 'Outcome', operator: 'eq', value: 'exception' } });
  const job = (id: number, plan = SOON) => ({ id, plan, isEnabled: true, destination: `${receiver.url}/${id}` });
  const jobs = [
    job(1, aPlan({ filter }, { seconds: 0.5 })),
    job(2, aPlan({ outputOptions: { sample_rate: 0.2 } }, { seconds: 0.5 })),
    job(3),
  ];
  await logpush.order({ ...anOrder(''), jobs });
  for (const record of many(500)) logpush.take(record.id === 'ray-7' ? { ...record, outcome: 'exception' } : record);
  const count = (id: number): number =>
    receiver.received
      .filter(({ path }) => path === `/${id}`)
      .reduce((sum, { body }) => sum + gunzipSync(body).toString().split('\n').length - 1, 0);
  await until('all of the third', () => count(3) === 500);
  await until('one of the first', () => count(1) === 1);
  await until('some of the second', () => count(2) > 0);
  assert.ok(count(2) > 50 && count(2) < 150, String(count(2)));
});

test('[LP-12] a batch ends at its records, its bytes or its age, whichever is first; what stands around it is there once', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t)];
  const around = { field_names: ['Outcome'], batch_prefix: '[', record_delimiter: ',', record_suffix: '}', batch_suffix: ']\n' };
  await logpush.order(anOrder(receiver.url, aPlan({ outputOptions: around }, { seconds: 0.5, records: 4 })));
  for (const record of many(10)) logpush.take(record);
  await until('ten rows', () => receiver.received.length === 3);
  const lengths = receiver.received.map(({ body }) => (JSON.parse(gunzipSync(body).toString()) as unknown[]).length);
  assert.deepEqual(lengths, [4, 4, 2]);
  // Each row has about 16 bytes.
  await logpush.order(anOrder(receiver.url, aPlan({ outputOptions: around }, { seconds: 0.5, bytes: 40 })));
  for (const record of many(6)) logpush.take(record);
  await until('six more', () => receiver.received.length === 5);
});

test('[LP-15] a destination that is away gets all in order once it is back; the job stays enabled and says what is wrong', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t)];
  await logpush.order(anOrder(receiver.url, RAYS));
  await receiver.away();
  for (const record of many(5)) logpush.take(record);
  await until('it to fail', () => status(logpush).errorMessage);
  assert.match(status(logpush).errorMessage ?? '', /did not take a batch, which is tried again: .*ECONNREFUSED/);
  assert.notEqual(status(logpush).lastError, null);
  for (const record of many(5, 5)) logpush.take(record);
  await until('a second batch', () => status(logpush).waitingBatches === 2);
  await receiver.back();
  await until('all rows', () => receiver.rows().length === 10);
  assert.deepEqual(rays(receiver), named(10));
  await until('all to be well', () => status(logpush).lastComplete);
  assert.deepEqual([status(logpush).lastError, status(logpush).errorMessage], [null, null]);
});

test('[LP-15] what a destination refuses is sent again until it takes it', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t)];
  receiver.answer = () => ({ status: receiver.received.length < 3 ? 503 : 200 });
  await logpush.order(anOrder(receiver.url, RAYS));
  logpush.take(aRecord());
  await until('the row', () => receiver.rows().length === 1);
  const bodies = receiver.received.map(({ body }) => body.toString('hex'));
  assert.deepEqual([bodies.length, new Set(bodies).size], [3, 1]);
});

test('[LP-15] a destination that never answers holds nothing up once the job has another', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t)];
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  await logpush.order(anOrder(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, RAYS));
  logpush.take(aRecord({ id: 'held' }));
  await once(silent, 'request');
  await logpush.order(anOrder(receiver.url, RAYS));
  await until('the row', () => receiver.rows().length === 1);
  assert.equal(status(logpush).errorMessage, null);
});

test('[LP-15] pauses double up to five minutes, and are at least half of that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const pause = pauseAfter(failures, random);
      const full = Math.min(300_000, 1000 * 2 ** (failures - 1));
      assert.ok(pause >= full / 2 && pause <= full);
    }),
  );
});

test('[LP-14] beyond its room records are dropped, counted and told of; a job takes no room from another', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t, { spoolBytes: 4_000 })];
  const away = await aReceiver(t);
  await away.away();
  const jobs = [
    { id: 1, plan: SOON, isEnabled: true, destination: away.url },
    { id: 2, plan: RAYS, isEnabled: true, destination: receiver.url },
  ];
  await logpush.order({ ...anOrder(''), jobs });
  // Each job has room for 2,000 bytes: 3 of the first one's rows, 15 of the second one's.
  for (const record of many(10)) logpush.take(record);
  await until('the second job', () => receiver.rows().length === 10);
  for (const record of many(10, 10)) logpush.take(record);
  await until('the second job', () => receiver.rows().length === 20);
  const { droppedRecords, waitingBytes, errorMessage } = status(logpush);
  assert.ok(droppedRecords > 0 && droppedRecords < 20, String(droppedRecords));
  assert.ok(waitingBytes <= 2_000, String(waitingBytes));
  assert.match(errorMessage ?? '', new RegExp(`${droppedRecords} records found no room and were dropped; --logpush-spool-mb`));
  assert.equal(status(logpush, 2).droppedRecords, 0);
  await away.back();
  await until('what was kept', () => away.rows().length === 20 - droppedRecords);
  await until('it to be told', () => status(logpush).errorMessage === null);
  assert.equal(status(logpush).droppedRecords, droppedRecords);
});

test('[LP-16] a job that is deleted ends at once, and what waited for it is gone', async (t) => {
  const folder = await aFolder(t);
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t, { folder })];
  await receiver.away();
  await logpush.order(anOrder(receiver.url, RAYS));
  for (const record of many(3)) logpush.take(record);
  await until('rows to wait', () => status(logpush).waitingBytes > 0);
  assert.ok((await readdir(folder)).includes('1'));
  await logpush.order({ ...anOrder(''), jobs: [] });
  assert.ok(!(await readdir(folder)).includes('1'));
  assert.deepEqual(logpush.state().jobs, {});
  logpush.take(aRecord());
  assert.equal(logpush.wantsAll('hello'), false);
});

test('[LP-18] after a start rows wait until the destination is told, which is nowhere on disk', async (t) => {
  const folder = await aFolder(t);
  const receiver = await aReceiver(t);
  const conf = `${receiver.url}/CANARY?header_Authorization=CANARY`;
  const first = await aLogpush(t, { folder });
  await receiver.away();
  await first.order(anOrder(conf, RAYS));
  for (const record of many(3)) first.take(record);
  await until('a failure', () => status(first).errorMessage);
  await first.close();
  await receiver.back();
  const second = await aLogpush(t, { folder });
  assert.equal(second.state().revision, null);
  assert.match(status(second).errorMessage ?? '', /ECONNREFUSED.* Its destination is not known yet/);
  for (const record of many(3, 3)) second.take(record);
  await until('rows to be written', () => status(second).waitingBatches >= 2);
  for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (name.isFile()) assert.doesNotMatch(await readFile(join(name.parentPath, name.name), 'latin1'), /CANARY/);
  }
  assert.deepEqual(receiver.rows(), []);
  await second.order(anOrder(conf, RAYS));
  await until('all rows', () => receiver.rows().length === 6);
  assert.deepEqual(rays(receiver), named(6));
});

test('[LP-16] a job that is disabled sends nothing and keeps what waits, also over a start, until it is enabled again', async (t) => {
  const folder = await aFolder(t);
  const [receiver, first] = [await aReceiver(t), await aLogpush(t, { folder })];
  const disabled = { ...anOrder(''), jobs: [{ id: 1, plan: RAYS, isEnabled: false, destination: null }] };
  await receiver.away();
  await first.order(anOrder(receiver.url, RAYS));
  for (const record of many(3)) first.take(record);
  await until('a failure', () => status(first).errorMessage);
  await first.order(disabled);
  assert.equal(first.wantsAll('hello'), false);
  await receiver.back();
  await first.close();
  const second = await aLogpush(t, { folder });
  await second.order({ ...disabled, revision: 'later' });
  second.take(aRecord({ id: 'not-this' }));
  assert.ok(status(second).waitingBytes > 0);
  await second.order(anOrder(receiver.url, RAYS));
  await until('what waited', () => receiver.rows().length === 3);
  assert.deepEqual(rays(receiver), named(3));
});

test('[LP-15] a job that failed and has nothing to send any more is well after a start', async (t) => {
  const folder = await aFolder(t);
  const first = await aLogpush(t, { folder, spoolBytes: 10 });
  await first.order(anOrder('http://127.0.0.1:1', RAYS));
  first.take(aRecord());
  assert.notEqual(status(first).lastError, null);
  await first.close();
  const { lastError, errorMessage, droppedRecords } = status(await aLogpush(t, { folder }));
  assert.deepEqual([lastError, errorMessage, droppedRecords], [null, null, 1]);
});

for (const text of ['', 'null', '[]', '{"jobs":{}}', '{"jobs":[{"id":1}],"scripts":{}}', '{"jobs":[],"scripts":{"hello":null}}']) {
  test(`[LP-18] what was told before and is now ${JSON.stringify(text)} is told anew`, async (t) => {
    const folder = await aFolder(t);
    await writeFile(join(folder, 'order.json'), text);
    const said: string[] = [];
    const [receiver, logpush] = [await aReceiver(t), await aLogpush(t, { folder, log: (_, sentence) => void said.push(sentence) })];
    assert.equal(said.length, 1);
    logpush.take(aRecord());
    await logpush.order(anOrder(receiver.url, RAYS));
    logpush.take(aRecord({ id: 'told' }));
    await until('a row', () => receiver.rows().length === 1);
    assert.deepEqual(rays(receiver), ['told']);
  });
}

/** Each record is a batch. */
const SINGLE = aPlan({ logpullOptions: 'fields=Event' }, { seconds: 0.5, records: 1 });
const bodyOf = ({ body }: Received): string => gunzipSync(body).toString();
/** Of a batch that is a list. */
const raysOf = (received: Received): readonly string[] =>
  (JSON.parse(bodyOf(received)) as { readonly Event: { readonly RayID: string } }[]).map(({ Event }) => Event.RayID);

test('[LP-19] a batch that its destination never takes is set aside, counted and named, once a later one is taken', async (t) => {
  const folder = await aFolder(t);
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t, { folder, firstPauseMs: 1 })];
  receiver.answer = (received) => ({ status: bodyOf(received).includes('ray-1') ? 400 : 200 });
  await logpush.order(anOrder(receiver.url, SINGLE));
  for (const record of many(4)) logpush.take(record);
  await until('the others', () => receiver.rows().length === 3 && status(logpush).waitingBatches === 0);
  assert.deepEqual(rays(receiver).toSorted(), ['ray-0', 'ray-2', 'ray-3']);
  assert.ok(receiver.received.filter((received) => bodyOf(received).includes('ray-1')).length >= 8);
  const told = status(logpush);
  assert.equal(told.rejectedRecords, 1);
  assert.match(
    told.errorMessage ?? '',
    /^What the destination would not take \(it answered 400 Bad Request\) was set aside in observe\/logpush\/1\/rejected /,
  );
  assert.notEqual(told.lastError, null);
  const [aside = ''] = await readdir(join(folder, '1', 'rejected'));
  assert.match(gunzipSync(await readFile(join(folder, '1', 'rejected', aside))).toString(), /ray-1/);
  await rm(join(folder, '1', 'rejected', aside));
  assert.deepEqual([status(logpush).errorMessage, status(logpush).lastError], [null, null]);
});

test('[LP-19] a destination that takes none of them gets all once it does', async (t) => {
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t, { firstPauseMs: 1 })];
  receiver.answer = () => ({ status: receiver.received.length < 14 ? 400 : 200 });
  await logpush.order(anOrder(receiver.url, SINGLE));
  for (const record of many(4)) logpush.take(record);
  await until('all', () => receiver.rows().length >= 3 && status(logpush).waitingBatches === 0);
  assert.ok(status(logpush).rejectedRecords <= 1, 'the one that was refused last');
});

for (const code of [401, 403, 404, 408, 429, 503]) {
  test(`[LP-19] a destination that answers one batch ${code} is waited for`, async (t) => {
    const [receiver, logpush] = [await aReceiver(t), await aLogpush(t, { firstPauseMs: 1 })];
    receiver.answer = (received) => ({ status: bodyOf(received).includes('ray-0') && receiver.received.length < 12 ? code : 200 });
    await logpush.order(anOrder(receiver.url, SINGLE));
    for (const record of many(3)) logpush.take(record);
    await until('all', () => receiver.rows().length === 3);
    assert.deepEqual(rays(receiver), named(3));
  });
}

/** Three records are not too many, but one is too long. */
const isSmall = (received: Received): boolean => raysOf(received).length <= 3 && !raysOf(received).includes('ray-5');

test('[LP-19] a batch that is too large is sent in parts, down to one record, and a record that is too large is set aside', async (t) => {
  const folder = await aFolder(t);
  const [receiver, logpush] = [await aReceiver(t), await aLogpush(t, { folder, firstPauseMs: 1 })];
  const around = { field_names: ['Event'], batch_prefix: '[', record_delimiter: ',', record_suffix: '}', batch_suffix: ']' };
  receiver.answer = (received) => ({ status: isSmall(received) ? 200 : 413 });
  await logpush.order(anOrder(receiver.url, aPlan({ outputOptions: around }, { seconds: 0.5 })));
  for (const record of many(11)) logpush.take(record);
  const taken = () => receiver.received.filter(isSmall).flatMap(raysOf);
  await until('the others', () => taken().length === 10 && status(logpush).waitingBatches === 0);
  const others = named(11).filter((ray) => ray !== 'ray-5');
  assert.deepEqual(taken().toSorted(), others.toSorted());
  assert.deepEqual([status(logpush).rejectedRecords, status(logpush).waitingBytes], [1, 0]);
  assert.equal((await readdir(join(folder, '1', 'rejected'))).length, 1);
});

test('[LP-19] rows that cannot be read any more hold nothing up', async (t) => {
  const folder = await aFolder(t);
  const first = await aLogpush(t, { folder });
  await first.order(anOrder('http://127.0.0.1:1', SINGLE));
  for (const record of many(3)) first.take(record);
  await until('rows', () => status(first).waitingBatches === 3);
  await first.close();
  const [name = ''] = (await readdir(join(folder, '1'))).filter((each) => each.endsWith('.rows')).toSorted();
  for (const each of (await readdir(join(folder, '1'))).filter((other) => other.endsWith('.gz'))) await rm(join(folder, '1', each));
  await rm(join(folder, '1', name));
  await mkdir(join(folder, '1', name));
  const [receiver, second] = [await aReceiver(t), await aLogpush(t, { folder, firstPauseMs: 1 })];
  await second.order(anOrder(receiver.url, SINGLE));
  await until('the others', () => receiver.rows().length === 2 && status(second).waitingBatches === 0);
  assert.deepEqual([rays(receiver), status(second).rejectedRecords], [['ray-1', 'ray-2'], 1]);
});

test('[LP-16] on a full disk too a job ends, and another leads elsewhere', { skip: NO_DISK }, async (t) => {
  using disk = new SmallDisk(2);
  const [old, receiver] = [await aReceiver(t), await aReceiver(t)];
  const logpush = new Logpush({ folder: disk.path, spoolBytes: 10_000_000, rules: OPEN, log: () => {}, random: () => 0 });
  // Closed before its disk goes.
  await using _closing = { [Symbol.asyncDispose]: () => logpush.close() };
  await old.away();
  await logpush.order({ ...anOrder(''), jobs: [1, 2].map((id) => ({ id, plan: RAYS, isEnabled: true, destination: old.url })) });
  for (const record of many(3)) logpush.take(record);
  await until('rows of both', () => status(logpush, 1).waitingBatches > 0 && status(logpush, 2).errorMessage);
  disk.fill();
  const order = { ...anOrder(''), jobs: [{ id: 2, plan: RAYS, isEnabled: true, destination: receiver.url }] };
  await logpush.order(order).catch((error: NodeJS.ErrnoException) => assert.equal(error.code, 'ENOSPC'));
  assert.deepEqual(Object.keys(logpush.state().jobs), ['2']);
  assert.ok(!(await readdir(disk.path)).includes('1'));
  await until('the rows of the second', () => receiver.rows().length === 3);
});

test('[LP-11] batches that hold the same in the same second are files of their own, also of two jobs', async (t) => {
  const [root, folder] = [await aFolder(t), await aFolder(t)];
  const logpush = await aLogpush(t, { folder, rules: { ...OPEN, fileRoot: root } });
  const plan = aPlan({ logpullOptions: 'fields=Outcome' }, { seconds: 0.5, records: 1 });
  const jobs = [1, 2].map((id) => ({ id, plan, isEnabled: true, destination: `file://${root}` }));
  await logpush.order({ ...anOrder(''), jobs });
  for (const record of many(5)) logpush.take(record);
  await until('all batches', async () => (await readdir(root)).filter((name) => name.endsWith('.log.gz')).length === 10);
});

test('[LP-15] what is compressed while the destination changes goes to the new one', async (t) => {
  const [old, receiver, logpush] = [await aReceiver(t), await aReceiver(t), await aLogpush(t, { spoolBytes: 100_000_000 })];
  const plan = aPlan({ logpullOptions: 'fields=Event' }, { seconds: 60, records: 20_000 });
  await logpush.order(anOrder(old.url, plan));
  const folder = join(logpush.folder, '1');
  for (const record of many(20_000)) logpush.take(record);
  await until('a batch to be compressed', async () => (await readdir(folder)).some((name) => name.includes('.compressed')));
  await logpush.order(anOrder(receiver.url, plan));
  await until('the rows', () => receiver.rows().length === 20_000);
  assert.equal(old.received.length, 0);
});

const aProcess = (t: TestContext, folder: string): { readonly child: ChildProcess; ask(asked: Asked): Promise<void> } => {
  const child = fork(join(import.meta.dirname, 'testing-process.ts'), [folder], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  t.after(() => child.kill('SIGKILL'));
  return {
    child,
    ask: async (asked) => {
      child.send(asked);
      await once(child, 'message');
    },
  };
};

test('[LP-13] a process that is killed at any moment loses nothing it took: all of it comes, in order, some of it perhaps twice', async (t) => {
  const folder = await aFolder(t);
  const receiver = await aReceiver(t);
  // Large enough that a kill falls into the writing of a batch as well as into the sending.
  const plan = aPlan({ logpullOptions: 'fields=Event,Logs' }, { seconds: 0.5, records: 40 });
  let taken = 0;
  for (const kill of [5, 12, 23, 31]) {
    const { child, ask } = aProcess(t, folder);
    await ask({ order: anOrder(receiver.url, plan) });
    for (let round = 0; round < kill; round += 1) {
      await ask({ take: many(10, taken) });
      taken += 10;
    }
    // Not acknowledged, so that it may be lost, and must not swallow its neighbour.
    child.send({ take: [aRecord({ id: 'unacknowledged' })] });
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  const logpush = await aLogpush(t, { folder });
  await logpush.order(anOrder(receiver.url, plan));
  const inOrder = () => [...new Set(rays(receiver))].filter((ray) => ray !== 'unacknowledged');
  await until('every row', () => inOrder().length === taken);
  assert.deepEqual(inOrder(), named(taken));
  await until('nothing to wait', () => status(logpush).waitingBatches === 0);
});

test('[LP-13] what the end of a machine cut, or left empty, is left out, and nothing else', async (t) => {
  const folder = await aFolder(t);
  const [receiver, first] = [await aReceiver(t), await aLogpush(t, { folder })];
  await receiver.away();
  await first.order(anOrder(receiver.url, RAYS));
  for (const record of many(2)) first.take(record);
  await first.close();
  await receiver.back();
  const name = (await readdir(join(folder, '1'))).find((each) => each.endsWith('.rows'));
  await appendFile(join(folder, '1', name ?? ''), `${'\0'.repeat(50)}\n{"Event":{"RayID":"cut`);
  const second = await aLogpush(t, { folder });
  await second.order(anOrder(receiver.url, RAYS));
  await until('two rows', () => receiver.rows().length === 2);
  assert.deepEqual(rays(receiver), named(2));
});

test('[LP-14] on a full disk records are dropped, counted and told of, until there is room again', { skip: NO_DISK }, async (t) => {
  using disk = new SmallDisk(2);
  const receiver = await aReceiver(t);
  const logpush = new Logpush({ folder: disk.path, spoolBytes: 10_000_000, rules: OPEN, log: () => {}, random: () => 0 });
  // Closed before its disk goes.
  await using _closing = { [Symbol.asyncDispose]: () => logpush.close() };
  await logpush.order(anOrder(receiver.url, RAYS));
  for (const record of many(3)) logpush.take(record);
  await until('three rows', () => receiver.rows().length === 3);
  // Else their batch is sent once more, and that it is taken is newer than what is wrong.
  await until('nothing to wait', () => status(logpush).waitingBytes === 0);
  disk.fill();
  for (const record of many(100, 3)) logpush.take(record);
  await until('them to be counted', () => status(logpush).droppedRecords === 100);
  assert.match(status(logpush).errorMessage ?? '', /cannot be kept on disk\. The disk is full\. 100 records found no room/);
  disk.free();
  for (const record of many(3, 103)) logpush.take(record);
  await until('three more', () => receiver.rows().length >= 6);
  assert.deepEqual(rays(receiver).slice(-3), named(3, 103));
});
