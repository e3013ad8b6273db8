/** Static assets as projects have them, by the real wrangler, on real edges. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const wrangler = async (project: string, args: readonly string[]) => succeeded(await server.client('4.164', args, { project })).combined;

interface Site {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly assets?: Readonly<Record<string, unknown>>;
  readonly code?: string;
}

/** Writes a project anew: its files are those given, and no others. */
const aSite = ({ name, files, assets = {}, code }: Site): string => {
  const folder = server.projectFolder(name);
  rmSync(join(folder, 'public'), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'public', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const main = code === undefined ? {} : { main: 'index.js' };
  if (code !== undefined) writeFileSync(join(folder, 'index.js'), code);
  const config = { name, ...main, compatibility_date: '2026-11-01', assets: { directory: 'public', ...assets } };
  writeFileSync(join(folder, 'wrangler.json'), JSON.stringify(config));
  return folder;
};

test('[K-1] a folder of files is a Worker without a script, and a second deployment uploads only what changed', async () => {
  const name = 'folder';
  const files = { 'index.html': '<h1>one</h1>', 'about.html': 'about', 'app.js': 'let a', 'b/index.html': 'b' };
  const first = await wrangler(aSite({ name, files }), ['deploy']);
  assert.match(first, /Uploaded 4 of 4 assets/);
  const page = await server.visit(name);
  assert.deepEqual([page.status, page.text, page.headers['content-type']], [200, '<h1>one</h1>', 'text/html; charset=utf-8']);
  assert.equal((await server.visit(name, '/about')).text, 'about');
  assert.deepEqual([(await server.visit(name, '/b')).status, (await server.visit(name, '/b')).headers.location], [307, '/b/']);
  assert.equal((await server.visit(name, '/nothing')).status, 404);
  // Paths that are no paths of an URL; none of them ends the edge.
  for (const path of ['//', '//[', '//a.example/b', '/%', '/\\'])
    assert.ok([307, 404].includes((await server.visit(name, path)).status), path);
  const again = await server.visit(name, '/app.js', { 'if-none-match': String((await server.visit(name, '/app.js')).headers.etag) });
  assert.deepEqual([again.status, again.text], [304, '']);
  const second = await wrangler(aSite({ name, files: { ...files, 'app.js': 'let b' } }), ['deploy']);
  assert.match(second, /1 of 1 assets|Uploaded 1 /);
  assert.equal((await server.visit(name, '/app.js')).text, 'let b');
  const third = await wrangler(aSite({ name, files: { ...files, 'app.js': 'let b' } }), ['deploy']);
  assert.match(third, /No updated asset files to upload/);
});

const said = async (path: string) => (await server.visit('both', path)).text;

test('[K-2] a Worker beside its files gets what is no file, or what it asks for first, and reads them by env.ASSETS', async () => {
  const code = `export default { async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/mine/read') return new Response('worker+' + await (await env.ASSETS.fetch(new URL('/file.txt', request.url))).text());
    return new Response('worker ' + pathname);
  } };`;
  const files = { 'file.txt': 'file', 'mine/file.txt': 'hidden', 'mine/open/file.txt': 'open' };
  const assets = { binding: 'ASSETS', run_worker_first: ['/mine/*', '!/mine/open/*'] };
  await wrangler(aSite({ name: 'both', files, assets, code }), ['deploy']);
  assert.deepEqual(await Promise.all(['/file.txt', '/else', '/mine/file.txt', '/mine/open/file.txt', '/mine/read'].map(said)), [
    'file',
    'worker /else',
    'worker /mine/file.txt',
    'open',
    'worker+file',
  ]);
  await wrangler(aSite({ name: 'both', files, assets: { binding: 'ASSETS', run_worker_first: true }, code }), ['deploy']);
  assert.equal(await said('/file.txt'), 'worker /file.txt');
});

test('[K-3] an application of one page answers every navigation with it, and a request for data by its Worker', async () => {
  const code = `export default { fetch: () => new Response('data') };`;
  const assets = { not_found_handling: 'single-page-application' };
  await wrangler(aSite({ name: 'spa', files: { 'index.html': 'the page' }, assets, code }), ['deploy']);
  assert.equal((await server.visit('spa', '/deep/link', { 'sec-fetch-mode': 'navigate' })).text, 'the page');
  assert.equal((await server.visit('spa', '/deep/link')).text, 'data');
});

test('[K-4] in a split and for a day after it a hashed file is served by whichever version a request meets, a page by its own', async () => {
  const name = 'ramp';
  const site = (number: number): Site => ({
    name,
    files: { 'index.html': `page ${number}`, [`app-a${number}b2c3d4.js`]: `app ${number}`, [`only${number}.html`]: 'x' },
  });
  const one = idAfter('Current Version ID:', await wrangler(aSite(site(1)), ['deploy']));
  const two = idAfter('Worker Version ID:', await wrangler(aSite(site(2)), ['versions', 'upload']));
  assert.equal((await server.visit(name, '/app-a2b2c3d4.js')).status, 404);
  await wrangler(server.projectFolder(name), ['versions', 'deploy', `${one}@50`, `${two}@50`, '-y']);
  const pages = new Set<string>();
  for (let visit = 0; visit < 60; visit += 1) {
    pages.add((await server.visit(name)).text);
    for (const number of [1, 2]) assert.equal((await server.visit(name, `/app-a${number}b2c3d4.js`)).text, `app ${number}`);
  }
  assert.deepEqual(pages, new Set(['page 1', 'page 2']));
  const statuses = new Set<number>();
  for (let visit = 0; visit < 40; visit += 1) statuses.add((await server.visit(name, '/only1')).status);
  assert.deepEqual(statuses, new Set([200, 404]));
  await wrangler(server.projectFolder(name), ['versions', 'deploy', `${two}@100`, '-y']);
  assert.equal((await server.visit(name, '/app-a1b2c3d4.js')).text, 'app 1');
  await wrangler(server.projectFolder(name), ['rollback', one, '-y', '-m', 'back']);
  assert.equal((await server.visit(name)).text, 'page 1');
  assert.equal((await server.visit(name, '/app-a2b2c3d4.js')).text, 'app 2');
});
