/** KV as people use it: by the real wrangler, and from Workers through their binding. */
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { sdkFor } from '../support/sdk.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'kv');

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

const attempt = (project: string, ...args: readonly string[]) => server.client('4.164', args, { project, isCi: true });
const wrangler = async (project: string, ...args: readonly string[]) => succeeded(await attempt(project, ...args));

const ask = async (name: string, method: string, path: string, body = '', headers = {}) => {
  const answer = await send({
    url: `${server.edgeUrl}${path}`,
    method,
    headers: { host: server.host(name), ...headers },
    body: Buffer.from(body),
  });
  return { status: answer.status, headers: answer.headers, text: answer.body.toString() };
};
const on = (name: string, version: string) => ({ 'cloudflare-workers-version-overrides': `${name}="${version}"` });
const titles = async () =>
  ((await server.api('GET', 'storage/kv/namespaces')) as { title: string; id: string }[]).map(({ title }) => title);

test('every command of wrangler on namespaces, keys and files of keys does what it says', async () => {
  const project = makeProject({ dir: server.projectFolder('keys'), name: 'keys', code: 'export default {};' });
  const run = (...args: readonly string[]) => wrangler(project, 'kv', ...args);
  await run('namespace', 'create', 'first');
  assert.match(refused(await attempt(project, 'kv', 'namespace', 'create', 'first')).combined, /already exists|exists already/);
  const listed = JSON.parse((await run('namespace', 'list')).stdout) as { id: string; title: string }[];
  const id = listed.find(({ title }) => title === 'first')?.id ?? '';
  assert.match(id, /^[0-9a-f]{32}$/);
  await run('namespace', 'rename', '--namespace-id', id, '--new-name', 'renamed');
  assert.ok((await titles()).includes('renamed'));

  const at = ['--namespace-id', id, '--remote'];
  await run('key', 'put', 'a/b?c', 'value é', '--metadata', '{"by":"日本"}', '--ttl', '600', ...at);
  assert.equal((await run('key', 'get', 'a/b?c', '--text', ...at)).stdout.trim(), 'value é');
  writeFileSync(join(project, 'binary'), Buffer.from([0, 255, 10, 13]));
  await run('key', 'put', 'binary', '--path', 'binary', ...at);
  const keys = JSON.parse((await run('key', 'list', ...at)).stdout) as { name: string; expiration?: number; metadata?: unknown }[];
  assert.deepEqual(
    keys.map(({ name, metadata }) => [name, metadata]),
    [
      ['a/b?c', { by: '日本' }],
      ['binary', undefined],
    ],
  );
  assert.ok((keys[0]?.expiration ?? 0) > Date.now() / 1000 + 500);
  await run('key', 'delete', 'a/b?c', ...at);
  assert.match((await attempt(project, 'kv', 'key', 'get', 'a/b?c', ...at)).combined, /not found/i);
  assert.match(refused(await attempt(project, 'kv', 'key', 'put', 'x', 'y', '--ttl', '59', ...at)).combined, /10034/);

  writeFileSync(
    join(project, 'many.json'),
    JSON.stringify(Array.from({ length: 1100 }, (_, index) => ({ key: `k${index}`, value: `v${index}`, metadata: { index } }))),
  );
  await run('bulk', 'put', 'many.json', ...at);
  assert.equal((JSON.parse((await run('key', 'list', '--prefix', 'k', ...at)).stdout) as unknown[]).length, 1100);
  writeFileSync(join(project, 'some.json'), JSON.stringify(['k1', 'k2', 'none']));
  assert.match((await run('bulk', 'get', 'some.json', ...at)).stdout, /"k1"[^]*"v1"[^]*"k2"[^]*"v2"/);
  writeFileSync(join(project, 'gone.json'), JSON.stringify(Array.from({ length: 1099 }, (_, index) => `k${index}`)));
  await run('bulk', 'delete', 'gone.json', '--force', ...at);
  assert.deepEqual(
    (JSON.parse((await run('key', 'list', ...at)).stdout) as { name: string }[]).map(({ name }) => name),
    ['binary', 'k1099'],
  );
  await run('namespace', 'delete', '--namespace-id', id, '-y');
  assert.ok(!(await titles()).includes('renamed'));
});

