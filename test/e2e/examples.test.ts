/** Every project under examples/ is deployed as it stands, and does what its line in the list says. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { refused, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

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

exampleTest('service-worker', 'is deployed, and refused as a version upload with what to do instead', async (project) => {
  await wrangler(project, ['deploy']);
  assert.equal((await server.visit('service-worker')).text, 'Hello from a service worker\n');
  const said = refused(await attempt(project, ['versions', 'upload'])).combined;
  assert.match(said, /service-worker syntax[^]*module/i);
  assert.equal((await server.visit('service-worker')).text, 'Hello from a service worker\n');
});

exampleTest('d1', 'keeps a guest book in a database that the first deploy makes', async (project) => {
  await wrangler(project, ['deploy', '--tag', 'first']);
  await wrangler(project, ['d1', 'migrations', 'apply', 'guestbook', '--remote']);
  assert.deepEqual(JSON.parse((await server.visit('d1', '/sign?name=Ada')).text), { id: 1, version: 'first' });
  assert.deepEqual(JSON.parse((await server.visit('d1')).text), [{ name: 'Ada', version: 'first', visits: 1 }]);
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
