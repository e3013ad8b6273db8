/** The Cache API as a Worker finds it here, beside what the same Worker finds in Miniflare. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { startServer } from '../support/server.ts';
import { aWorker } from '../support/worker-form.ts';

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** Each case puts a response with these headers and matches it by a request with those: what came of both. */
const CODE = `
const cases = {
  plain: [{ 'cache-control': 'max-age=60', 'content-type': 'text/x' }],
  expires: [{ expires: 'Fri, 01 Jan 2100 00:00:00 GMT' }],
  over: [{ expires: 'Thu, 01 Jan 2026 00:00:00 GMT' }],
  shared: [{ 'cache-control': 's-maxage=60, max-age=0' }],
  noStore: [{ 'cache-control': 'no-store' }],
  private: [{ 'cache-control': 'private, max-age=60' }],
  cookie: [{ 'cache-control': 'max-age=60', 'set-cookie': 'a=b' }],
  aside: [{ 'cache-control': 'private=Set-Cookie, max-age=60', 'set-cookie': 'a=b', 'x-other': 'c' }],
  authorized: [{ 'cache-control': 'max-age=60' }, {}, { authorization: 'Bearer x' }],
  varies: [{ 'cache-control': 'max-age=60', vary: 'accept' }, { headers: { accept: 'a/b' } }],
  star: [{ 'cache-control': 'max-age=60', vary: '*' }],
  missing: [{ 'cache-control': 'max-age=60' }, {}, {}, { status: 404 }],
  moved: [{ 'cache-control': 'max-age=60', location: 'https://other.example/' }, {}, {}, { status: 301 }],
  part: [{ 'cache-control': 'max-age=60' }, {}, {}, { status: 206 }],
  unchanged: [{ 'cache-control': 'max-age=60' }, {}, {}, { status: 304 }],
  known: [{ 'cache-control': 'max-age=60', etag: '"t"' }, { headers: { 'if-none-match': '"t"' } }],
  weak: [{ 'cache-control': 'max-age=60', etag: 'W/"t"' }, { headers: { 'if-none-match': '"s", "t"' } }],
  unknown: [{ 'cache-control': 'max-age=60', etag: '"t"' }, { headers: { 'if-none-match': '"s"' } }],
  since: [{ 'cache-control': 'max-age=60', 'last-modified': 'Wed, 21 Oct 2026 07:28:00 GMT' }, { headers: { 'if-modified-since': 'Wed, 21 Oct 2026 07:28:00 GMT' } }],
  range: [{ 'cache-control': 'max-age=60' }, { headers: { range: 'bytes=1-2' } }],
  suffix: [{ 'cache-control': 'max-age=60' }, { headers: { range: 'bytes=-2' } }],
  outside: [{ 'cache-control': 'max-age=60' }, { headers: { range: 'bytes=9-' } }],
  posted: [{ 'cache-control': 'max-age=60' }, { method: 'POST' }],
  anyMethod: [{ 'cache-control': 'max-age=60' }, { method: 'POST' }, {}, {}, { ignoreMethod: true }],
};
// Miniflare cuts words out of Cache-Control.
const SHOWN = ['content-type', 'content-range', 'cf-cache-status', 'etag', 'location', 'set-cookie', 'x-other'];
const tried = (work) => Promise.resolve().then(work).then((value) => value ?? null, (error) => String(error));
const outcome = async (name, cache, [headers, asked = {}, by = {}, init = {}, options = {}]) => {
  const url = 'https://cached.example/' + name;
  const body = [301, 304].includes(init.status) ? null : 'body';
  const put = await tried(() => cache.put(new Request(url, { headers: by }), new Response(body, { headers, ...init })));
  const match = async () => {
    const found = await cache.match(new Request(url, asked), options);
    if (found === undefined) return 'miss';
    const shown = SHOWN.flatMap((header) => (found.headers.has(header) ? [[header, found.headers.get(header)]] : []));
    return [found.status, found.status === 304 ? '' : await found.text(), Object.fromEntries(shown)];
  };
  return { put, matched: await tried(match), deleted: [await cache.delete(url), await cache.delete(url)] };
};
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/put') return new Response(String(await caches.default.put('https://kept.example/', new Response('kept'))));
    if (pathname === '/get') return (await caches.default.match('https://kept.example/')) ?? new Response('miss');
    const said = {};
    for (const [which, cache] of [['default', caches.default], ['named', await caches.open('named')]])
      for (const [name, each] of Object.entries(cases)) said[which + ' ' + name] = await outcome(name, cache, each);
    return Response.json(said);
  },
};`;

test('[Z-3] a response is put, matched and deleted as in Miniflare, whatever its headers say', async () => {
  await server.api('PUT', 'workers/scripts/cached', aWorker({ code: CODE }));
  await server.api('POST', 'workers/scripts/cached/subdomain', { enabled: true });
  const here = JSON.parse((await server.visit('cached')).text) as unknown;
  const miniflare = new Miniflare(convertV4MiniflareOptions({ modules: true, script: CODE, compatibilityDate: '2026-11-01' }));
  try {
    const there = await (await miniflare.dispatchFetch('http://localhost/')).json();
    assert.deepEqual(here, there);
  } finally {
    await miniflare.dispose();
  }
});

test('[Z-6] what is kept outlives deployments and is empty when the edge starts again; nobody is held up by that', async () => {
  const at = async (path: string): Promise<string> => (await server.visit('cached', path)).text;
  assert.deepEqual([await at('/put'), await at('/get')], ['undefined', 'kept']);
  await server.api('PUT', 'workers/scripts/cached', aWorker({ code: `${CODE}\n// Another version.` }));
  assert.equal(await at('/get'), 'kept');
  await server.killAll();
  server = await startServer({ folder: server.folder });
  assert.deepEqual([await at('/get'), await at('/put'), await at('/get')], ['miss', 'undefined', 'kept']);
});
