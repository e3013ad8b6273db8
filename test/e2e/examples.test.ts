/** Every project under examples/ is deployed as it stands, and does what its line in the list says. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { WebSocket } from 'ws';
import { idAfter } from '../support/printed.ts';
import { refused, succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** A copy, because wrangler leaves its own folder in a project. */
const example = (name: string): string => {
  const folder = server.projectFolder(name);
  cpSync(join(EXAMPLES, name), folder, { recursive: true });
  return folder;
};
const attempt = (project: string, args: readonly string[], input = '') => server.client('4.164', args, { project, input });
const wrangler = async (project: string, args: readonly string[], input?: string) =>
  succeeded(await attempt(project, args, input)).combined;

const tried: string[] = [];
const exampleTest = (name: string, says: string, body: (project: string) => Promise<void>): void => {
  tried.push(name);
  void test(`examples/${name} ${says}`, () => body(example(name)));
};

exampleTest('hello', 'answers', async (project) => {
  await wrangler(project, ['deploy']);
  assert.equal((await server.visit('hello')).text, 'Hello World!\n');
});

exampleTest('split', 'says its own id and tag in each version', async (project) => {
  const one = idAfter('Current Version ID:', await wrangler(project, ['deploy']));
  const two = idAfter('Worker Version ID:', await wrangler(project, ['versions', 'upload', '--tag', 'v2']));
  await wrangler(project, ['versions', 'deploy', `${one}@50`, `${two}@50`, '-y']);
  assert.deepEqual(new Set(Object.keys(await server.tally('split', 60))), new Set([`untagged ${one}\n`, `v2 ${two}\n`]));
});

exampleTest('modules', "reads WebAssembly, text, bytes and JSON, and uses Node's modules", async (project) => {
  await wrangler(project, ['deploy']);
  assert.deepEqual(JSON.parse((await server.visit('modules')).text), {
    wasm: 5,
    text: 'Hello from a text file',
    data: '0001fffe',
    json: ['red', 'green'],
    sha256: createHash('sha256').update('Hello from a text file').digest('hex'),
  });
});

exampleTest('secrets', 'opens to who knows the secret, and reads its variables', async (project) => {
  await wrangler(project, ['deploy']);
  await wrangler(project, ['secret', 'put', 'PASSWORD'], 'open sesame');
  assert.equal((await server.visit('secrets')).status, 401);
  const known = await server.visit('secrets', '/', { authorization: 'Bearer open sesame' });
  assert.deepEqual(JSON.parse(known.text), { greeting: 'Welcome', doors: { front: 'open', back: 'closed' } });
});

exampleTest('kv', 'stores links, sends there, lists and deletes them', async (project) => {
  await wrangler(project, ['deploy']);
  const host = server.host('kv');
  const ask = (method: string, path: string, body = '') =>
    send({ url: `${server.edgeUrl}${path}`, method, headers: { host }, body: Buffer.from(body) });
  assert.equal((await ask('PUT', '/home', 'https://example.com/')).status, 201);
  assert.equal((await ask('GET', '/home')).headers.location, 'https://example.com/');
  assert.deepEqual(JSON.parse((await ask('GET', '/')).body.toString()), [{ name: 'home', metadata: { by: 'nobody' } }]);
  await ask('DELETE', '/home');
  assert.equal((await ask('GET', '/home')).status, 404);
});

exampleTest('r2', 'keeps files, and answers them whole, in part and not at all where nothing changed', async (project) => {
  await wrangler(project, ['deploy']);
  const host = server.host('r2');
  const ask = (method: string, path: string, headers = {}, body = '') =>
    send({ url: `${server.edgeUrl}${path}`, method, headers: { host, ...headers }, body: Buffer.from(body) });
  const stored = await ask('PUT', '/notes/a.txt', { 'content-type': 'text/plain' }, 'Hello, bucket');
  assert.deepEqual([stored.status, JSON.parse(stored.body.toString())], [201, { key: 'notes/a.txt', size: 13 }]);
  const part = await ask('GET', '/notes/a.txt', { range: 'bytes=7-12' });
  assert.deepEqual([part.status, part.body.toString(), part.headers['content-type']], [206, 'bucket', 'text/plain']);
  assert.equal((await ask('GET', '/notes/a.txt', { 'if-none-match': String(stored.headers.etag) })).status, 304);
  assert.deepEqual(JSON.parse((await ask('GET', '/')).body.toString()), { folders: ['notes/'], files: [] });
  await ask('DELETE', '/notes/a.txt');
  assert.equal((await ask('GET', '/notes/a.txt')).status, 404);
});

exampleTest('service-worker', 'is deployed, and refused as a version upload with what to do instead', async (project) => {
  await wrangler(project, ['deploy']);
  assert.equal((await server.visit('service-worker')).text, 'Hello from a service worker\n');
  const said = refused(await attempt(project, ['versions', 'upload'])).combined;
  assert.match(said, /service-worker syntax[^]*module/i);
  assert.equal((await server.visit('service-worker')).text, 'Hello from a service worker\n');
});

exampleTest('cron', 'is called every minute', async (project) => {
  assert.match(await wrangler(project, ['deploy']), /schedule: \* \* \* \* \*/);
  assert.equal((await server.visit('cron')).text, 'Not called yet\n');
  // A real minute of the real clock.
  await until('a call', async () => (await server.visit('cron')).text.startsWith('Called for '), 75_000);
});