test('the official SDK makes a namespace, writes, reads, lists page after page and deletes', async () => {
  const sdk = sdkFor(server.connection);
  const account = { account_id: server.connection.accountId };
  const { id } = (await sdk('kv.namespaces.create', { ...account, title: 'by sdk' })) as { id: string };
  const within = { ...account, namespace_id: id };
  await sdk('kv.namespaces.values.update', 'a/b', { ...within, value: 'text', metadata: JSON.stringify({ a: 1 }), expiration_ttl: 600 });
  const read = (await sdk('kv.namespaces.values.get', 'a/b', within)) as Response;
  assert.deepEqual([await read.text(), read.headers.get('content-type')], ['text', 'application/octet-stream']);
  assert.ok(Number(read.headers.get('expiration')) > Date.now() / 1000);
  assert.deepEqual(await sdk('kv.namespaces.metadata.get', 'a/b', within), { a: 1 });
  const body = ['x', 'y', 'z'].map((key) => ({ key, value: key }));
  assert.deepEqual(await sdk('kv.namespaces.bulkUpdate', id, { ...account, body }), { successful_key_count: 3, unsuccessful_keys: [] });
  const seen: string[] = [];
  const pages = (await sdk('kv.namespaces.keys.list', id, { ...account, limit: 10 })) as AsyncIterable<{ name: string }>;
  for await (const { name } of pages) seen.push(name);
  assert.deepEqual(seen, ['a/b', 'x', 'y', 'z']);
  assert.deepEqual(await sdk('kv.namespaces.bulkGet', id, { ...account, keys: ['x', 'none'] }), { values: { x: 'x', none: null } });
  await sdk('kv.namespaces.bulkDelete', id, { ...account, body: ['x', 'y'] });
  await sdk('kv.namespaces.values.delete', 'z', within);
  await sdk('kv.namespaces.update', id, { ...account, title: 'renamed by sdk' });
  const all = (await sdk('kv.namespaces.list', { ...account, order: 'title', direction: 'desc' })) as AsyncIterable<{ title: string }>;
  const names: string[] = [];
  for await (const { title } of all) names.push(title);
  assert.ok(names.includes('renamed by sdk'));
  await sdk('kv.namespaces.delete', id, account);
});

/** Each answer is what one call of the binding gave, or the words of its refusal. */
const PROBE = `
const tried = async (work) => { try { return await work(); } catch (error) { return String(error); } };
const all = async (kv) => {
  await kv.put('text', 'é', { metadata: { m: [1, '日本'] }, expirationTtl: 600 });
  await kv.put('bytes', new Uint8Array([0, 255]));
  await kv.put('json', '{"a":1}');
  await kv.put('large', new Blob(['x'.repeat(3_000_000)]).stream());
  for (let i = 0; i < 12; i++) await kv.put('p/' + String(i).padStart(2, '0'), 'v');
  const { keys: [{ expiration }] } = await kv.list({ prefix: 'text' });
  const first = await kv.list({ prefix: 'p/', limit: 10 });
  const second = await kv.list({ prefix: 'p/', limit: 10, cursor: first.cursor });
  const result = {
    text: await kv.getWithMetadata('text'),
    expires: expiration > Date.now() / 1000 + 500,
    bytes: [...new Uint8Array(await kv.get('bytes', 'arrayBuffer'))],
    json: await kv.get('json', { type: 'json', cacheTtl: 60 }),
    large: (await new Response(await kv.get('large', 'stream')).text()).length,
    none: await kv.get('none'),
    many: [...await kv.get(['json', 'none'], 'json')],
    pages: [first.keys.length, first.list_complete, second.keys.map(({ name }) => name), second.list_complete],
    short: await tried(() => kv.put('k', 'v', { expirationTtl: 10 })),
    cacheTtl: await tried(() => kv.get('json', { cacheTtl: 5 })),
    longKey: await tried(() => kv.put('k'.repeat(513), 'v')),
    longMetadata: await tried(() => kv.put('k', 'v', { metadata: 'm'.repeat(1025) })),
    longValue: await tried(() => kv.put('k', new Uint8Array(25 * 1024 * 1024 + 1))),
    tooMany: await tried(() => kv.get(Array.from({ length: 101 }, (_, i) => 'k' + i))),
  };
  await kv.delete('text');
  return { ...result, deleted: await kv.get('text') };
};
export default { fetch: async (request, { KV }) => Response.json(await all(KV)) };`;

