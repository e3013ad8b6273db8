import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { type EdgeReportOfUse, openObserver, reportsSocketIn } from '../../src/observe/index.ts';
import { anApi, type TestApi } from '../support/api.ts';
import { golden } from '../support/golden.ts';
import { sdkFor } from '../support/sdk.ts';

/** An API with what observes beside it, and a Worker that an edge says is traced. */
const anObservedApi = async (t: TestContext): Promise<TestApi> => {
  const api = await anApi(t);
  const { folder } = api.plane;
  const observer = await openObserver({
    folder: join(folder, 'observe'),
    dataDir: join(folder, 'observed'),
    modulesDir: join(folder, 'modules'),
    archiveBytes: 10_000_000,
    log: (detail, sentence) => t.diagnostic(`${sentence} ${JSON.stringify(detail)}`),
  });
  t.after(() => observer[Symbol.asyncDispose]());
  await api.upload('hello');
  const listening = request({ socketPath: reportsSocketIn(join(folder, 'observe')), path: '/watched?edge=here' }).end();
  t.after(() => listening.destroy());
  const [stream] = (await once(listening, 'response')) as [IncomingMessage];
  stream.resume();
  await reported(join(folder, 'observe'), ['hello']);
  return api;
};

/** What an edge says of the Workers whose processes are traced. */
const reported = async (folder: string, attached: readonly string[]): Promise<void> => {
  const report: EdgeReportOfUse = { edge: 'here', boot: 'b', sequence: 1, counts: [], cpu: [], facts: [], attached, droppedFacts: 0 };
  const posting = request({ socketPath: reportsSocketIn(folder), method: 'POST', path: '/' });
  posting.end(JSON.stringify(report));
  const [response] = await once(posting, 'response');
  assert.equal(response.statusCode, 200);
  response.resume();
};

type Tail = { readonly id: string; readonly url: string; readonly expires_at: string };

const hello = { script_name: 'hello' };

test('[TL-1] a tail is opened, listed, read at its URL and deleted', async (t) => {
  const api = await anObservedApi(t);
  const url = new URL(await api.listen());
  const path = `${url.origin}${api.path('createTail', hello)}`;
  const authorization = `Bearer ${api.token}`;
  // As wrangler sends it.
  const body = JSON.stringify({ filters: [{ client_ip: ['self'] }] });
  const opened = await fetch(path, { method: 'POST', body, headers: { authorization, 'content-type': 'text/plain;charset=UTF-8' } });
  const { result: tail, messages } = (await opened.json()) as { result: Tail; messages: unknown[] };
  assert.deepEqual(Object.keys(tail), ['id', 'url', 'expires_at']);
  assert.equal(new URL(tail.url).host, url.host);
  assert.ok(Math.abs(Date.parse(tail.expires_at) - Date.now() - 6 * 60 * 60_000) < 60_000, tail.expires_at);
  assert.deepEqual(messages, []);
  const [listed] = await api.ok('listTails', hello, { headers: { host: url.host } });
  assert.deepEqual(listed, tail);
  const [behindTls] = await api.ok('listTails', hello, { headers: { host: 'api.localhost', 'x-forwarded-proto': 'https' } });
  assert.match(behindTls?.url ?? '', /^wss:\/\/api\.localhost\/tails\/[\w-]{32}$/);
  const socket = new WebSocket(tail.url, 'trace-v1');
  t.after(() => socket.terminate());
  await once(socket, 'open');
  assert.equal(await api.ok('deleteTail', { ...hello, tail_id: tail.id }), null);
  assert.equal((await once(socket, 'close'))[0], 1000);
  assert.deepEqual(await api.ok('listTails', hello), []);
});

test('[TL-1] the bindings that older wranglers read before they tail are those of what serves, without values of secrets', async (t) => {
  const api = await anApi(t);
  const bindings = [
    { type: 'plain_text', name: 'GREETING', text: 'hello' },
    { type: 'secret_text', name: 'KEY', text: 'open sesame' },
  ];
  await api.upload('hello', { metadata: { bindings } });
  assert.deepEqual(await api.ok('getScriptBindings', hello), [
    { type: 'plain_text', name: 'GREETING', text: 'hello' },
    { type: 'secret_text', name: 'KEY' },
  ]);
  assert.equal((await api.refused('getScriptBindings', { script_name: 'nobody' })).code, 10007);
});

