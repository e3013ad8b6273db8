import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { request } from 'undici';
import { WebSocket } from 'ws';
import type { WorkerEntry } from '../domain/index.ts';
import { FakeControl, openEdge } from './fake-control.ts';
import type { Edge } from './index.ts';
import { aFolder, aTable, aWorker, until, V1, V2 } from './testing.ts';

/** These run the real runtime: one Worker has objects, another calls them. */
const NAMESPACE = '0123456789abcdef0123456789abcdef';
const CALLER = '33333333-3333-4333-8333-333333333333';
const BARE = '44444444-4444-4444-8444-444444444444';
const TAKER = '55555555-5555-4555-8555-555555555555';

const OWNER = (version: string) => `import { DurableObject, RpcTarget } from 'cloudflare:workers';
class Tally extends RpcTarget {
  constructor(room) { super(); this.room = room; }
  add(by) { return this.room.count(by); }
}
export class Room extends DurableObject {
  get version() { return ${JSON.stringify(version)}; }
  who() { return { id: this.ctx.id.toString(), name: this.ctx.id.name ?? null }; }
  async count(by) {
    const n = ((await this.ctx.storage.get('n')) ?? 0) + by;
    await this.ctx.storage.put('n', n);
    return n;
  }
  tally() { return new Tally(this); }
  async callBack(callback) { return 'called back: ' + (await callback(this.ctx.id.name)); }
  words() { return new Response('some words').body; }
  fail() { throw new TypeError('on purpose'); }
  async slow() { await scheduler.wait(500); return 'slow'; }
  async fetch(request) {
    if (request.headers.get('upgrade') !== 'websocket') return Response.json({ url: request.url, method: request.method, text: await request.text() });
    const [visitor, ours] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(ours);
    return new Response(null, { status: 101, webSocket: visitor });
  }
  webSocketMessage(from, message) { from.send(this.ctx.id.name + ': ' + message); }
  async ring() { await this.ctx.storage.setAlarm(Date.now()); return 'set'; }
  async alarm() { await this.ctx.storage.put('rang', this.ctx.id.name ?? null); }
  async rang() { return (await this.ctx.storage.get('rang')) ?? null; }
}
export default { async fetch(request, { ROOM }) { return Response.json(await ROOM.getByName('a').count(0)); } };`;

const CALLS = `const tried = async (work) => { try { return await work(); } catch (error) { return error.name + ': ' + error.message; } };
export default { async fetch(request, { ROOM }) {
  const [, name, method, arg] = new URL(request.url).pathname.split('/');
  const room = ROOM.getByName(name);
  if (method === 'version') return Response.json(await tried(() => room.version));
  if (method === 'pass') return room.fetch(request);
  if (method === 'all') return Response.json({
    who: await room.who(),
    sameId: ROOM.idFromName(name).toString(),
    unnamed: (await ROOM.get(ROOM.newUniqueId()).who()).name,
    version: await room.version,
    count: await room.count(2),
    pipelined: await room.tally().add(3),
    callBack: await room.callBack((name) => 'hello ' + name),
    words: await new Response(await room.words()).text(),
    fetched: await (await room.fetch('https://room/x?y=1', { method: 'POST', body: 'text' })).json(),
    failed: await tried(() => room.fail()),
    missing: await tried(() => room.nothing()),
  });
  return Response.json(await tried(() => room[method](arg === undefined ? undefined : Number(arg))));
} };`;

const serving = (name: string, versionId: string, generation: number): WorkerEntry =>
  aWorker(name, {
    deployment: { id: `d${generation}`, split: [{ versionId, share: 100_000 }] },
    ...(name === 'hello' ? { ownsObjects: true } : {}),
  });

interface World {
  readonly edge: Edge;
  change(change: { readonly workers?: readonly WorkerEntry[]; readonly deletedWorkers?: readonly string[] }): void;
  call(path: string): Promise<unknown>;
}

