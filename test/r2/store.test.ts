/** What becomes of values: on disk, in memory, when processes are killed and when time passes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DataClient, R2, r2Bucket } from '../../src/data/index.ts';
import { aFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import { anR2Process } from './a-server.ts';
import { askR2 } from './ask.ts';

const MB = 1024 * 1024;
const blobsIn = (folder: string): readonly string[] => globSync('resources/r2/blobs/??/*', { cwd: folder });

const here = async (t: TestContext, folder: string, now = { ms: Date.now() }) => {
  const options = { dataDir: join(folder, 'resources'), runtimeDir: join(folder, 'run'), log: () => {} };
  const r2 = await R2.open({ ...options, clock: { now: () => new Date(now.ms) } });
  const client = new DataClient(options.runtimeDir);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await client[Symbol.asyncDispose]();
    await r2[Symbol.asyncDispose]();
  };
  t.after(close);
  await r2.tidied;
  return {
    r2,
    client,
    close,
    ask: (request: Readonly<Record<string, unknown>>, value?: Uint8Array | string) => askR2(client, 'files', request, value),
  };
};

test('[O-1] a put that breaks off changes nothing and leaves nothing behind', async (t) => {
  const folder = await aFolder(t);
  const { client, ask } = await here(t, folder);
  await ask({ method: 'createBucket' });
  await ask({ method: 'put', object: 'a' }, 'before');
  const breaking = async function* (): AsyncGenerator<Uint8Array, void> {
    yield Buffer.alloc(MB);
    throw new Error('gone');
  };
  await assert.rejects(r2Bucket(client, 'files').put('a', {}, breaking(), 2 * MB));
  await until('what had come of it to be gone', () => blobsIn(folder).length === 1);
  assert.equal((await ask({ method: 'get', object: 'a' })).bytes.toString(), 'before');
});

test('[O-1] a value that is refused is not kept: a checksum that is wrong, a condition that does not hold', async (t) => {
  const folder = await aFolder(t);
  const { ask } = await here(t, folder);
  await ask({ method: 'createBucket' });
  await ask({ method: 'put', object: 'a' }, 'before');
  assert.equal((await ask({ method: 'put', object: 'a', sha1: '00'.repeat(20) }, 'x')).fault?.v4code, 10037);
  const onlyIf = { etagDoesNotMatch: [{ type: 'wildcard' }] };
  assert.equal((await ask({ method: 'put', object: 'a', onlyIf }, 'x')).fault?.v4code, 10031);
  assert.equal(blobsIn(folder).length, 1);
  assert.equal((await ask({ method: 'get', object: 'a' })).bytes.toString(), 'before');
});

test('[O-1] one of many that put the same key at once under a condition wins, and the values of the others are gone', async (t) => {
  const folder = await aFolder(t);
  const { ask } = await here(t, folder);
  await ask({ method: 'createBucket' });
  const onlyIf = { etagDoesNotMatch: [{ type: 'wildcard' }] };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) => ask({ method: 'put', object: 'a', onlyIf }, `value ${index}`)),
  );
  assert.deepEqual(outcomes.filter(({ fault }) => fault === undefined).length, 1);
  const winner = outcomes.findIndex(({ fault }) => fault === undefined);
  assert.equal((await ask({ method: 'get', object: 'a' })).bytes.toString(), `value ${winner}`);
  assert.equal(blobsIn(folder).length, 1);
});

for (const failpoint of ['r2:blob written', 'r2:blob synced', 'r2:commit'])
  test(`[O-2] killed at "${failpoint}", the object is the one before, and what is left over is removed at the next start`, async (t) => {
    const folder = await aFolder(t);
    const { ask, close } = await here(t, folder);
    await ask({ method: 'createBucket' });
    await ask({ method: 'put', object: 'a' }, 'before');
    await close();
    const dying = await anR2Process(folder, failpoint);
    const client = new DataClient(dying.runtimeDir);
    await assert.rejects(askR2(client, 'files', { method: 'put', object: 'a' }, 'after'));
    await client[Symbol.asyncDispose]();
    await dying.exited;
    assert.equal(blobsIn(folder).length, 2);
    const again = await here(t, folder);
    assert.equal(blobsIn(folder).length, 1);
    assert.equal((await again.ask({ method: 'get', object: 'a' })).bytes.toString(), 'before');
  });

test('[O-3] an upload that nobody completes ends after seven days, with its parts', async (t) => {
  const folder = await aFolder(t);
  const now = { ms: Date.now() };
  const { ask, close } = await here(t, folder, now);
  await ask({ method: 'createBucket' });
  const { uploadId } = (await ask({ method: 'createMultipartUpload', object: 'a' })).metadata;
  await ask({ method: 'uploadPart', object: 'a', uploadId, partNumber: 1 }, 'part');
  assert.equal((await ask({ method: 'deleteBucket' })).fault?.v4code, 10008, 'it holds the bucket');
  await close();
  const DAY = 24 * 60 * 60 * 1000;
  now.ms += 7 * DAY - 1;
  const young = await here(t, folder, now);
  assert.equal((await young.ask({ method: 'uploadPart', object: 'a', uploadId, partNumber: 2 }, 'part')).fault, undefined);
  await young.close();
  now.ms += 2;
  const old = await here(t, folder, now);
  assert.equal((await old.ask({ method: 'uploadPart', object: 'a', uploadId, partNumber: 3 }, 'part')).fault?.v4code, 10024);
  assert.deepEqual(blobsIn(folder), []);
  assert.equal((await old.ask({ method: 'deleteBucket' })).fault, undefined);
});

test('[O-5] an object that is replaced or deleted while it is read is read to its end, and then its value is gone', async (t) => {
  const folder = await aFolder(t);
  const { client, ask } = await here(t, folder);
  await ask({ method: 'createBucket' });
  const { uploadId } = (await ask({ method: 'createMultipartUpload', object: 'a' })).metadata;
  const parts = [];
  for (const part of [1, 2, 3]) {
    const { metadata } = await ask({ method: 'uploadPart', object: 'a', uploadId, partNumber: part }, Buffer.alloc(6 * MB, part));
    parts.push({ part, etag: metadata.etag });
  }
  await ask({ method: 'completeMultipartUpload', object: 'a', uploadId, parts });
  const reading = await r2Bucket(client, 'files').get('a', {});
  assert.ok(reading.ok && reading.value?.bytes !== undefined);
  await ask({ method: 'delete', object: 'a' });
  const hash = createHash('sha256');
  for await (const chunk of reading.value.bytes) hash.update(chunk as Buffer);
  const whole = createHash('sha256');
  for (const part of [1, 2, 3]) whole.update(Buffer.alloc(6 * MB, part));
  assert.equal(hash.digest('hex'), whole.digest('hex'));
  await until('its value to be gone', () => blobsIn(folder).length === 0);
});

/** `R2_TEST_MB=1024` for a whole gigabyte. */
const LARGE_MB = Number(process.env['R2_TEST_MB'] ?? 200);

