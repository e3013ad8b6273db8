/** R2 as people use it: by the real wrangler and the official SDK, and from Workers through their binding. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { sdkFor } from '../support/sdk.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'r2');

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

const attempt = (project: string, ...args: readonly string[]) => server.client('4.164', args, { project, isCi: true });
const wrangler = async (project: string, ...args: readonly string[]) => succeeded(await attempt(project, ...args)).combined;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const ask = async (method: string, path: string, body: string | Buffer = '', headers = {}) => {
  const url = `${server.edgeUrl}${path}`;
  const answer = await send({ url, method, headers: { host: server.host('r2'), ...headers }, body: Buffer.from(body) });
  return { status: answer.status, headers: answer.headers, body: answer.body, text: answer.body.toString() };
};
const on = (version: string) => ({ 'cloudflare-workers-version-overrides': `r2="${version}"` });

test('every command of wrangler on buckets and objects does what it says', async () => {
  const project = makeProject({ dir: server.projectFolder('objects'), name: 'objects', code: 'export default {};' });
  const run = (...args: readonly string[]) => wrangler(project, 'r2', ...args);
  await run('bucket', 'create', 'photos');
  assert.match(
    refused(await attempt(project, 'r2', 'bucket', 'create', 'photos')).combined,
    /An R2 bucket named "photos" exists already.*10004/s,
  );
  assert.match(await run('bucket', 'list'), /name:\s+photos/);
  await run('bucket', 'update', 'storage-class', 'photos', '--storage-class', 'InfrequentAccess');
  assert.match(await run('bucket', 'info', 'photos'), /default_storage_class:\s+InfrequentAccess/);

  const bytes = randomBytes(20_000_000);
  writeFileSync(join(project, 'cat.jpg'), bytes);
  await run('object', 'put', 'photos/2026/cat.jpg', '--file', 'cat.jpg', '--content-type', 'image/jpeg', '--remote');
  await run('object', 'get', 'photos/2026/cat.jpg', '--file', 'back.jpg', '--remote');
  assert.equal(sha256(readFileSync(join(project, 'back.jpg'))), sha256(bytes));
  assert.match(refused(await attempt(project, 'r2', 'object', 'get', 'photos/none', '--remote', '--file', 'x')).combined, /not exist/);
  assert.match(
    refused(await attempt(project, 'r2', 'object', 'put', 'none/x', '--file', 'cat.jpg', '--remote')).combined,
    /bucket.*not exist/i,
  );
  assert.match(refused(await attempt(project, 'r2', 'bucket', 'delete', 'photos')).combined, /not empty.*10008/s);
  await run('object', 'delete', 'photos/2026/cat.jpg', '--remote');
  await run('bucket', 'delete', 'photos');
  assert.doesNotMatch(await run('bucket', 'list'), /photos/);
});

test('the official SDK makes a bucket, stores, lists page after page, reads and deletes', async () => {
  const sdk = sdkFor(server.connection);
  const account = { account_id: server.connection.accountId };
  const within = { ...account, bucket_name: 'by-sdk' };
  assert.equal(((await sdk('r2.buckets.create', { ...account, name: 'by-sdk' })) as { name: string }).name, 'by-sdk');
  for (const key of ['a/1', 'a/2', 'b c']) await sdk('r2.buckets.objects.upload', key, Buffer.from(key), within);
  const keys: string[] = [];
  for await (const { key } of (await sdk('r2.buckets.objects.list', 'by-sdk', { ...account, per_page: 2 })) as AsyncIterable<{
    key: string;
  }>)
    keys.push(key);
  assert.deepEqual(keys, ['a/1', 'a/2', 'b c']);
  const read = (await sdk('r2.buckets.objects.get', 'a/2', within)) as Response;
  assert.equal(await read.text(), 'a/2');
  const edited = (await sdk('r2.buckets.edit', 'by-sdk', { ...account, storage_class: 'InfrequentAccess' })) as { storage_class: string };
  assert.equal(edited.storage_class, 'InfrequentAccess');
  const { buckets } = (await sdk('r2.buckets.list', account)) as { buckets: readonly { name: string }[] };
  assert.ok(buckets.some(({ name }) => name === 'by-sdk'));
  for (const key of keys) await sdk('r2.buckets.objects.delete', key, within);
  await sdk('r2.buckets.delete', 'by-sdk', account);
  await assert.rejects(sdk('r2.buckets.get', 'by-sdk', account), /10006/);
});

test('[O-6] the example: a bucket made on deploy, shared by two versions, whole after kill -9 of everything and after a rollback', async () => {
  const project = server.projectFolder('r2');
  cpSync(EXAMPLE, project, { recursive: true });
  const one = idAfter('Current Version ID:', await wrangler(project, 'deploy', '--tag', 'one'));
  const two = idAfter('Current Version ID:', await wrangler(project, 'deploy', '--tag', 'two'));
  await wrangler(project, 'versions', 'deploy', `${one}@50`, `${two}@50`, '-y');
  assert.equal((await ask('PUT', '/docs/one.txt', 'from one', { ...on(one), 'content-type': 'text/plain' })).status, 201);
  assert.equal((await ask('PUT', '/docs/two.txt', 'from two', { ...on(two), 'content-type': 'text/plain' })).status, 201);
  const isShared = async (versions: readonly string[]): Promise<void> => {
    for (const version of versions) {
      for (const name of ['one', 'two']) {
        const { text, headers } = await ask('GET', `/docs/${name}.txt`, '', on(version));
        assert.deepEqual([text, headers['stored-by'], headers['content-type']], [`from ${name}`, name, 'text/plain']);
      }
    }
  };
  await isShared([one, two]);
  const part = await ask('GET', '/docs/one.txt', '', { range: 'bytes=5-' });
  assert.deepEqual([part.status, part.text, part.headers['content-range']], [206, 'one', 'bytes 5-7/8']);
  const { headers } = await ask('GET', '/docs/one.txt');
  assert.equal((await ask('GET', '/docs/one.txt', '', { 'if-none-match': headers.etag })).status, 304);

  const acknowledged = await killedWhileWriting();
  server = await startServer({ folder: server.folder });
  await isShared([one, two]);
  for (const [path, digest] of acknowledged) assert.equal(sha256((await ask('GET', path)).body), digest, `${path} was acknowledged`);

  await wrangler(project, 'rollback', one, '-y');
  await isShared([one]);
  const kept = refused(await attempt(project, 'r2', 'bucket', 'delete', 'files')).combined;
  assert.match(kept, /in use.*of r2 serves and binds it as FILES.*force=true/s);
});

/** Kills everything of the server under writes of many sizes; answers what had been acknowledged, and what it was. */
const killedWhileWriting = async (): Promise<ReadonlyMap<string, string>> => {
  const acknowledged = new Map<string, string>();
  const killed = new AbortController();
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; !killed.signal.aborted; index += 1) {
      const [path, bytes] = [`/w${writer}/${index}`, randomBytes(1 + ((writer * 7919 + index * 104_729) % 200_000))];
      const answer = await ask('PUT', path, bytes).catch(() => undefined);
      if (answer?.status === 201) acknowledged.set(path, sha256(bytes));
      if (acknowledged.size >= 150) killed.abort();
    }
  };
  const writers = Array.from({ length: 6 }, (_, writer) => write(writer));
  await once(killed.signal, 'abort');
  await server.killAll();
  await Promise.all(writers);
  return acknowledged;
};
