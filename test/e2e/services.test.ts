/** Workers that call Workers, deployed by the real wrangler. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { descendants } from '../support/processes.ts';
import { answering, makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'services');

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

const attempt = (project: string, ...args: readonly string[]) => server.client('4.164', args, { project, isCi: true });
const wrangler = async (project: string, ...args: readonly string[]) => succeeded(await attempt(project, ...args)).combined;

const project = server.projectFolder('services');
cpSync(EXAMPLE, project, { recursive: true });
const [front, back] = [join(project, 'front'), join(project, 'back')];

const seen = async (path: string, headers = {}): Promise<unknown> => {
  const { text } = await server.visit('front', path, headers);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
const backAt = async (versions: readonly (readonly [string, number])[]) =>
  wrangler(back, 'versions', 'deploy', ...versions.map(([id, share]) => `${id}@${share}`), '-y');
const drawn = async (path: string, count: number) => {
  const answers: unknown[] = [];
  for (let each = 0; each < count; each += 1) answers.push(await seen(path));
  return [...new Set(answers.map((answer) => JSON.stringify(answer)))].toSorted();
};

let one = '';
let two = '';
let frontOne = '';

test('[F-9] a Worker that binds one that does not exist is refused with 10143, and may bind itself', async () => {
  const said = refused(await attempt(front, 'deploy')).combined;
  assert.match(said, /Could not resolve service binding 'BACK'\. Target script 'back' not found[^]*10143/);
  one = idAfter('Current Version ID:', await wrangler(back, 'deploy', '--tag', 'one'));
  frontOne = idAfter('Current Version ID:', await wrangler(front, 'deploy'));
});

test("[F-4] the callee's split is seen through fetch, with its headers, and through methods", async () => {
  two = idAfter('Worker Version ID:', await wrangler(back, 'versions', 'upload', '--tag', 'two'));
  await backAt([
    [one, 50],
    [two, 50],
  ]);
  assert.deepEqual(await drawn('/version', 40), ['"one"', '"two"']);
  assert.equal((await drawn('/fetch', 40)).length, 2);
  for (const [id, tag] of [
    [one, 'one'],
    [two, 'two'],
  ] as const) {
    const headers = { 'cloudflare-workers-version-overrides': `back="${id}"` };
    assert.deepEqual(await seen('/fetch', headers), { asked: '/fetch', version: tag });
  }
  const keyed = new Set<string>();
  for (let each = 0; each < 10; each += 1) keyed.add(JSON.stringify(await seen('/fetch', { 'cloudflare-workers-version-key': 'ada' })));
  assert.equal(keyed.size, 1);
  // New code of the callee is no version and no deployment of the caller.
  assert.equal(((await server.api('GET', 'workers/scripts/front/versions')) as { items: unknown[] }).items.length, 1);
});

test('[F-6] a Worker that calls itself for ever is told so', async () => {
  assert.match(String(((await seen('/ring')) as { failed: string }).failed), /ring \(front → front\)/);
});

/** The front's processes have a gate, the back's have none. */
const backs = (): readonly number[] =>
  descendants(server.started.pid)
    .filter(({ command }) => command.includes('/switchback-run-'))
    .filter(({ command }) => !readFileSync(/\S+config\.capnp/.exec(command)?.[0] ?? '', 'utf8').includes('name = "gate"'))
    .map(({ pid }) => pid);

test('[F-10] a callee that is killed under calls fails what it had in hand with an error, and its successor answers the next', async () => {
  await backAt([[two, 100]]);
  const calls = Array.from({ length: 5 }, () => seen('/slowly'));
  // Asked after them, answered before them: by then they are in the callee's hands.
  assert.equal(await seen('/version'), 'two');
  for (const pid of backs()) process.kill(pid, 'SIGKILL');
  for (const answer of await Promise.all(calls))
    assert.equal(typeof (answer as { failed?: unknown }).failed, 'string', JSON.stringify(answer));
  assert.equal(await seen('/version'), 'two');
  assert.deepEqual(await seen('/fetch'), { asked: '/fetch', version: 'two' });
});

test('[F-7] a deployment of the callee cuts no call', async () => {
  const calls = Array.from({ length: 5 }, () => seen('/slowly'));
  assert.equal(await seen('/version'), 'two');
  await backAt([[one, 100]]);
  assert.equal(await seen('/version'), 'one');
  assert.deepEqual(
    await Promise.all(calls),
    Array.from({ length: 5 }, () => 'two'),
  );
});

test('bindings and split are there again after kill -9 of everything, and after a rollback', async () => {
  const frontTwo = idAfter('Current Version ID:', await wrangler(front, 'deploy'));
  await server.killAll();
  server = await startServer({ folder: server.folder });
  assert.equal(await seen('/version'), 'one');
  assert.deepEqual(await seen('/fetch'), { asked: '/fetch', version: 'one' });
  assert.match(await wrangler(front, 'rollback', frontOne, '-y'), new RegExp(frontOne));
  assert.equal(await seen('/greeting'), 'Hello, front desk');
  assert.notEqual(frontTwo, frontOne);
});

test('[F-9] a Worker that others call is deleted by force only; then calls say so, and no version that binds it is deployed', async () => {
  const plain = makeProject({ dir: server.projectFolder('plain'), name: 'front', code: answering('no binding') });
  await assert.rejects(server.api('DELETE', 'workers/scripts/back'), /version .* of front serves and binds it as BACK, ADMIN/);
  // wrangler asks who binds it, and whether to go on; where nobody is there to answer it takes a yes, and forces.
  assert.match(await wrangler(back, 'delete'), /Worker front \(production\) uses this Worker as a Service Binding/);
  assert.match(
    String(((await seen('/version')) as { failed: string }).failed),
    /^The Worker "back" was not called: there is no Worker of this name/,
  );
  await wrangler(plain, 'deploy');
  const refusal = refused(await attempt(front, 'rollback', frontOne, '-y')).combined;
  assert.match(refusal, /BACK binds "back" \(deploy that Worker again/);
});