test(`[O-4] ${LARGE_MB} MB go in and come out in flat memory, also to a reader who is slow`, async (t) => {
  const folder = await aFolder(t);
  const server = await anR2Process(folder);
  t.after(() => server.kill());
  await using client = new DataClient(server.runtimeDir);
  const bucket = r2Bucket(client, 'files');
  assert.ok((await bucket.create('Standard')).ok);
  const before = server.peakMb();
  const chunk = Buffer.alloc(MB, 'x');
  const source = async function* (): AsyncGenerator<Uint8Array, void> {
    for (let index = 0; index < LARGE_MB; index += 1) yield chunk;
  };
  const stored = await bucket.put('large', {}, source(), LARGE_MB * MB);
  assert.equal(stored.ok && stored.value.size, LARGE_MB * MB);
  const found = await bucket.get('large', {});
  assert.ok(found.ok && found.value?.bytes !== undefined);
  let size = 0;
  for await (const read of found.value.bytes) {
    size += (read as Buffer).byteLength;
    if (size < 20 * MB) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.equal(size, LARGE_MB * MB);
  const grown = server.peakMb() - before;
  t.diagnostic(`peak ${before.toFixed(0)} MB before, ${grown.toFixed(0)} MB more`);
  assert.ok(grown < 80, `${grown.toFixed(0)} MB more`);
});