test('a binding does what it does at Cloudflare, with the same limits', async () => {
  const { id } = (await server.api('POST', 'storage/kv/namespaces', { title: 'probe' })) as { id: string };
  const project = makeProject({
    dir: server.projectFolder('probe'),
    name: 'probe',
    code: PROBE,
    config: { kv_namespaces: [{ binding: 'KV', id }] },
    format: 'jsonc',
  });
  await wrangler(project, 'deploy');
  const { short, cacheTtl, longKey, longMetadata, longValue, tooMany, ...rest } = JSON.parse((await server.visit('probe')).text) as Record<
    string,
    unknown
  >;
  assert.deepEqual(rest, {
    text: { value: 'é', metadata: { m: [1, '日本'] }, cacheStatus: 'MISS' },
    expires: true,
    bytes: [0, 255],
    json: { a: 1 },
    large: 3_000_000,
    none: null,
    many: [
      ['json', { a: 1 }],
      ['none', null],
    ],
    pages: [10, false, ['p/10', 'p/11'], true],
    deleted: null,
  });
  assert.match(String(short), /KV PUT failed: 400 Invalid expiration_ttl of 10/);
  assert.match(String(cacheTtl), /KV GET failed: 400 Invalid cache_ttl of 5/);
  assert.match(String(longKey), /KV PUT failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512/);
  assert.match(String(longMetadata), /KV PUT failed: 413 Metadata length of 1027 exceeds limit of 1024/);
  assert.match(String(longValue), /KV PUT failed: 413 Value length of 26214401 exceeds limit of 26214400/);
  assert.match(String(tooMany), /maximum of 100 keys/);
  // What the API reads is what the binding wrote, and the other way round.
  assert.deepEqual(await server.api('GET', `storage/kv/namespaces/${id}/keys?prefix=json`), [{ name: 'json' }]);
});

const count = async () => (await titles()).filter((title) => title === 'waiting-links').length;

test('[V-17] what is provisioned for a version that waits is found by the next upload, and by the next deploy', async () => {
  const code = 'export default { fetch: async (_request, env) => new Response(await env.LINKS?.get("none") ?? "bound") };';
  const project = (binds: boolean) =>
    makeProject({
      dir: server.projectFolder('waiting'),
      name: 'waiting',
      code,
      config: { compatibility_date: '2026-11-01', ...(binds ? { kv_namespaces: [{ binding: 'LINKS' }] } : {}) },
      format: 'jsonc',
    });
  await wrangler(project(false), 'deploy');
  await wrangler(project(true), 'versions', 'upload');
  assert.equal(await count(), 1);
  await wrangler(project(true), 'versions', 'upload');
  await wrangler(project(true), 'deploy');
  assert.equal(await count(), 1);
  assert.equal((await ask('waiting', 'GET', '/')).text, 'bound');
  // A version that waits need not bind it.
  await wrangler(project(false), 'versions', 'upload');
  await wrangler(project(true), 'deploy');
  assert.equal(await count(), 1);
});

test('[N-3] the example: made on deploy and found again, shared by two versions, there after kill -9 of everything and after a rollback', async () => {
  const project = server.projectFolder('kv');
  cpSync(EXAMPLE, project, { recursive: true });
  const one = idAfter('Current Version ID:', (await wrangler(project, 'deploy')).combined);
  const made = await titles();
  const two = idAfter('Current Version ID:', (await wrangler(project, 'deploy')).combined);
  assert.deepEqual(await titles(), made, 'the second deploy makes no other namespace');
  await wrangler(project, 'versions', 'deploy', `${one}@50`, `${two}@50`, '-y');

  const from = { from: 'ada' };
  assert.equal((await ask('kv', 'PUT', '/by-one', 'https://one.example/', { ...on('kv', one), ...from })).status, 201);
  assert.equal((await ask('kv', 'PUT', '/by-two', 'https://two.example/', { ...on('kv', two), ...from })).status, 201);
  const isShared = async (): Promise<void> => {
    for (const version of [one, two]) {
      for (const name of ['one', 'two']) {
        const { status, headers } = await ask('kv', 'GET', `/by-${name}`, '', on('kv', version));
        assert.deepEqual([status, headers.location], [302, `https://${name}.example/`], `${name} through ${version}`);
      }
    }
  };
  await isShared();

  const acknowledged: string[] = [];
  const killed = new AbortController();
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let index = 0; !killed.signal.aborted; index += 1) {
      const name = `w${writer}-${index}`;
      const answer = await ask('kv', 'PUT', `/${name}`, `https://${name}.example/`).catch(() => undefined);
      if (answer?.status === 201) acknowledged.push(name);
      if (acknowledged.length >= 200) killed.abort();
    }
  });
  await once(killed.signal, 'abort');
  await server.killAll();
  await Promise.all(writers);
  server = await startServer({ folder: server.folder });
  await isShared();
  for (const name of acknowledged) {
    assert.equal((await ask('kv', 'GET', `/${name}`)).headers.location, `https://${name}.example/`, `${name} was acknowledged`);
  }

  await wrangler(project, 'rollback', one, '-y');
  assert.equal((await ask('kv', 'GET', '/by-two')).headers.location, 'https://two.example/');
  const bound = ((await server.api('GET', 'storage/kv/namespaces')) as { id: string; title: string }[]).find(({ title }) =>
    /links/i.test(title),
  );
  const kept = refused(await attempt(project, 'kv', 'namespace', 'delete', '--namespace-id', bound?.id ?? '', '-y')).combined;
  assert.match(kept, /in use.*of kv serves and binds it as LINKS.*force=true/s);
});
