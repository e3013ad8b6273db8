/** What holds the bindings' data, killed while Workers write: 200 requests a second, each one write. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Load } from '../support/load.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { send } from '../support/send.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const PER_SECOND = 200;
const KILLS = 4;
/** So far from the end of a process the test may notice it. */
const NOTICED_MS = 100;

/** `/` writes one value under a new key to a store of the three; `/missing` says which of the keys it is sent are not there. */
const code = `
const stores = {
  kv: { put: ({ KV }, key) => KV.put(key, key), has: async ({ KV }, key) => (await KV.get(key)) === key },
  r2: { put: ({ R2 }, key) => R2.put(key, key), has: async ({ R2 }, key) => (await R2.head(key)) !== null },
  d1: {
    put: ({ DB }, key) => DB.prepare('insert into written values (?)').bind(key).run(),
    has: async ({ DB }, key) => (await DB.prepare('select key from written where key = ?').bind(key).first()) !== null,
  },
};
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/init') return Response.json(await env.DB.exec('create table written (key text primary key) without rowid'));
    if (pathname === '/missing') {
      const found = await Promise.all((await request.json()).map(async (key) => [key, await stores[key.slice(0, 2)].has(env, key)]));
      return Response.json(found.filter(([, has]) => !has).map(([key]) => key));
    }
    const kind = ['kv', 'r2', 'd1'][Math.floor(Math.random() * 3)];
    const key = kind + crypto.randomUUID();
    await stores[kind].put(env, key);
    return new Response(key);
  },
};`;

const aWriter = async (server: Server): Promise<string> => {
  const { id: namespace_id } = (await server.api('POST', 'storage/kv/namespaces', { title: 'written' })) as { id: string };
  const { uuid } = (await server.api('POST', 'd1/database', { name: 'written' })) as { uuid: string };
  await server.api('POST', 'r2/buckets', { name: 'written' });
  const bindings = [
    { type: 'kv_namespace', name: 'KV', namespace_id },
    { type: 'd1', name: 'DB', id: uuid },
    { type: 'r2_bucket', name: 'R2', bucket_name: 'written' },
  ];
  await server.api('PUT', 'workers/scripts/writer', aWorker({ code, metadata: { bindings } }));
  await server.api('POST', 'workers/scripts/writer/subdomain', { enabled: true, previews_enabled: false });
  assert.equal((await server.visit('writer', '/init')).status, 200);
  return server.host('writer');
};

/** The processes that hold data: ours with the buckets, and the runtime's with the rest. */
const holders = (server: Server): { readonly ours: number; readonly runtime: number } => {
  const ours = server.half('data');
  const runtime = descendants(ours ?? 0).find(({ command }) => /workerd.* serve /.test(command))?.pid;
  assert.ok(ours !== undefined && runtime !== undefined);
  return { ours, runtime };
};

const isOver = async (pid: number): Promise<number> => {
  await until(`process ${pid} to be gone`, () => !isAlive(pid));
  return performance.now();
};

test('[C-9] what holds the data of bindings is killed under writes: only what was in its hands fails, the rest waits, nothing acknowledged is lost', async (t) => {
  await using server = await startServer();
  const host = await aWriter(server);
  await using load = new Load({ url: server.edgeUrl, host, perSecond: PER_SECOND });
  const answered = (more: number) => {
    const before = load.answers.length;
    return until(`${more} more answers`, () => load.answers.length >= before + more, 60_000);
  };
  await answered(PER_SECOND);
  const deaths: Promise<number>[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { ours, runtime } = holders(server);
    // Without ours the runtime's is an orphan, which the next of ours ends.
    deaths.push(isOver(runtime), ...(kill % 2 === 0 ? [] : [isOver(ours)]));
    process.kill(kill % 2 === 0 ? runtime : ours, 'SIGKILL');
    await answered(2 * PER_SECOND);
  }
  const answers = await load.stop();
  const ends = await Promise.all(deaths);
  const written = answers.filter(({ status }) => status === 200).map(({ text }) => text);
  const failed = answers.filter(({ status }) => status !== 200);
  const longest = Math.max(...answers.map(({ began, ended }) => ended - began));
  t.diagnostic(`${KILLS} kills: ${written.length} written, ${failed.length} failed, the longest took ${Math.round(longest)} ms`);
  const stray = failed.filter(({ began, ended }) => !ends.some((at) => began <= at + NOTICED_MS && ended >= at - NOTICED_MS));
  assert.deepEqual(stray, []);
  for (let at = 0; at < written.length; at += 300) {
    const body = Buffer.from(JSON.stringify(written.slice(at, at + 300)));
    const missing = await send({ url: `${server.edgeUrl}/missing`, method: 'POST', headers: { host }, body });
    assert.deepEqual(JSON.parse(missing.body.toString()), []);
  }
});
