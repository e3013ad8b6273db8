import assert from 'node:assert/strict';
import test from 'node:test';
import { ownEndpoints } from '../../src/contract/index.ts';
import { anApi, type TestApi } from '../support/api.ts';
import { SESSION, signsIn } from '../support/browser-session.ts';
import { EventReader } from '../support/event-reader.ts';
import { until } from '../support/until.ts';

const EVENTS = '/switchback/v1/events';
const HOUR_MS = 3_600_000;

const reading = async (api: TestApi, token = api.token): Promise<EventReader> => new EventReader(await api.send('GET', EVENTS, { token }));

const schema = ownEndpoints.watchEvents.event;

interface Edges {
  readonly generation: number;
  readonly edges: readonly { readonly id: string; readonly generation: number; readonly connected: boolean; readonly pending: boolean }[];
}

const edgesIn = (data: unknown): Edges => {
  assert.deepEqual(schema.parse(data), data);
  return data as Edges;
};

test('[SE-9] each change is told to whoever listens, as the audit log has it', async (t) => {
  const api = await anApi(t);
  const readers = [await reading(api), await reading(api)] as const;
  await api.upload('hello');
  const [row] = await api.api.store.read.audit.page({ offset: 0, limit: 1 });
  for (const reader of readers) {
    const data = await reader.nextOf('change');
    assert.deepEqual(schema.parse(data), data);
    assert.deepEqual(data, {
      id: row?.id,
      at: row?.at,
      action: 'script.upload',
      target: 'worker/hello',
      worker: 'hello',
      actor: row?.actor,
      source: 'api',
      generation: 1,
    });
  }
});

test('[SE-9] a change of a route is one of its Worker, and what a refusal leaves undone is no change', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const { id: zone_id } = await api.ok('createZone', {}, { json: { name: 'example.com' } });
  const reader = await reading(api);
  await api.refused('createZone', {}, { json: { name: 'example.com' } });
  await api.ok('createRoute', { zone_id }, { json: { pattern: 'example.com/*', script: 'hello' } });
  const { action, worker } = (await reader.nextOf('change')) as { action: string; worker: string };
  assert.deepEqual([action, worker], ['route.put', 'hello']);
});

test('[SE-9] what is done in a session is told as done in the dashboard', async (t) => {
  const api = await anApi(t);
  const reader = await reading(api);
  const session = await signsIn(api);
  await session.send('POST', `${SESSION}/codes`);
  const events = [await reader.nextOf('change'), await reader.nextOf('change')] as { action: string; source: string }[];
  assert.deepEqual(
    events.map(({ action, source }) => [action, source]),
    [
      ['session.create', 'dash'],
      ['session.invite', 'dash'],
    ],
  );
});

test('[SE-10] the edges come first, and again whenever one comes, goes or confirms', async (t) => {
  const api = await anApi(t);
  const reader = await reading(api);
  const first = await reader.next();
  assert.equal(first?.event, 'edges');
  assert.deepEqual(edgesIn(first?.data), {
    generation: 0,
    edges: [{ id: 'listening', url: 'http://127.0.0.1:8080', generation: 0, connected: true, pending: false }],
  });
  assert.deepEqual(reader.others, ['retry: 1000']);
  const statesOf = async (id: string, is: (edge: Edges['edges'][number] | undefined) => boolean) => {
    for (;;) {
      const { edges } = edgesIn(await reader.nextOf('edges'));
      if (is(edges.find((edge) => edge.id === id))) return;
    }
  };
  await api.upload('hello');
  const { id: zone_id } = await api.ok('createZone', {}, { json: { name: 'example.com' } });
  // One that never confirms by itself.
  const leave = await api.api.publisher.join('slow', () => {});
  api.api.feed.report({ edge: 'slow', generation: 1, url: 'http://127.0.0.1:8081', processes: [] });
  await statesOf('slow', (edge) => edge?.connected === true && !edge.pending);
  const routing = api.ok('createRoute', { zone_id }, { json: { pattern: 'example.com/*', script: 'hello' } });
  await statesOf('slow', (edge) => edge?.pending === true);
  api.api.feed.report({ edge: 'slow', generation: 2, url: 'http://127.0.0.1:8081', processes: [] });
  await statesOf('slow', (edge) => edge?.pending === false);
  await routing;
  leave();
  await statesOf('slow', (edge) => edge?.connected === false);
});