test('[TL-1] Cloudflare’s SDK opens and ends tails', async (t) => {
  const api = await anObservedApi(t);
  const sdk = sdkFor({ baseUrl: `${await api.listen()}/client/v4`, token: api.token });
  const { id, url } = (await sdk('workers.scripts.tail.create', 'hello', { account_id: api.api.account.id, body: {} })) as {
    id: string;
    url: string;
  };
  assert.match(url, /^ws:\/\/127\.0\.0\.1:\d+\/tails\//);
  await sdk('workers.scripts.tail.delete', id, { account_id: api.api.account.id, script_name: 'hello' });
  assert.deepEqual(await api.ok('listTails', hello), []);
});

test('[TL-1] only a WebSocket at a tail’s URL is taken over, on a host that is known', async (t) => {
  const api = await anObservedApi(t);
  const { port } = new URL(await api.listen());
  const answer = async (path: string, upgrade: string, host = '127.0.0.1'): Promise<readonly [status: number, body: string]> => {
    const asked = request({ port, path, headers: { host, connection: 'upgrade', upgrade, ...(upgrade === 'websocket' ? HANDSHAKE : {}) } });
    asked.end();
    const [response] = await once(asked, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return [Number(response.statusCode), Buffer.concat(chunks).toString()];
  };
  assert.deepEqual(await answer('/healthz', 'h2c'), [200, '{"ok":true}']);
  assert.deepEqual(await answer('/healthz', 'websocket'), [200, '{"ok":true}']);
  assert.equal((await answer('/tails/unknown', 'h2c'))[0], 404);
  assert.deepEqual(await answer('/tails/unknown', 'websocket'), [404, 'There is no such tail: it has ended, or expired.']);
  const [status, body] = await answer('/tails/unknown', 'websocket', 'evil.example');
  assert.equal(status, 421);
  assert.match(body, /100300/);
});

const HANDSHAKE = { 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };

test('[TL-1] while what observes is away a tail is refused, and so is its WebSocket', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const refused = await api.refused('createTail', hello, { json: { filters: [] } });
  assert.deepEqual([refused.status, refused.code], [503, 10013]);
  const socket = new WebSocket(`${(await api.listen()).replace('http', 'ws')}/tails/unknown`);
  socket.on('error', () => {}); // Its answer says it.
  const [, response] = await once(socket, 'unexpected-response');
  assert.equal(response.statusCode, 503);
  response.resume();
});

test('[TL-4] where no edge says that the Worker is traced, the answer says that the first requests may be missing', async (t) => {
  const api = await anObservedApi(t);
  await api.upload('cold');
  const { messages } = await api.answer('createTail', { script_name: 'cold' }, { json: { filters: [] } });
  assert.deepEqual(
    messages.map(({ message }) => message),
    ['The log is not collected everywhere yet: the first requests may be missing.'],
  );
});

test('[TL-7] the eleventh client is told that there are ten', async (t) => {
  const api = await anObservedApi(t);
  const [one] = await Promise.all(Array.from({ length: 10 }, () => api.ok('createTail', hello, { json: { filters: [] } })));
  const expected = golden<Record<string, unknown>>('tail-refusals');
  const eleventh = await api.refused('createTail', hello, { json: { filters: [] } });
  expected.update((present) => ({ ...present, 'an eleventh': eleventh }));
  assert.deepEqual(eleventh, expected.value['an eleventh']);
  await api.ok('deleteTail', { ...hello, tail_id: one?.id ?? '' });
  await api.ok('createTail', hello, { json: {} });
});

test('[TL-9] a filter that says nothing, or what cannot be, is refused with what is wrong with it', async (t) => {
  const api = await anObservedApi(t);
  const bad: Readonly<Record<string, unknown>> = {
    'a share of nothing': { filters: [{ sampling_rate: 0 }] },
    'a share above all': { filters: [{ sampling_rate: 2 }] },
    'a share in words': { filters: [{ sampling_rate: 'half' }] },
    'an outcome that is none': { filters: [{ outcome: ['fine'] }] },
    'no outcomes': { filters: [{ outcome: [] }] },
    'methods in one text': { filters: [{ method: 'GET,POST' }] },
    'a header without a name': { filters: [{ header: { query: 'blue' } }] },
    'an address that is none': { filters: [{ client_ip: ['localhost'] }] },
    'a search for nothing': { filters: [{ query: '' }] },
    'a version that is none': { filters: [{ scriptVersion: 'latest' }] },
    'another Worker’s version': { filters: [{ scriptVersion: '11111111-71a5-4b5c-8b8e-6f3e3f1f0c11' }] },
    'a filter of another kind': { filters: [{ colour: 'blue' }] },
    'a filter by nothing': { filters: [{}] },
    'filters that are no list': { filters: { method: ['GET'] } },
    'too many filters': { filters: Array.from({ length: 21 }, () => ({ method: ['GET'] })) },
    'a body that is a list': [],
  };
  const expected = golden<Record<string, unknown>>('tail-refusals');
  for (const [what, json] of Object.entries(bad)) {
    const refused = await api.refused('createTail', hello, { json: json as Readonly<Record<string, unknown>> });
    expected.update((present) => ({ ...present, [what]: refused }));
    assert.deepEqual(refused, expected.value[what], what);
  }
  const unknown = [
    await api.refused('createTail', { script_name: 'nobody' }, { json: { filters: [] } }),
    await api.refused('listTails', { script_name: 'nobody' }),
    await api.refused('deleteTail', { script_name: 'nobody', tail_id: 'x' }),
    await api.refused('deleteTail', { ...hello, tail_id: '../hello' }),
  ];
  assert.deepEqual(
    unknown.map(({ status, code }) => [status, code]),
    [
      [404, 10007],
      [404, 10007],
      [404, 10007],
      [404, 100431],
    ],
  );
  assert.deepEqual(await api.ok('listTails', hello), []);
});
