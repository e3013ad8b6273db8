/** What refers to a Worker: shown with it, and asked before it is deleted. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';

const ROOM = {
  code: `import { DurableObject } from 'cloudflare:workers';
export class Room extends DurableObject {}
export class Log extends DurableObject {}
export default { fetch: () => new Response('hello'), queue() {} };`,
  metadata: { migrations: { new_tag: 'v1', steps: [{ new_sqlite_classes: ['Room', 'Log'] }] } },
};
const toRoom = (name: string) => ({ type: 'durable_object_namespace', name, class_name: 'Room', script_name: 'chat' });
const toChat = (name: string) => ({ type: 'service', name, service: 'chat' });

/** `chat` has rooms and a log and consumes jobs; `lobby` calls it and uses its rooms, each under two names, `cafe` only calls it. */
const aChat = async (t: TestContext): Promise<TestApi> => {
  const api = await anApi(t, { hasData: true });
  await api.upload('chat', ROOM);
  const { queue_id } = await api.ok('createQueue', {}, { json: { queue_name: 'jobs' } });
  await api.ok('createQueueConsumer', { queue_id }, { json: { type: 'worker', script_name: 'chat' } });
  await api.upload('lobby', { metadata: { bindings: [toRoom('A'), toRoom('B'), toChat('C'), toChat('D'), toChat('E')] } });
  await api.upload('cafe', { metadata: { bindings: [toChat('CHAT')] } });
  await api.upload('bystander', { metadata: { bindings: [{ type: 'plain_text', name: 'CHAT', text: 'chat' }] } });
  return api;
};
const codesOf = async (response: Response): Promise<readonly number[]> =>
  ((await response.json()) as { errors: readonly { code: number }[] }).errors.map(({ code }) => code);
const idOf = async (api: TestApi, worker: string): Promise<string> => (await api.ok('getWorker', { worker })).id;

test('[A-16] who calls a Worker, uses its objects or sends it messages is shown with it, each once', async (t) => {
  const api = await aChat(t);
  const { references, id } = await api.ok('getWorker', { worker: 'chat' });
  const [lobby, cafe] = [await idOf(api, 'lobby'), await idOf(api, 'cafe')];
  const [queue] = await api.ok('listQueues', {});
  const namespaces = await api.ok('listDurableObjectNamespaces', {});
  const room = namespaces.find((namespace) => namespace.class === 'Room');
  assert.deepEqual(references, {
    dispatch_namespace_outbounds: [],
    domains: [],
    durable_objects: [{ namespace_id: room?.id, namespace_name: 'chat_Room', worker_id: lobby, worker_name: 'lobby' }],
    queues: [{ queue_consumer_id: queue?.consumers[0]?.consumer_id, queue_id: queue?.queue_id, queue_name: 'jobs' }],
    workers: [
      { id: cafe, name: 'cafe' },
      { id: lobby, name: 'lobby' },
    ],
  });
  const listed = await api.ok('listWorkers', {});
  assert.deepEqual(listed.find((worker) => worker.id === id)?.references, references, 'in the list too');
  for (const worker of listed.filter((each) => each.id !== id)) {
    assert.deepEqual([worker.references.workers, worker.references.queues, worker.references.durable_objects], [[], [], []], worker.name);
  }
});

test('[A-16] a Worker that others refer to is deleted by force only, whichever call asks; what holds it is named at once, and no more once it lets go', async (t) => {
  const api = await aChat(t);
  const worker = await idOf(api, 'chat');
  const refused = async (): Promise<readonly number[]> => {
    const codes = await codesOf(await api.response('deleteWorker', { worker }));
    for (const name of ['deleteScript', 'deleteService'] as const) {
      assert.deepEqual(await codesOf(await api.response(name, { script_name: 'chat' })), codes, name);
    }
    return codes;
  };
  assert.deepEqual(await refused(), [100371, 100361, 10064], 'callers, those who use its objects, queues: all at once');
  await api.upload('cafe');
  await api.upload('lobby', { metadata: { bindings: [toRoom('A')] } });
  assert.deepEqual(await refused(), [100361, 10064]);
  await api.upload('lobby');
  assert.deepEqual(await refused(), [10064]);
  await api.upload('cafe', { metadata: { bindings: [toChat('CHAT')] } });
  await api.ok('deleteWorker', { worker }, { query: { force: true } });
  assert.equal((await api.refused('getWorker', { worker })).code, 10007);
  assert.deepEqual(await api.ok('listDurableObjectNamespaces', {}), []);
});

test('Workers are listed in the order asked for, a page at a time', async (t) => {
  const api = await anApi(t);
  for (const name of ['b', 'a', 'c']) {
    api.plane.clock.move(1000);
    await api.upload(name);
  }
  api.plane.clock.move(1000);
  await api.upload('a');
  await api.ok('createWorker', {}, { json: { name: 'draft' } });
  const names = async (query: Readonly<Record<string, string | number>>) =>
    (await api.ok('listWorkers', {}, { query })).map(({ name }) => name);
  assert.deepEqual(await names({}), ['a', 'b', 'c', 'draft']);
  assert.deepEqual(await names({ order: 'desc' }), ['draft', 'c', 'b', 'a']);
  assert.deepEqual(await names({ order_by: 'deployed_on' }), ['draft', 'b', 'c', 'a']);
  assert.deepEqual(await names({ order_by: 'created_on', per_page: 2, page: 2 }), ['c', 'draft']);
});
