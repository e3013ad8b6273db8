/** Projects as people have them, with their frameworks, by the real wrangler and untouched. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { basename, join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { run, succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '..', '..');

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** A copy with what its package.json asks for, as `npm install` would leave it. */
const aProject = (name: string, ...packages: readonly string[]): string => {
  const folder = server.projectFolder(name);
  cpSync(join(ROOT, 'test', 'projects', name), folder, { recursive: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const each of packages) symlinkSync(each, join(folder, 'node_modules', basename(each)));
  return folder;
};

const HONO = join(ROOT, 'node_modules', 'hono');
const VITE = join(ROOT, 'test', 'clients', 'node_modules', 'vite');

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
  const project = aProject('hono-d1', HONO);
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

/** Builds the site of a release; answers the paths of its hashed files. */
const built = async (project: string, release: string): Promise<readonly string[]> => {
  writeFileSync(join(project, 'src', 'release.ts'), `export const RELEASE = '${release}';\n`);
  const env = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' };
  succeeded(await run(process.execPath, [join(VITE, 'bin', 'vite.js'), 'build'], { cwd: project, env }));
  return readdirSync(join(project, 'dist', 'assets')).map((name) => `/assets/${name}`);
};

test('a single-page application built by Vite: every file of both releases is found through a split, a kill and a rollback', async () => {
  const project = aProject('vite-spa', VITE);
  const ofOne = await built(project, 'one');
  const one = idAfter('Current Version ID:', await wrangler(project, ['deploy', '--tag', 'one']));
  const visit = (path: string, headers: IncomingHttpHeaders = {}) => server.visit('notes', path, headers);
  const page = await visit('/');
  assert.match(page.text, /<script type="module" crossorigin src="\/assets\/index-[\w-]+\.js"><\/script>/);
  assert.equal((await visit('/notes/1')).text, page.text);
  assert.equal((await visit('/api/notes/1')).text, 'Note 1');
  assert.equal((await visit('/api/none')).status, 404);
  assert.match((await visit('/robots.txt')).text, /Disallow: \/api\//);

  const ofTwo = await built(project, 'two');
  const two = idAfter('Worker Version ID:', await wrangler(project, ['versions', 'upload', '--tag', 'two']));
  const all = [...new Set([...ofOne, ...ofTwo])];
  // The style and the picture did not change, and so kept their names.
  assert.ok(all.length > ofOne.length && all.length < ofOne.length + ofTwo.length, all.join());
  await wrangler(project, ['versions', 'deploy', `${one}@50`, `${two}@50`, '-y']);

  const everythingIsFound = async (): Promise<void> => {
    for (const version of [one, two]) {
      const override = { 'cloudflare-workers-version-overrides': `notes="${version}"` };
      for (const path of all) {
        const { status, headers } = await visit(path, override);
        assert.deepEqual([path, status, headers['cache-control']], [path, 200, 'public, max-age=31536000, immutable']);
      }
    }
  };
  await everythingIsFound();
  const tags = new Set<string>();
  for (let count = 0; count < 40; count += 1) tags.add((JSON.parse((await visit('/api/version')).text) as { tag: string }).tag);
  assert.deepEqual([...tags].toSorted(), ['one', 'two']);

  await server.killAll();
  server = await startServer({ folder: server.folder });
  await everythingIsFound();
  await wrangler(project, ['rollback', one, '-y', '--message', 'Back']);
  assert.equal((await visit('/')).text, page.text);
  // Pages of the release that left are open in browsers.
  await everythingIsFound();
});
