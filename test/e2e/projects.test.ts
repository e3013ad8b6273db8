/** Projects as people have them, with their frameworks, by the real wrangler and untouched. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '..', '..');

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** A copy with what its package.json asks for, as `npm install` would leave it. */
const aProject = (name: string, packages: readonly string[]): string => {
  const folder = server.projectFolder(name);
  cpSync(join(ROOT, 'test', 'projects', name), folder, { recursive: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const each of packages) symlinkSync(join(ROOT, 'node_modules', each), join(folder, 'node_modules', each));
  return folder;
};

const wrangler = async (project: string, args: readonly string[], input = '') =>
  succeeded(await server.client('4.164', args, { project, input })).combined;

const AUTHORIZED = { authorization: `Basic ${Buffer.from('ada:lovelace').toString('base64')}`, 'content-type': 'application/json' };

const ask = async (method: string, path: string, body?: unknown, headers: IncomingHttpHeaders = AUTHORIZED) => {
  const answer = await send({
    url: `${server.edgeUrl}${path}`,
    method,
    headers: { host: server.host('todos'), ...headers },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  });
  const text = answer.body.toString();
  return { status: answer.status, headers: answer.headers, text };
};

test('Hono with D1, a secret and middleware: deployed, split, killed and rolled back with its todos', async () => {
  const project = aProject('hono-d1', ['hono']);
  await wrangler(project, ['deploy', '--tag', 'first']);
  await wrangler(project, ['secret', 'put', 'PASSWORD'], 'lovelace');
  await wrangler(project, ['d1', 'migrations', 'apply', 'todos', '--remote']);

  assert.equal((await ask('GET', '/todos', undefined, {})).headers['www-authenticate'], 'Basic realm="todos"');
  const added = await ask('POST', '/todos', { title: 'Write a program' });
  assert.deepEqual([added.status, JSON.parse(added.text)], [201, { id: 1, title: 'Write a program', done: 0 }]);
  assert.equal(added.headers['x-frame-options'], 'SAMEORIGIN');
  assert.deepEqual([(await ask('POST', '/todos', {})).status, (await ask('PATCH', '/todos/7', { done: true })).status], [400, 404]);

  const listed = await ask('GET', '/todos');
  assert.equal((await ask('GET', '/todos', undefined, { ...AUTHORIZED, 'if-none-match': listed.headers.etag })).status, 304);

  const [{ id: one }] = ((await server.api('GET', 'workers/scripts/todos/versions')) as { items: [{ id: string }] }).items;
  const two = idAfter('Worker Version ID:', await wrangler(project, ['versions', 'upload', '--tag', 'second']));
  await wrangler(project, ['versions', 'deploy', `${one}@50`, `${two}@50`, '-y']);
  for (const version of [one, two]) {
    const override = { ...AUTHORIZED, 'cloudflare-workers-version-overrides': `todos="${version}"` };
    const todo = JSON.parse((await ask('POST', '/todos', { title: `By ${version}` }, override)).text) as { id: number };
    assert.equal((await ask('PATCH', `/todos/${todo.id}`, { done: true }, override)).status, 200);
  }
  const tags = new Set<string>();
  for (let visit = 0; visit < 40; visit += 1) tags.add((await ask('GET', '/version')).text);
  assert.ok(tags.has('second') && tags.size === 2, [...tags].join());

  const before = (await ask('GET', '/todos')).text;
  await server.killAll();
  server = await startServer({ folder: server.folder });
  assert.equal((await ask('GET', '/todos')).text, before);
  await wrangler(project, ['rollback', one, '-y', '--message', 'Back']);
  assert.deepEqual(JSON.parse((await ask('DELETE', '/todos/done')).text), { deleted: 2 });
  assert.deepEqual(JSON.parse((await ask('GET', '/todos?open')).text), [{ id: 1, title: 'Write a program', done: 0 }]);
});