exampleTest('assets', 'serves its files with their headers, redirects, and lets its Worker read them', async (project) => {
  await wrangler(project, ['deploy']);
  assert.match((await server.visit('assets')).text, /<h1>Files<\/h1>/);
  assert.equal((await server.visit('assets', '/style.3f2a9c1b.css')).headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.deepEqual(JSON.parse((await server.visit('assets', '/api/title')).text), { title: 'Switchback serves files' });
  const moved = await server.visit('assets', '/old');
  assert.deepEqual([moved.status, moved.headers.location], [301, '/docs/']);
  assert.equal((await server.visit('assets', '/go/far')).headers.location, '/docs/?name=far');
  const missing = await server.visit('assets', '/nothing/here');
  assert.deepEqual([missing.status, /Not here/.test(missing.text)], [404, true]);
});

exampleTest('queues', 'does what is queued, and puts aside what fails', async (project) => {
  await wrangler(project, ['deploy']);
  const host = server.host('queues');
  const ask = (method: string, body = '') => send({ url: `${server.edgeUrl}/`, method, headers: { host }, body: Buffer.from(body) });
  for (const task of ['sweep', 'fail']) assert.equal((await ask('POST', task)).status, 202);
  const failed = async () => (await server.api('GET', 'queues/jobs-failed/metrics')) as { readonly backlog_count: number };
  await until('the task that fails to be put aside', async () => (await failed()).backlog_count === 1);
  assert.deepEqual(JSON.parse((await ask('GET')).body.toString()), ['sweep']);
});

exampleTest('d1', 'keeps a guest book in a database that the first deploy makes', async (project) => {
  await wrangler(project, ['deploy', '--tag', 'first']);
  await wrangler(project, ['d1', 'migrations', 'apply', 'guestbook', '--remote']);
  assert.deepEqual(JSON.parse((await server.visit('d1', '/sign?name=Ada')).text), { id: 1, version: 'first' });
  assert.deepEqual(JSON.parse((await server.visit('d1')).text), [{ name: 'Ada', version: 'first', visits: 1 }]);
});

const count = async (name: string): Promise<string> => {
  const headers = { host: server.host('durable-objects') };
  return (await send({ url: `${server.edgeUrl}/${name}`, method: 'POST', headers, body: Buffer.alloc(0) })).body.toString();
};

exampleTest('durable-objects', 'counts by name, each count once', async (project) => {
  await wrangler(project, ['deploy']);
  const counts = await Promise.all(Array.from({ length: 20 }, () => count('visits')));
  assert.deepEqual(
    counts.map(Number).toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  assert.equal(await count('other'), '1\n');
});

exampleTest('chat', 'lets all who are in a room hear what one of them says', async (project) => {
  await wrangler(project, ['deploy']);
  assert.match((await server.visit('chat')).text, /<h1>Chat<\/h1>/);
  const enter = async (who: string) => {
    const url = `${server.edgeUrl.replace('http', 'ws')}/lobby?as=${who}`;
    const socket = new WebSocket(url, { headers: { host: server.host('chat') } });
    await once(socket, 'open');
    return socket;
  };
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  const heard = once(ben, 'message');
  ada.send('hello');
  assert.deepEqual(JSON.parse(String((await heard)[0])), { room: 'lobby', who: 'ada', text: 'hello' });
  for (const socket of [ada, ben]) socket.terminate();
});

const shown = async (path: string): Promise<unknown> => JSON.parse((await server.visit('front', path)).text);

exampleTest('services', 'calls one Worker from another', async (project) => {
  await wrangler(join(project, 'back'), ['deploy', '--tag', 'first']);
  await wrangler(join(project, 'front'), ['deploy']);
  assert.deepEqual(await shown('/fetch'), { asked: '/fetch', version: 'first' });
  assert.equal(await shown('/basket'), 7);
  assert.deepEqual(await shown('/each'), ['A', 'B']);
  assert.equal(await shown('/greeting'), 'Hello, front desk');
});

exampleTest('cache', 'makes its answer once, and keeps it', async (project) => {
  await wrangler(project, ['deploy']);
  const first = await server.visit('cache');
  assert.match(first.text, /^Made at /);
  // It is kept after it was answered. A machine that takes ten seconds for that has made another by then.
  const isKept = async (): Promise<boolean> => (await server.visit('cache')).headers['cf-cache-status'] === 'HIT';
  await until('a kept answer', isKept);
  const [one, two] = [await server.visit('cache', '/?other'), await server.visit('cache', '/?another')];
  assert.deepEqual([one.headers['cf-cache-status'], two.headers['cf-cache-status']], [undefined, undefined], 'another URL is another key');
});

const guess = async (query: string) => (await server.visit('rate-limit', `/?${query}`)).text;

exampleTest('rate-limit', 'lets everybody guess three times', async (project) => {
  await wrangler(project, ['deploy']);
  for (let each = 0; each < 3; each += 1) assert.equal(await guess('name=ada&word=open'), 'No.\n');
  assert.equal(await guess('name=ada&word=sesame'), 'Slow down, ada.\n');
  assert.equal(await guess('name=bob&word=sesame'), 'Open!\n');
});

test('every example is deployed here and stands in the list', () => {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  assert.deepEqual(tried.toSorted(), folders.toSorted());
  const list = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
  assert.deepEqual(
    folders.filter((name) => !list.includes(`[${name}](${name})`)),
    [],
  );
});
