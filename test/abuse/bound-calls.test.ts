/** What a Worker may ask of what its bindings reach, whatever it does to the code around them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { DataClient, DataProcess, queryD1, Queues, R2, r2Bucket, remoteQueue } from '../../src/data/index.ts';
import { BOUND_HEADER, VersionProcess } from '../../src/runtime/index.ts';
import { aWorkbench, ask } from '../../src/runtime/workbench.ts';

const aPlace = async (t: TestContext) => {
  const bench = await aWorkbench(t);
  const options = { dataDir: join(bench.runtimeDir, 'resources'), runtimeDir: join(bench.runtimeDir, 'data'), log: () => {} };
  return { bench, options };
};

/** What a D1 binding writes is written in the Worker's realm: here its URLs say what the Worker wants. */
const PRISONER = `let wanted;
const { URL } = globalThis;
globalThis.URL = class extends URL {
  constructor(path, base) { super(wanted ?? path, base); }
};
export default {
  async fetch(request, { DB }) {
    await DB.exec('create table kept (it)');
    const errors = [];
    for (wanted of ['/delete', '/import', '/export', '/schema']) {
      await DB.prepare('select 1').all().then(() => errors.push('done'), ({ message }) => errors.push(message));
    }
    return Response.json(errors);
  },
};`;

test("a Worker that makes its D1 binding ask for the API's calls is refused", async (t) => {
  const { bench, options } = await aPlace(t);
  await using _data = await DataProcess.open(options);
  await using client = new DataClient(options.runtimeDir);
  const id = '11111111-1111-4111-8111-111111111111';
  const spec = await bench.aVersion(
    { 'index.js': PRISONER },
    { compatibilityDate: '2026-01-01', bindings: [{ type: 'd1', name: 'DB', id }] },
  );
  await using running = await VersionProcess.start(spec, { ...bench, dataFolder: options.runtimeDir });
  const errors = JSON.parse(await ask(running.socketPath)) as readonly string[];
  assert.equal(errors.length, 4);
  for (const message of errors) assert.match(message, /There is no such call/);
  const found = await queryD1(client, { kind: 'd1', id, name: 'db' }, [{ sql: 'select count(*) as rows from kept' }], 'objects');
  assert.ok(found.ok);
  assert.deepEqual(found.value[0]?.results, [{ rows: 0 }]);
});

test("a request of a bucket's or a queue's binding makes, settles, empties and deletes none", async (t) => {
  const { options } = await aPlace(t);
  await using _r2 = await R2.open(options);
  await using _queues = await Queues.open(options);
  await using client = new DataClient(options.runtimeDir);
  const asBound = async (kind: 'r2_bucket' | 'queue', method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body: string, size = 0) => {
    const headers = { [BOUND_HEADER]: 'yes', ...(size === 0 ? {} : { 'cf-r2-metadata-size': String(size) }) };
    const { status, body: answer } = await client.ask({ kind, id: 'mine', name: 'mine' }, { method, path, headers, body });
    await text(answer);
    return status;
  };
  await r2Bucket(client, 'mine').create('Standard');
  for (const method of ['createBucket', 'deleteBucket', 'measureBucket']) {
    const asked = JSON.stringify({ version: 1, method });
    assert.equal(await asBound('r2_bucket', 'PUT', '/', asked, asked.length), 400, method);
  }
  assert.ok((await r2Bucket(client, 'mine').list({})).ok);
  await remoteQueue(client, 'mine').put({ deliveryDelay: 0, retention: 345_600 });
  const wait = JSON.stringify({ batchSize: 1, maxWaitMs: 0, maxConcurrency: 1 });
  const settle = JSON.stringify({ lease: '', ids: [], told: {}, rule: { maxRetries: 0, retryDelay: 0, deadLetterQueue: null } });
  const put = JSON.stringify({ deliveryDelay: 9, retention: 9 });
  for (const [method, path, body] of [
    ['POST', '/wait', wait],
    ['POST', '/settle', settle],
    ['PUT', '/', put],
    ['POST', '/purge', ''],
    ['DELETE', '/', ''],
    ['GET', '/state', ''],
  ] as const)
    assert.equal(await asBound('queue', method, path, method === 'GET' ? '' : body), 400, `${method} ${path}`);
  assert.equal(await asBound('queue', 'GET', '/metrics', ''), 200);
  assert.equal(await asBound('queue', 'POST', '/message', 'a'), 200);
  assert.ok((await remoteQueue(client, 'mine').state()).ok);
});