const aWorld = async (t: TestContext): Promise<World> => {
  const folder = await aFolder();
  const control = await FakeControl.open(aTable([serving('hello', V1, 1), serving('caller', CALLER, 1)]));
  for (const [id, version] of [
    [V1, 'first'],
    [V2, 'second'],
  ] as const) {
    control.addVersion(id, 'hello', OWNER(version), {
      durableObjects: [{ className: 'Room', namespaceId: NAMESPACE, storage: 'sqlite' }],
      bindings: [{ type: 'durable_object_namespace', name: 'ROOM', class_name: 'Room', namespace_id: NAMESPACE }],
    });
  }
  control.addVersion(BARE, 'hello', 'export default { fetch: () => new Response("no objects") };');
  control.addVersion(TAKER, 'hotel', OWNER('taker'), {
    durableObjects: [{ className: 'Room', namespaceId: NAMESPACE, storage: 'sqlite' }],
  });
  control.addVersion(CALLER, 'caller', CALLS, {
    bindings: [{ type: 'durable_object_namespace', name: 'ROOM', class_name: 'Room', script_name: 'hello', namespace_id: NAMESPACE }],
  });
  const edge = await openEdge(control, join(folder.path, 'edge'), {
    runtimeDir: join(folder.path, 'r'),
    runtimeSettings: {
      objectsFolder: join(folder.path, 'objects'),
      waitUntilGraceMs: 0,
      drainDeadlineMs: 200,
      ownerDrain: { deadlineMs: 8_000, waitUntilGraceMs: 0, killAfterMs: 1_000, waitsFor: 'request' },
    },
  });
  t.after(async () => {
    await edge.close();
    await control[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  let generation = 1;
  return {
    edge,
    change: (change) => {
      control.say({ type: 'change', change: { generation: generation + 1, previous: generation, ...change } });
      generation += 1;
    },
    call: async (path) => {
      const { body } = await request(`${edge.url}${path}`, { headers: { host: 'caller.team.localhost' } });
      const text = await body.text();
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    },
  };
};

test("[Y-11] another Worker's objects are called by name as one's own: methods, properties, callbacks, streams, requests, errors", async (t) => {
  const { edge, call } = await aWorld(t);
  const all = (await call('/a/all')) as { who: { id: string; name: string }; sameId: string; missing: string };
  const { who, sameId, missing, ...rest } = all;
  assert.equal(who.name, 'a');
  assert.equal(who.id, sameId);
  assert.match(missing, /TypeError: .*"nothing"/);
  assert.deepEqual(rest, {
    unnamed: null,
    version: 'first',
    count: 2,
    pipelined: 5,
    callBack: 'called back: hello a',
    words: 'some words',
    fetched: { url: 'https://room/x?y=1', method: 'POST', text: 'text' },
    failed: 'TypeError: on purpose',
  });
  const { body } = await request(edge.url, { headers: { host: 'hello.team.localhost' } });
  assert.equal(await body.text(), '5');
  assert.equal(await call('/named/ring'), 'set');
  await until(async () => (await call('/named/rang')) === 'named', 'the alarm has its name');
});

test("[Y-11] they are the objects of the owner's one process: a call waits through its swap, what it has in hand is finished", async (t) => {
  const { call, change, edge } = await aWorld(t);
  assert.equal(await call('/a/count/1'), 1);
  const slow = call('/a/slow');
  await until(() => edge.state().processes.some(({ state }) => state === 'ready'), 'they run');
  const calls: Promise<unknown>[] = [];
  for (let count = 0; count < 4; count += 1) {
    change({ workers: [serving('hello', count % 2 === 0 ? V2 : V1, count + 2)] });
    for (let each = 0; each < 5; each += 1) calls.push(call('/a/count/1'));
    await until(async () => (await call('/a/version')) === (count % 2 === 0 ? 'second' : 'first'), 'the next version has them');
  }
  assert.equal(await slow, 'slow');
  const counts = (await Promise.all(calls)) as number[];
  assert.deepEqual(
    counts.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 2),
  );
});

test('[G-13] where they went to another Worker, versions that do not know it are led there: no call is lost, and none is made twice', async (t) => {
  const { call, change } = await aWorld(t);
  assert.equal(await call('/a/count/1'), 1);
  const counts: Promise<unknown>[] = [];
  const over = new AbortController();
  const calling = (async () => {
    while (!over.signal.aborted) {
      counts.push(call('/a/count/1'));
      await counts.at(-1);
    }
  })();
  const waiting = call('/a/slow');
  await until(() => counts.length > 3, 'it calls');
  const moved = aWorker('hello', {
    deployment: { id: 'd2', split: [{ versionId: BARE, share: 100_000 }] },
    movedObjects: { [NAMESPACE]: 'hotel' },
  });
  const hotel = aWorker('hotel', { deployment: { id: 'd1', split: [{ versionId: TAKER, share: 100_000 }] }, ownsObjects: true });
  change({ workers: [moved, hotel] });
  await until(async () => (await call('/a/version')) === 'taker', 'the new owner has them');
  over.abort();
  await calling;
  assert.equal(await waiting, 'slow');
  assert.deepEqual(
    await Promise.all(counts),
    counts.map((_, index) => index + 2),
  );
});

test('[Y-11] WebSockets reach them through the Worker between', async (t) => {
  const { edge } = await aWorld(t);
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/lobby/pass`, { headers: { host: 'caller.team.localhost' } });
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(String(data)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send('hello');
  await until(() => heard.length === 1, 'it answers');
  assert.deepEqual(heard, ['lobby: hello']);
  socket.terminate();
});

test('[Y-11] where the owner is gone the call fails in words', async (t) => {
  const { call, change } = await aWorld(t);
  assert.equal(await call('/a/count/1'), 1);
  change({ deletedWorkers: ['hello'] });
  await until(
    async () => /The Worker "hello" was not called: there is no Worker of this name/.test(String(await call('/a/count/1'))),
    'it says so',
  );
});
