import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { aFolder } from '../../test/support/temporary.ts';
import { DigestMismatch, ModuleStore } from './module-store.ts';

const HOUR_MS = 60 * 60_000;
const aStore = async (t: TestContext): Promise<ModuleStore> => new ModuleStore(join(await aFolder(t), 'modules'));
const put = (store: ModuleStore, ...chunks: Uint8Array[]) => store.put(Readable.from(chunks));
const bytesOf = async (store: ModuleStore, digest: string): Promise<Buffer> => Buffer.concat(await Array.fromAsync(store.read(digest)));

test('[V-14] a module is stored under the SHA-256 of its bytes, however they come in', async (t) => {
  const store = await aStore(t);
  const chunks = fc.array(fc.uint8Array({ maxLength: 2000, minLength: 0 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(chunks, async (parts) => {
      const whole = Buffer.concat(parts);
      const { digest, size } = await put(store, ...parts);
      assert.equal(digest, createHash('sha256').update(whole).digest('hex'));
      assert.equal(size, whole.length);
      assert.ok(await store.has(digest));
      assert.deepEqual(await bytesOf(store, digest), whole);
      assert.deepEqual(await readFile(await store.verifiedPath(digest)), whole);
    }),
    { numRuns: 25 },
  );
});

test('[V-14] a large module is stored whole', async (t) => {
  const store = await aStore(t);
  const part = randomBytes(1024 * 1024);
  const { digest, size } = await put(store, ...Array.from({ length: 12 }, () => part));
  assert.equal(size, 12 * part.length);
  assert.equal((await stat(await store.verifiedPath(digest))).size, size);
});

test('[V-14] one that does not match its digest is set aside and never served, and a new upload heals it', async (t) => {
  const store = await aStore(t);
  const { digest } = await put(store, Buffer.from('export default {}'));
  await writeFile(store.path(digest), 'export default { evil }');
  await assert.rejects(store.verifiedPath(digest), (error) => error instanceof DigestMismatch && error.digest === digest);
  assert.equal(await store.has(digest), false);
  assert.equal(await readFile(join(store.folder, 'quarantine', digest), 'utf8'), 'export default { evil }', 'it is kept to be looked at');
  await put(store, Buffer.from('export default {}'));
  assert.equal(await readFile(await store.verifiedPath(digest), 'utf8'), 'export default {}');
});

test('a module that is not there is a failure of the files, not a damaged one', async (t) => {
  const store = await aStore(t);
  assert.equal(await store.has('0'.repeat(64)), false);
  await assert.rejects(store.verifiedPath('0'.repeat(64)), { code: 'ENOENT' });
});

const brokenOff = async function* source(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('export default');
  throw new Error('the client left');
};

test('an upload that breaks off leaves nothing', async (t) => {
  const store = await aStore(t);
  await assert.rejects(store.put(brokenOff()), { message: 'the client left' });
  assert.deepEqual(await readdir(join(store.folder, 'incoming')), []);
  assert.deepEqual(await readdir(store.folder), ['incoming']);
});

test('modules can be read by their owner only', async (t) => {
  const store = await aStore(t);
  const { digest } = await put(store, Buffer.from('secret source'));
  assert.equal((await stat(store.path(digest))).mode & 0o777, 0o600);
  assert.equal((await stat(join(store.folder, digest.slice(0, 2)))).mode & 0o777, 0o700);
});

test('[W-3] modules that no version refers to are removed, but not within their grace', async (t) => {
  const store = await aStore(t);
  const [used, young, old] = [
    await put(store, Buffer.from('used')),
    await put(store, Buffer.from('young')),
    await put(store, Buffer.from('old')),
  ];
  const now = new Date();
  const longAgo = new Date(now.getTime() - 2 * HOUR_MS);
  for (const { digest } of [used, old]) await utimes(store.path(digest), longAgo, longAgo);
  assert.equal(await store.collect((digest) => digest === used.digest, now, HOUR_MS), 1);
  assert.deepEqual(await Promise.all([used, young, old].map(({ digest }) => store.has(digest))), [true, true, false]);
  assert.equal(await store.collect((digest) => digest === used.digest, now, HOUR_MS), 0, 'twice is as good as once');
});

test('[W-3] uploading a module again gives it a new grace, since a version is about to refer to it', async (t) => {
  const store = await aStore(t);
  const { digest } = await put(store, Buffer.from('again'));
  const longAgo = new Date(Date.now() - 2 * HOUR_MS);
  await utimes(store.path(digest), longAgo, longAgo);
  await put(store, Buffer.from('again'));
  assert.equal(await store.collect(() => false, new Date(), HOUR_MS), 0);
  assert.ok(await store.has(digest));
});

test('[W-3] what an upload left behind unfinished is removed after its grace, what is set aside stays', async (t) => {
  const store = await aStore(t);
  const { digest } = await put(store, Buffer.from('damaged'));
  await writeFile(store.path(digest), 'other');
  await assert.rejects(store.verifiedPath(digest), DigestMismatch);
  await writeFile(join(store.folder, 'incoming', 'killed'), 'half');
  assert.equal(await store.collect(() => false, new Date(Date.now() + 2 * HOUR_MS), HOUR_MS), 1);
  assert.deepEqual(await readdir(join(store.folder, 'incoming')), []);
  assert.deepEqual(await readdir(join(store.folder, 'quarantine')), [digest]);
});

test('[W-3] collecting where nothing was ever stored removes nothing, and a folder that cannot be read is a failure', async (t) => {
  const store = await aStore(t);
  assert.equal(await store.collect(() => false, new Date(), HOUR_MS), 0);
  await writeFile(store.folder, 'no folder');
  await assert.rejects(
    store.collect(() => false, new Date(), HOUR_MS),
    { code: 'ENOTDIR' },
  );
});

test('[W-3] collecting while uploads come in removes none of them', async (t) => {
  const store = await aStore(t);
  const uploads = Promise.all(Array.from({ length: 40 }, (_, at) => put(store, Buffer.from(`module ${at}`))));
  const collect = async () => assert.equal(await store.collect(() => false, new Date(), HOUR_MS), 0);
  while ((await Promise.race([uploads, collect()])) === undefined);
  for (const { digest } of await uploads) assert.ok(await store.has(digest));
});