test('[SE-11] a stream ends with the session or the token that it was opened with', async (t) => {
  const api = await anApi(t);
  const session = await signsIn(api);
  const own = new EventReader(await session.send('GET', EVENTS));
  const others = await reading(api);
  await session.send('DELETE', SESSION);
  await own.end();
  const { id, value } = await api.ok('createToken', {}, { json: { name: 'ci' } });
  const revoked = await reading(api, value);
  await api.ok('revokeToken', { token_id: id });
  await revoked.end();
  assert.equal(((await others.nextOf('change')) as { action: string }).action, 'session.delete');
});

test('[SE-11] a stream ends at once where its session ends while it is opened', { timeout: 20_000 }, async (t) => {
  const api = await anApi(t);
  t.mock.timers.enable({ apis: ['setInterval'] });
  const session = await signsIn(api);
  const { meta } = api.api.store.read;
  const generation = meta.generation.bind(meta);
  // Behind the door, and before anybody here knows of it.
  t.mock.method(meta, 'generation', async () => {
    t.mock.restoreAll();
    await session.send('DELETE', SESSION);
    return generation();
  });
  await new EventReader(await session.send('GET', EVENTS)).end();
});

test('[SE-11] a stream beats every 15 s, and ends at the next beat where its session has expired', async (t) => {
  const api = await anApi(t);
  t.mock.timers.enable({ apis: ['setInterval'] });
  const session = await signsIn(api);
  const reader = new EventReader(await session.send('GET', EVENTS));
  await reader.next();
  t.mock.timers.tick(15_000);
  await api.ok('createZone', {}, { json: { name: 'example.com' } });
  const ended = reader.end();
  await until('a beat', () => reader.others.includes(': still here'));
  api.plane.clock.move(12 * HOUR_MS);
  t.mock.timers.tick(15_000);
  await ended;
});

test('[SE-12] readers are bounded, and whoever leaves makes room', async (t) => {
  const api = await anApi(t);
  const url = await api.listen();
  const client = new AbortController();
  const overNetwork = new EventReader(
    await fetch(`${url}${EVENTS}`, { headers: { authorization: `Bearer ${api.token}` }, signal: client.signal }),
  );
  await overNetwork.nextOf('edges');
  const inside = await reading(api);
  for (let count = 2; count < 100; count += 1) await reading(api);
  const refused = await api.refusedBy(() => api.send('GET', EVENTS));
  assert.deepEqual([refused.status, refused.code], [429, 100456]);
  await inside.leave();
  await reading(api);
  client.abort();
  await until('room for another', async () => (await api.send('GET', EVENTS)).status === 200);
});

test('[SE-12] a reader that does not read is cut off, and no other with it', async (t) => {
  const api = await anApi(t);
  const cut = new AbortController();
  const outgoing = { once: () => {}, destroy: () => cut.abort() };
  const stuck = await api.app.request(EVENTS, { headers: { authorization: `Bearer ${api.token}` } }, { outgoing });
  const reader = await reading(api);
  const reads = (async () => {
    let count = 0;
    while (!cut.signal.aborted) {
      await reader.nextOf('change');
      count += 1;
    }
    return count;
  })();
  for (let count = 0; !cut.signal.aborted && count < 1000; count += 1)
    await api.ok('createZone', {}, { json: { name: `zone-${count}.example.com` } });
  assert.ok(cut.signal.aborted, 'it was never cut off');
  assert.ok((await reads) > 100, 'the other one has read on');
  assert.ok((await stuck.bytes()).byteLength < 70_000, 'what is kept for it is bounded');
});
