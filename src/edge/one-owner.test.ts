import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { request } from 'undici';
import { WebSocket } from 'ws';
import type { VersionSpec, WorkerEntry } from '../domain/index.ts';
import { FakeControl, openEdge } from './fake-control.ts';
import type { Edge } from './index.ts';
import { aFolder, aTable, aWorker, until } from './testing.ts';

/** These run the real runtime. */
const NAMESPACE = '0123456789abcdef0123456789abcdef';
const NEXT_NAMESPACE = 'b'.repeat(32);
/** Of a Worker that has no deployment, say. */
const OTHER_NAMESPACE = 'a'.repeat(32);
const DEPLOYMENTS = 50;
const KILLS = 10;
const OBJECTS = 6;
const CLIENTS = 8;

/** Each call is a row that says which instance of the object wrote it: two at a time would show in their order. */
const LEDGER = (version: string) => `import { DurableObject } from 'cloudflare:workers';
export class Ledger extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.instance = ${JSON.stringify(version)} + ' ' + crypto.randomUUID();
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, op TEXT UNIQUE, instance TEXT)');
    this.n = ctx.storage.sql.exec('SELECT count(*) AS n FROM rows').one().n;
  }
  add(op) {
    this.n += 1;
    this.ctx.storage.sql.exec('INSERT INTO rows VALUES (?, ?, ?)', this.n, op, this.instance);
    return this.n;
  }
  rows() { return this.ctx.storage.sql.exec('SELECT * FROM rows ORDER BY n').toArray(); }
  fetch() {
    const [visitor, mine] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(mine);
    return new Response(null, { status: 101, webSocket: visitor });
  }
  webSocketMessage(from, message) {
    for (const each of this.ctx.getWebSockets()) each.send(this.ctx.id.name + ': ' + message);
  }
}
export default { async fetch(request, { LEDGER }) {
  const [, name, method, op] = new URL(request.url).pathname.split('/');
  const stub = LEDGER.getByName(name);
  return method === 'chat' ? stub.fetch(request) : Response.json(await stub[method](op));
} };`;

const of = (namespaceId: string): Partial<VersionSpec> => ({
  durableObjects: [{ className: 'Ledger', namespaceId, storage: 'sqlite' }],
  bindings: [{ type: 'durable_object_namespace', name: 'LEDGER', class_name: 'Ledger', namespace_id: namespaceId }],
});

const HOST = 'hello.team.localhost';
const versionId = (index: number): string => `${String(index).padStart(8, '0')}-1111-4111-8111-111111111111`;
const entry = (index: number): WorkerEntry =>
  aWorker('hello', {
    deployment: { id: `d${index}`, split: [{ versionId: versionId(index), share: 100_000 }] },
    previewVersions: [versionId(1), versionId(2)],
    aliases: { beta: versionId(2) },
    ownsObjects: true,
  });

interface World {
  readonly control: FakeControl;
  readonly edge: Edge;
  readonly objects: string;
  /** Tells the edge that this version is deployed. */
  deploy(index: number): void;
  pid(): number | undefined;
}

