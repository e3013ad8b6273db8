/** Durable Objects as people use them: deployed by the real wrangler, over deployments, kills and rollbacks. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

const attempt = (project: string, ...args: readonly string[]) => server.client('4.164', args, { project, isCi: true });
const wrangler = async (project: string, ...args: readonly string[]) => succeeded(await attempt(project, ...args)).combined;
const example = (name: string): string => {
  const folder = server.projectFolder(name);
  cpSync(join(EXAMPLES, name), folder, { recursive: true });
  return folder;
};
const ask = async (method: string, path: string) => {
  const headers = { host: server.host('durable-objects') };
  const { status, body } = await send({ url: `${server.edgeUrl}${path}`, method, headers, body: Buffer.alloc(0) });
  return { status, text: body.toString().trim() };
};
const stored = (): readonly string[] => readdirSync(join(server.data, 'objects')).filter((name) => /^[0-9a-f]{32}$/.test(name));

/** The namespace of the first example. */
let counters: readonly string[] = [];

/** Everything dies as with the machine, and is started again on what is left. */
const loseEverything = async (): Promise<void> => {
  const { folder } = server;
  await server.killAll();
  server = await startServer({ folder });
};

test('[Y-1] [Y-5] [V-6] a counter counts on over a deployment, the death of everything, and a rollback, its alarm rings, and no version comes of what it stores', async () => {
  const project = example('durable-objects');
  const first = idAfter('Current Version ID:', await wrangler(project, 'deploy'));
  assert.deepEqual(await ask('POST', '/visits'), { status: 200, text: '1' });
  await wrangler(project, 'deploy', '--message', 'again');
  assert.deepEqual(await ask('POST', '/visits'), { status: 200, text: '2' });

  const versions = (await server.api('GET', 'workers/scripts/durable-objects/versions')) as { items: unknown[] };
  assert.equal(versions.items.length, 2, 'one for each deployment, none for what was counted');

  // All that was answered is there, whenever the power goes.
  let acknowledged = 2;
  const counting = (async () => {
    for (;;) acknowledged = Number((await ask('POST', '/visits')).text);
  })().catch(() => undefined);
  await until('it counts', () => acknowledged > 20);
  await loseEverything();
  await counting;
  const { status, text } = await ask('GET', '/visits');
  assert.equal(status, 200);
  assert.ok(Number(text) === acknowledged || Number(text) === acknowledged + 1, `${text} of ${acknowledged}`);

  await wrangler(project, 'rollback', first, '-y', '--message', 'back');
  assert.equal(Number((await ask('POST', '/visits')).text), Number(text) + 1);
  assert.equal((await ask('POST', '/visits?reset=1')).text, 'begins anew in 1 s');
  await loseEverything();
  await until('the alarm that fell due while nothing ran', async () => (await ask('GET', '/visits')).text === '0');
  counters = stored();
  assert.equal(counters.length, 1);
});

test('[Y-3] a version of a Worker with objects that is not deployed does not run, and has no address', async () => {
  const project = server.projectFolder('durable-objects');
  const second = idAfter('Worker Version ID:', await wrangler(project, 'versions', 'upload'));
  const before = server.runtimes().length;
  const page = await server.visit(server.host(`${second.slice(0, 8)}-durable-objects`));
  assert.equal(page.status, 404);
  assert.match(page.text, /its Durable Objects live in the deployed version alone|no Worker, version or alias/);
  assert.equal(server.runtimes().length, before);
});

/** Counts once under each name: the counter says which version's code it runs. */
const countedBy = async (names: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const versions = new Map<string, string>();
  for (const name of names) {
    const { status, text } = await ask('POST', `/${name}`);
    assert.equal(status, 200, text);
    const [, version = ''] = text.split(' by ');
    versions.set(name, version);
  }
  return versions;
};

