import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Edge } from '../edge.ts';
import { FakeControl, openEdge } from '../fake-control.ts';
import type { EdgeLimits } from '../limits.ts';
import { aTable, aWorker } from '../testing.ts';

const ONE = '11111111-1111-4111-8111-111111111111';
const TWO = '12222222-2222-4222-8222-222222222222';
const OTHER = '21111111-1111-4111-8111-111111111111';

const KEPT = `const kept = (text, headers = {}, init = {}) => new Response(text, { headers: { 'cache-control': 'max-age=60', ...headers }, ...init });
const URL_ = 'https://kept.example/a?b=c';
const found = async (answer) => answer === undefined ? undefined : { status: answer.status, text: await answer.text() };
const tried = (work) => Promise.resolve().then(work).then((value) => value ?? 'fine', (error) => error.name + ': ' + error.message);
`;

interface World {
  readonly edge: Edge;
  /** What this function of the Worker gives. */
  ask(form: string, worker?: string, version?: string): Promise<unknown>;
}

/** A Worker of two versions, and another, that have these functions. */
const aWorld = async (t: TestContext, forms: string, limits: Partial<EdgeLimits> = {}): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-cache-'));
  const split = [ONE, TWO].map((versionId) => ({ versionId, share: 50_000 }));
  const control = await FakeControl.open(
    aTable([
      aWorker('keeper', { deployment: { id: 'd-keeper', split } }),
      aWorker('other', { deployment: { id: 'd-other', split: [{ versionId: OTHER, share: 100_000 }] } }),
    ]),
  );
  const code = `${KEPT}const forms = { ${forms} };
    export default { async fetch(request) { return Response.json((await forms[new URL(request.url).pathname.slice(1)](request)) ?? null); } };`;
  for (const [id, name] of [
    [ONE, 'keeper'],
    [TWO, 'keeper'],
    [OTHER, 'other'],
  ] as const)
    control.addVersion(id, name, code, {});
  const edge = await openEdge(control, join(folder, 'edge'), {
    runtimeDir: join(folder, 'run'),
    limits: { drainTimeoutMs: 5_000, ...limits },
    runtimeSettings: { waitUntilGraceMs: 0, warmMs: 0, watchMs: 50, killAfterMs: 50 },
  });
  t.after(async () => {
    await edge.close();
    await control[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const ask = async (form: string, worker = 'keeper', version?: string): Promise<unknown> => {
    const headers = {
      host: `${worker}.team.localhost`,
      ...(version === undefined ? {} : { 'cloudflare-workers-version-overrides': `keeper="${version}"` }),
    };
    const asked = request({ port: new URL(edge.url).port, path: `/${form}`, agent: false, headers }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return JSON.parse(await text(answer));
  };
  return { edge, ask };
};

const FORMS = `
  put: () => tried(() => caches.default.put(URL_, kept('one', { 'x-own': 'é', 'content-type': 'text/own' }, { status: 404, statusText: 'Gone Off' }))),
  get: async () => {
    const answer = await caches.default.match(URL_);
    return answer && [answer.status, answer.statusText, await answer.text(), Object.fromEntries(answer.headers)];
  },
  delete: () => caches.default.delete(URL_),
`;

test('[Z-1] what a Worker puts each of its versions gets, as it was, and no other Worker; it is gone when it is deleted', async (t) => {
  const { ask } = await aWorld(t, FORMS);
  assert.equal(await ask('get'), null);
  assert.equal(await ask('put', 'keeper', ONE), 'fine');
  const headers = {
    'cache-control': 'max-age=60',
    'content-type': 'text/own',
    'x-own': 'é',
    'content-length': '3',
    age: '0',
    'cf-cache-status': 'HIT',
  };
  for (const version of [ONE, TWO]) assert.deepEqual(await ask('get', 'keeper', version), [404, 'Gone Off', 'one', headers]);
  assert.equal(await ask('get', 'other'), null);
  assert.equal(await ask('delete', 'other'), false);
  assert.equal(await ask('delete', 'keeper', TWO), true);
  assert.deepEqual([await ask('get', 'keeper', ONE), await ask('delete')], [null, false]);
});

test('[Z-1] bytes of any kind and size come back, also compressed and streamed ones, and a response is kept whole or not at all', async (t) => {
  const { ask } = await aWorld(
    t,
    `
    bytes: async () => {
      const bytes = new Uint8Array(3_000_000).map((_, index) => (index * 31) % 256);
      await caches.default.put(URL_, kept(bytes));
      const found = new Uint8Array(await (await caches.default.match(URL_)).arrayBuffer());
      return found.length === bytes.length && found.every((byte, index) => byte === bytes[index]);
    },
    compressed: async () => {
      await caches.default.put(URL_, kept('small '.repeat(1000), { 'content-encoding': 'gzip' }));
      const answer = await caches.default.match(URL_);
      return [answer.headers.get('content-encoding'), Number(answer.headers.get('content-length')) < 1000, (await answer.text()).length];
    },
    streamed: async () => {
      const { readable, writable } = new TransformStream();
      const put = caches.default.put(URL_, kept(readable));
      const writer = writable.getWriter();
      for (const part of ['a', 'b', 'c']) await writer.write(new TextEncoder().encode(part));
      await writer.close();
      await put;
      const answer = await caches.default.match(URL_);
      return [answer.headers.get('content-length'), answer.headers.get('transfer-encoding'), await answer.text()];
    },
    broken: async () => {
      await caches.default.delete(URL_);
      const broken = new ReadableStream({ start(to) { to.enqueue(new Uint8Array(10)); }, pull(to) { to.error(new Error('broken on purpose')); } });
      const put = await tried(() => caches.default.put(URL_, kept(broken)));
      return [put, (await caches.default.match(URL_)) ?? null];
    },
    empty: async () => {
      await caches.default.put(URL_, kept(null, {}, { status: 204 }));
      return found(await caches.default.match(URL_));
    },`,
  );
  assert.equal(await ask('bytes'), true);
  assert.deepEqual(await ask('compressed'), ['gzip', true, 6000]);
  assert.deepEqual(await ask('streamed'), ['3', null, 'abc']);
  assert.deepEqual(await ask('broken'), ['Error: broken on purpose', null]);
  assert.deepEqual(await ask('empty'), { status: 204, text: '' });
});

test('[Z-2] what says that it is not to be kept, or not by all, is not kept, and no error either; a method or a part is refused', async (t) => {
  const { ask } = await aWorld(
    t,
    `
    kept: async () => {
      const is = async (headers, init, request = {}) => {
        const asked = new Request(URL_, request);
        await caches.default.delete(URL_);
        await caches.default.put(asked, new Response('x', { headers, ...init }));
        return (await caches.default.match(URL_)) !== undefined;
      };
      return [
        await is({}),
        await is({ 'cache-control': 'no-store' }),
        await is({ 'cache-control': 'private, max-age=60' }),
        await is({ 'cache-control': 'max-age=60', 'set-cookie': 'a=b' }),
        await is({ 'cache-control': 'max-age=60' }, {}, { headers: { authorization: 'Bearer x' } }),
        await is({ 'cache-control': 'max-age=60' }, { status: 500 }),
        await is({}, { status: 500 }),
      ];
    },
    cookie: async () => {
      await caches.default.put(URL_, new Response('x', { headers: { 'cache-control': 'max-age=60, private=Set-Cookie', 'set-cookie': 'a=b', 'x-b': 'c' } }));
      const { headers } = await caches.default.match(URL_);
      return [headers.get('set-cookie'), headers.get('x-b')];
    },
    strange: async () => {
      const is = async (headers, init) => {
        await caches.default.delete(URL_);
        const put = await tried(() => caches.default.put(URL_, kept('x', headers, init)));
        return [put, (await caches.default.match(URL_)) !== undefined];
      };
      return [await is({ 'x-control': 'a\\x01b' }), await is({ 'x-bytes': '\\xe9\\xff' })];
    },
    refused: async () => [
      await tried(() => caches.default.put(new Request(URL_, { method: 'POST' }), kept('x'))),
      await tried(() => caches.default.put(URL_, kept('x', {}, { status: 206 }))),
      await tried(() => caches.default.put(URL_, kept('x', { vary: 'accept, *' }))),
    ],`,
  );
  assert.deepEqual(await ask('kept'), [true, false, false, false, false, true, false]);
  assert.deepEqual(await ask('cookie'), [null, 'c']);
  assert.deepEqual(await ask('strange'), [
    ['fine', false],
    ['fine', true],
  ]);
  assert.deepEqual(await ask('refused'), [
    'TypeError: Cannot cache response to non-GET request.',
    'TypeError: Cannot cache response to a range request (206 Partial Content).',
    "TypeError: Cannot cache response with 'Vary: *' header.",
  ]);
});

test('[Z-3] a match heeds conditions, ranges and the method; the URL is the key, its scheme and query too', async (t) => {
  const { ask } = await aWorld(
    t,
    `
    asked: async () => {
      const modified = 'Wed, 21 Oct 2026 07:28:00 GMT';
      await caches.default.put(URL_, kept('0123456789', { etag: '"tag"', 'last-modified': modified }));
      const by = async (headers) => {
        const answer = await caches.default.match(new Request(URL_, { headers }));
        return [answer.status, await answer.text(), answer.headers.get('content-range')];
      };
      return {
        tag: await by({ 'if-none-match': 'W/"tag"' }),
        otherTag: await by({ 'if-none-match': '"other"', 'if-modified-since': modified }),
        since: await by({ 'if-modified-since': 'Thu, 22 Oct 2026 07:28:00 GMT' }),
        before: await by({ 'if-modified-since': 'Tue, 20 Oct 2026 07:28:00 GMT' }),
        range: await by({ range: 'bytes=2-4' }),
        end: await by({ range: 'bytes=-3' }),
        stale: await by({ range: 'bytes=2-4', 'if-range': '"other"' }),
        outside: await by({ range: 'bytes=10-' }),
      };
    },
    keys: async () => {
      await caches.default.put(URL_, kept('x'));
      const has = async (request, options) => (await caches.default.match(request, options)) !== undefined;
      return [
        await has(URL_.replace('https', 'http')),
        await has(URL_ + 'd'),
        await has(new Request(URL_, { method: 'POST' })),
        await has(new Request(URL_, { method: 'POST' }), { ignoreMethod: true }),
        await caches.default.delete(new Request(URL_, { method: 'POST' })),
        await caches.default.delete(new Request(URL_, { method: 'HEAD' }), { ignoreMethod: true }),
      ];
    },
    names: async () => {
      const all = [caches.default, await caches.open('a'), await caches.open('b')];
      await Promise.all(all.map((cache, index) => cache.put(URL_, kept(String(index)))));
      await all[1].delete(URL_);
      return Promise.all(all.map(async (cache) => (await found(await cache.match(URL_)))?.text ?? null));
    },`,
  );
  assert.deepEqual(await ask('asked'), {
    tag: [304, '', null],
    otherTag: [200, '0123456789', null],
    since: [304, '', null],
    before: [200, '0123456789', null],
    range: [206, '234', 'bytes 2-4/10'],
    end: [206, '789', 'bytes 7-9/10'],
    stale: [200, '0123456789', null],
    outside: [416, '', 'bytes */10'],
  });
  assert.deepEqual(await ask('keys'), [false, false, false, true, false, true]);
  assert.deepEqual(await ask('names'), ['0', null, '2']);
});

test('[Z-4] a response that is too large is not kept, which is no error, and what is kept stays within its bound', async (t) => {
  const forms = `
    large: async () => [await tried(() => caches.default.put(URL_, kept(new Uint8Array(300_000)))), await caches.default.match(URL_) ?? null],
    endless: async () => {
      let sent = 0;
      const endless = new ReadableStream({ pull(to) { to.enqueue(new Uint8Array(65_536)); if ((sent += 1) === 100) to.close(); } });
      return [await tried(() => caches.default.put(URL_, kept(endless))), await caches.default.match(URL_) ?? null];
    },
    many: async () => {
      const at = (index) => URL_ + index;
      for (let index = 0; index < 30; index++) await caches.default.put(at(index), kept(new Uint8Array(100_000)));
      const left = [];
      for (let index = 0; index < 30; index++) if (await caches.default.match(at(index))) left.push(index);
      return left;
    },
    one: async () => { await caches.default.put(URL_, kept('mine')); },
    mine: async () => found(await caches.default.match(URL_)),`;
  const { ask } = await aWorld(t, forms, { cacheBytes: 1_000_000 });
  await ask('one', 'other');
  assert.deepEqual(await ask('large'), ['fine', null]);
  assert.deepEqual(await ask('endless'), ['fine', null]);
  assert.deepEqual(await ask('many'), [21, 22, 23, 24, 25, 26, 27, 28, 29]);
  assert.deepEqual(await ask('mine', 'other'), { status: 200, text: 'mine' });
});

test('[Z-5] a Worker that has as many calls of its cache open as it may gets a miss for more, and a cache of nothing keeps nothing', async (t) => {
  const forms = `
    busy: async () => {
      let close;
      const held = new ReadableStream({ start(to) { to.enqueue(new Uint8Array(1)); close = () => to.close(); } });
      const putting = caches.default.put(URL_ + 'held', kept(held));
      // Once it is there, the cache has no more for this Worker.
      while ((await caches.default.match(URL_)) !== undefined) await scheduler.wait(1);
      const said = [await tried(() => caches.default.put(URL_ + 'more', kept('x'))), await caches.default.delete(URL_)];
      close();
      await putting;
      return [...said, await found(await caches.default.match(URL_))];
    },
    put: async () => { await caches.default.put(URL_, kept('x')); },
    get: async () => found(await caches.default.match(URL_)),`;
  const { ask } = await aWorld(t, forms, { maxCallsPerCaller: 1 });
  await ask('put');
  assert.deepEqual(await ask('busy'), ['fine', false, { status: 200, text: 'x' }]);
  const none = await aWorld(t, forms, { cacheBytes: 0 });
  assert.deepEqual([await none.ask('put'), await none.ask('get')], [null, null]);
});