const aWorld = async (t: TestContext, versions: number): Promise<World> => {
  const folder = await aFolder();
  const objects = join(folder.path, 'objects');
  const control = await FakeControl.open(aTable([entry(1)]));
  for (let index = 1; index <= versions; index += 1) control.addVersion(versionId(index), 'hello', LEDGER(`v${index}`), of(NAMESPACE));
  const edge = await openEdge(control, join(folder.path, 'edge'), {
    runtimeDir: join(folder.path, 'r'),
    runtimeSettings: {
      objectsFolder: objects,
      waitUntilGraceMs: 0,
      drainDeadlineMs: 200,
      ownerDrain: { deadlineMs: 8_000, waitUntilGraceMs: 0, killAfterMs: 1_000, waitsFor: 'request' },
      breakerWindowMs: 100,
    },
  });
  t.after(async () => {
    await edge.close();
    await control[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  let generation = 1;
  const deploy = (index: number): void => {
    control.say({ type: 'change', change: { generation: generation + 1, previous: generation, workers: [entry(index)] } });
    generation += 1;
  };
  return { control, edge, objects, deploy, pid: () => edge.state().processes.find(({ state }) => state === 'ready')?.pid };
};

const asked = async (edge: Edge, path: string, headers: Record<string, string> = {}) => {
  const { statusCode, body, headers: answered } = await request(`${edge.url}${path}`, { headers: { host: HOST, ...headers } });
  return { status: statusCode, text: await body.text(), version: answered['switchback-version'] };
};

interface Called {
  readonly object: string;
  readonly op: string;
  readonly status: number;
  readonly n: number;
}

/** Clients that call objects in a row, each call once. */
const hammer = (edge: Edge): { readonly calls: Called[]; stop(): Promise<void> } => {
  const calls: Called[] = [];
  const over = new AbortController();
  const client = async (number: number): Promise<void> => {
    for (let count = 0; !over.signal.aborted; count += 1) {
      const [object, op] = [`o${(number + count) % OBJECTS}`, `${number}-${count}`];
      const { status, text } = await asked(edge, `/${object}/add/${op}`);
      calls.push({ object, op, status, n: status === 200 ? Number(text) : 0 });
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
  return {
    calls,
    stop: async () => {
      over.abort();
      await Promise.all(clients);
    },
  };
};

interface Row {
  readonly n: number;
  readonly op: string;
  readonly instance: string;
}

/** Every acknowledged call is a row and says its number; nothing else is but calls of unknown outcome; instances never take turns. */
const checkLedgers = async (edge: Edge, calls: readonly Called[]): Promise<number> => {
  let instances = 0;
  for (let object = 0; object < OBJECTS; object += 1) {
    const name = `o${object}`;
    const rows: readonly Row[] = JSON.parse((await asked(edge, `/${name}/rows`)).text);
    const own = calls.filter((call) => call.object === name);
    const stored = new Map(rows.map(({ op, n }) => [op, n]));
    for (const { op, n, status } of own) if (status === 200) assert.equal(stored.get(op), n, `${name} ${op}`);
    const known = new Set(own.map(({ op }) => op));
    assert.deepEqual(
      rows.filter(({ op }) => !known.has(op)),
      [],
    );
    assert.deepEqual(
      rows.map(({ n }) => n),
      rows.map((_, index) => index + 1),
    );
    const turns = rows.map(({ instance }) => instance).filter((instance, index, all) => instance !== all[index - 1]);
    assert.equal(new Set(turns).size, turns.length, `instances of ${name} take turns`);
    instances += turns.length;
  }
  return instances;
};

test('[Y-10] through fifty deployments under load every call is answered, stored once and in order, by one instance at a time', async (t) => {
  const { edge, deploy } = await aWorld(t, 5);
  const { calls, stop } = hammer(edge);
  for (let count = 1; count <= DEPLOYMENTS; count += 1) {
    // Some come in the middle of another's swap.
    const before = calls.length;
    if (count % 5 !== 0) await until(() => calls.length > before + 2 * CLIENTS, 'it answers', 20_000);
    deploy(1 + (count % 5));
  }
  const before = calls.length;
  await until(() => calls.length > before + 2 * CLIENTS, 'it answers', 20_000);
  await stop();
  assert.deepEqual([...new Set(calls.map(({ status }) => status))], [200]);
  const instances = await checkLedgers(edge, calls);
  t.diagnostic(`${calls.length} calls, none failed, by ${instances} instances of ${OBJECTS} objects`);
});

test('[Y-10] killed again and again, also in the middle of a swap, it loses nothing that was acknowledged', async (t) => {
  const { edge, deploy, pid } = await aWorld(t, 2);
  const { calls, stop } = hammer(edge);
  for (let count = 1; count <= KILLS; count += 1) {
    const before = calls.length;
    await until(() => pid() !== undefined && calls.length > before + CLIENTS, 'it answers', 20_000);
    if (count % 2 === 0) deploy(1 + ((count / 2) % 2));
    try {
      process.kill(pid() ?? 0, 'SIGKILL');
    } catch {
      // It was being ended already.
    }
  }
  const before = calls.length;
  await until(() => calls.length > before + 2 * CLIENTS, 'it answers', 20_000);
  await stop();
  // What a killed process had in hand is of unknown outcome; nobody else was refused.
  const failed = calls.filter(({ status }) => status !== 200);
  assert.deepEqual(
    [...new Set(failed.map(({ status }) => status))].filter((status) => status !== 502),
    [],
  );
  assert.ok(failed.length <= KILLS * CLIENTS);
  const instances = await checkLedgers(edge, calls);
  t.diagnostic(`${calls.length} calls, ${failed.length} cut off by ${KILLS} kills, by ${instances} instances of ${OBJECTS} objects`);
});

test('[Y-3] addresses and headers of other versions start none: there is a page, or the deployed one answers', async (t) => {
  const { edge, pid } = await aWorld(t, 2);
  await until(() => pid() !== undefined, 'it runs unasked');
  for (const label of [versionId(2).slice(0, 8), versionId(1).slice(0, 8), 'beta']) {
    const answer = await asked(edge, '/', { host: `${label}-hello.team.localhost` });
    assert.equal(answer.status, 404);
    assert.match(answer.text, /its Durable Objects live in the deployed version alone/);
  }
  const overridden = await asked(edge, '/a/rows', { 'cloudflare-workers-version-overrides': `hello="${versionId(2)}"` });
  assert.deepEqual([overridden.status, overridden.text], [200, '[]']);
  assert.match(String(overridden.version), new RegExp(versionId(1)));
  assert.deepEqual(
    edge.state().processes.map((each) => [each.versionId, each.state]),
    [[versionId(1), 'ready']],
  );
});

const joined = async (edge: Edge, room: string): Promise<{ socket: WebSocket; heard: string[]; code: () => number | undefined }> => {
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/${room}/chat`, { headers: { host: HOST } });
  const heard: string[] = [];
  let code: number | undefined;
  socket.on('message', (data) => heard.push(String(data)));
  socket.on('close', (closed) => (code = closed));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, heard, code: () => code };
};

test('[Y-9] hibernating WebSockets reach each other through their object, and are told to come again when another version takes over', async (t) => {
  const { edge, deploy } = await aWorld(t, 2);
  const [one, two] = [await joined(edge, 'room'), await joined(edge, 'room')];
  one.socket.send('hello');
  await until(() => two.heard.length === 1 && one.heard.length === 1, 'both hear it');
  assert.deepEqual(two.heard, ['room: hello']);
  const began = performance.now();
  deploy(2);
  await until(() => one.code() !== undefined && two.code() !== undefined, 'both are closed');
  assert.deepEqual([one.code(), two.code()], [1001, 1001]);
  const again = await joined(edge, 'room');
  t.diagnostic(`from the deployment until the WebSocket was open again: ${(performance.now() - began).toFixed(0)} ms`);
  again.socket.send('back');
  await until(() => again.heard.length === 1, 'it is heard');
  assert.deepEqual(again.heard, ['room: back']);
  again.socket.terminate();
});

test('[Y-8] what a deleted namespace stored is removed when its owner has ended, and nothing else is', async (t) => {
  const { control, edge, objects, deploy, pid } = await aWorld(t, 1);
  control.addVersion(versionId(2), 'hello', LEDGER('v2'), of(NEXT_NAMESPACE));
  await asked(edge, '/a/add/1');
  const pidBefore = pid();
  assert.deepEqual(await foldersIn(objects), [NAMESPACE]);
  await mkdir(join(objects, OTHER_NAMESPACE));
  control.deletedNamespaces = [NAMESPACE, 'c'.repeat(32)];
  deploy(2);
  await until(async () => !(await foldersIn(objects)).includes(NAMESPACE), 'it is removed');
  assert.notEqual(pid(), pidBefore);
  assert.equal((await asked(edge, '/a/rows')).text, '[]');
  assert.deepEqual(await foldersIn(objects), [OTHER_NAMESPACE, NEXT_NAMESPACE].toSorted());
});

const foldersIn = async (objects: string): Promise<readonly string[]> =>
  (await readdir(objects)).filter((name) => /^[0-9a-f]{32}$/.test(name)).toSorted();