test('[Y-12] [Y-14] wrangler splits the counters over two versions and moves the split: each runs one of them, and counts on', async () => {
  const project = server.projectFolder('durable-objects');
  const source = join(project, 'src', 'index.ts');
  const code = readFileSync(source, 'utf8');
  const versions: string[] = [];
  for (const label of ['one', 'two']) {
    writeFileSync(source, code.replace('.one().n;', `.one().n + ' by ${label}';`).replaceAll('number', 'any'));
    versions.push(idAfter('Worker Version ID:', await wrangler(project, 'versions', 'upload', '--message', label)));
  }
  writeFileSync(source, code);
  const [one, two] = versions;
  await wrangler(project, 'versions', 'deploy', `${one}@50`, `${two}@50`, '-y');
  const pids = server.runtimes();
  const names = Array.from({ length: 16 }, (_, index) => `split${index}`);
  const at50 = await countedBy(names);
  assert.deepEqual([...new Set(at50.values())].toSorted(), ['one', 'two']);
  assert.deepEqual(await countedBy(names), at50);

  await wrangler(project, 'versions', 'deploy', `${one}@10`, `${two}@90`, '-y');
  const at90 = await countedBy(names);
  assert.ok(names.every((name) => at90.get(name) === 'two' || at50.get(name) === 'one'));
  assert.notDeepEqual(at90, at50);
  await wrangler(project, 'versions', 'deploy', `${two}@100`, '-y');
  assert.deepEqual(new Set((await countedBy(names)).values()), new Set(['two']));
  assert.deepEqual(server.runtimes(), pids, 'nothing was started anew');
  await loseEverything();
  const { text } = await ask('GET', '/split0');
  assert.equal(text, '4 by two');
  await wrangler(project, 'deploy');
});

const enter = async (room: string, who: string) => {
  const socket = new WebSocket(`${server.edgeUrl.replace('http', 'ws')}/${room}?as=${who}`, { headers: { host: server.host('chat') } });
  const heard: { room: string; who: string; text: string }[] = [];
  let code: number | undefined;
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  socket.on('close', (closed) => (code = closed));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, heard, code: () => code, said: () => heard.map((line) => `${line.room} ${line.who} ${line.text}`) };
};

/** workerd evicts an object that nobody asked for 10 s (2026-11); nothing can be seen of it from outside without asking. */
const EVICTED_MS = 12_000;

test('[Y-9] a chat keeps its WebSockets while its room hibernates; a deployment closes them, and the room is as it was for who comes again', async () => {
  const project = example('chat');
  await wrangler(project, 'deploy');
  assert.match((await server.visit('chat')).text, /<h1>Chat<\/h1>/);
  const [ada, ben] = [await enter('lobby', 'ada'), await enter('lobby', 'ben')];
  ada.socket.send('hello');
  await until('both hear it', () => ada.heard.length === 1 && ben.heard.length === 1);
  await wait(EVICTED_MS);
  ben.socket.send('still here');
  await until('both hear it', () => ada.heard.length === 2 && ben.heard.length === 2);
  assert.deepEqual(ada.said(), ['lobby ada hello', 'lobby ben still here']);

  await wrangler(project, 'deploy', '--message', 'again');
  await until('they are closed', () => ada.code() !== undefined && ben.code() !== undefined);
  assert.deepEqual([ada.code(), ben.code()], [1001, 1001]);
  const again = await enter('lobby', 'ada');
  await until('what was said is told', () => again.heard.length === 2);
  assert.deepEqual(again.said(), ['lobby ada hello', 'lobby ben still here']);
  again.socket.terminate();
});

test("[Y-11] a Worker calls another's objects, which are the ones that visitors of that one meet", async () => {
  const project = makeProject({
    dir: server.projectFolder('bystander'),
    name: 'bystander',
    code: `export default { async fetch(request, { COUNTERS }) {
      return new Response(String(await COUNTERS.getByName('shared').count('bystander')));
    } };`,
    config: {
      compatibility_date: '2026-11-01',
      durable_objects: { bindings: [{ name: 'COUNTERS', class_name: 'Counter', script_name: 'durable-objects' }] },
    },
    format: 'jsonc',
  });
  await wrangler(project, 'deploy');
  assert.equal((await server.visit('bystander')).text, '1');
  assert.equal((await ask('POST', '/shared')).text, '2');
  assert.equal((await server.visit('bystander')).text, '3');
  await wrangler(project, 'delete', '--name', 'bystander', '--force');
});

test('[Y-8] a deleted Worker takes what its objects stored along, and nothing of another', async () => {
  assert.equal(stored().length, 2);
  const told = await wrangler(server.projectFolder('chat'), 'delete', '--name', 'chat', '--force');
  assert.doesNotMatch(told, /Could not check|keep running and billing/);
  await until('its storage is removed', () => stored().length < 2);
  assert.deepEqual(stored(), counters);
  assert.equal((await ask('GET', '/visits')).status, 200);
});
