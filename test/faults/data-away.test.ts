/** What holds the bindings' data is gone and cannot start again: callers are told, and not kept waiting for good. */
import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { descendants } from '../support/processes.ts';
import { startServer, type Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

/** A call waits 15 s at most; what is around it takes its time on a busy machine. */
const TOLD_WITHIN_MS = 40_000;
const BACK_WITHIN_MS = 40_000;
const KINDS = ['kv', 'd1', 'r2', 'queue'] as const;

/** Each path asks one kind of binding, and answers what that says. */
const code = `
const asks = {
  '/kv': ({ KV }) => KV.get('key'),
  '/d1': ({ DB }) => DB.prepare('select 1').first(),
  '/r2': ({ R2 }) => R2.head('key'),
  '/queue': ({ QUEUE }) => QUEUE.send('message'),
};
export default {
  fetch: (request, env) => asks[new URL(request.url).pathname](env).then(() => new Response('ok'), (error) => new Response(String(error))),
};`;

const anAsker = async (server: Server): Promise<string> => {
  const { id: namespace_id } = (await server.api('POST', 'storage/kv/namespaces', { title: 'asked' })) as { id: string };
  const { uuid } = (await server.api('POST', 'd1/database', { name: 'asked' })) as { uuid: string };
  await server.api('POST', 'r2/buckets', { name: 'asked' });
  await server.api('POST', 'queues', { queue_name: 'asked' });
  const bindings = [
    { type: 'kv_namespace', name: 'KV', namespace_id },
    { type: 'd1', name: 'DB', id: uuid },
    { type: 'r2_bucket', name: 'R2', bucket_name: 'asked' },
    { type: 'queue', name: 'QUEUE', queue_name: 'asked' },
  ];
  await server.api('PUT', 'workers/scripts/asker', aWorker({ code, metadata: { bindings } }));
  await server.api('POST', 'workers/scripts/asker/subdomain', { enabled: true, previews_enabled: false });
  return namespace_id;
};

/** What each of the kinds answers when all are asked at once. */
const asked = async (server: Server): Promise<readonly string[]> =>
  Promise.all(KINDS.map(async (kind) => (await server.visit('asker', `/${kind}`)).text));

const isBack = async (server: Server): Promise<void> => {
  await until('all kinds to answer again', async () => (await asked(server)).every((text) => text === 'ok'), BACK_WITHIN_MS);
};

/** A file stands where a folder of the data is looked for. */
const spoil = (path: string): Disposable => {
  renameSync(path, `${path}.away`);
  writeFileSync(path, '');
  return {
    [Symbol.dispose]: () => {
      rmSync(path);
      renameSync(`${path}.away`, path);
    },
  };
};

const AWAY = /The data of bindings cannot be reached: what holds it does not start/;

test('[C-10] while what holds the data of bindings cannot start, their calls fail within a stated time and with the reason; once it can, they are answered', async () => {
  await using server = await startServer();
  const namespace = await anAsker(server);
  await isBack(server);
  const resources = join(server.data, 'resources');
  {
    using _ = spoil(resources);
    const ours = server.half('data') ?? 0;
    for (const pid of [ours, ...descendants(ours).map((child) => child.pid)]) process.kill(pid, 'SIGKILL');
    // Connections that were kept from before are cut, and say so.
    await until('all kinds to say why', async () => (await asked(server)).every((text) => AWAY.test(text)), TOLD_WITHIN_MS);
    await assert.rejects(server.api('GET', `storage/kv/namespaces/${namespace}/keys`), /503.*The data of bindings cannot be reached/);
    await assert.rejects(server.api('POST', 'queues', { queue_name: 'another' }), /503.*cannot be reached.*Nothing was changed/);
  }
  await isBack(server);
  {
    using _ = spoil(join(resources, 'kv', 'objects'));
    const runtime = descendants(server.half('data') ?? 0).find(({ command }) => /workerd.* serve /.test(command))?.pid ?? 0;
    process.kill(runtime, 'SIGKILL');
    const told = async (): Promise<boolean> => {
      const [kv = '', d1 = '', ...others] = await asked(server);
      assert.deepEqual(others, ['ok', 'ok'], 'what runs is not refused');
      return AWAY.test(kv) && AWAY.test(d1);
    };
    await until('what does not run to say why', told, TOLD_WITHIN_MS);
  }
  await isBack(server);
});
