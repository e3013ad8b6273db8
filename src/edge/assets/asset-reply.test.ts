import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { assetIndex, decideAsset, decodedPath, type Asset } from '../../domain/index.ts';
import { assetRequest } from './asset-desk.ts';
import { fileReply, redirectReply, type Conditions } from './asset-reply.ts';

const FILE: Asset = { path: '/a.txt', digest: 'd'.repeat(64), size: 100, contentType: 'text/plain', hash: '' };
const ETAG = `"${'d'.repeat(32)}"`;
const REQUEST = { method: 'GET', host: 'site.example', path: '/a.txt', search: '', isNavigation: false };

const reply = (conditions: Partial<Conditions>, more: { method?: string; _headers?: string } = {}) => {
  const { method = 'GET', _headers } = more;
  const index = assetIndex({ files: [FILE], config: { _headers }, hasWorker: false, compatibilityDate: undefined, compatibilityFlags: [] });
  const none = { ifNoneMatch: undefined, ifRange: undefined, range: undefined, isAuthorized: false };
  const { status, headers, part } = fileReply(index, { ...REQUEST, method }, { file: FILE, status: 200 }, { ...none, ...conditions });
  const named = Object.fromEntries(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : [])));
  return { status, headers: named, part };
};

test('[K-3] a file has its type, its length, an etag of its content, and is asked about each time', () => {
  assert.deepEqual(reply({}), {
    status: 200,
    headers: {
      etag: ETAG,
      'content-type': 'text/plain',
      'cache-control': 'public, max-age=0, must-revalidate',
      'accept-ranges': 'bytes',
      'content-length': '100',
    },
    part: { start: 0, end: 100 },
  });
  assert.equal(reply({}, { method: 'HEAD' }).part, undefined);
  assert.equal(reply({ isAuthorized: true }).headers['cache-control'], undefined);
});

test('[K-3] who has it gets 304', () => {
  for (const ifNoneMatch of [ETAG, `W/${ETAG}`, `"x", ${ETAG}`, '*']) assert.equal(reply({ ifNoneMatch }).status, 304, ifNoneMatch);
  assert.equal(reply({ ifNoneMatch: '"x"' }).status, 200);
});

const ranged = (range: string, ifRange?: string) => {
  const { status, headers, part } = reply({ range, ifRange });
  return [status, headers['content-range'], part && part.end - part.start];
};

test('[K-3] one range is answered by itself, one outside by 416, and several or a changed file by the whole', () => {
  assert.deepEqual(ranged('bytes=0-9'), [206, 'bytes 0-9/100', 10]);
  assert.deepEqual(ranged('bytes=90-'), [206, 'bytes 90-99/100', 10]);
  assert.deepEqual(ranged('bytes=-5'), [206, 'bytes 95-99/100', 5]);
  assert.deepEqual(ranged('bytes=0-999'), [200, undefined, 100]);
  assert.deepEqual(ranged('bytes=100-'), [416, 'bytes */100', undefined]);
  for (const range of ['bytes=0-1,3-4', 'lines=1-2', 'bytes=9-1', 'bytes=-']) assert.deepEqual(ranged(range), [200, undefined, 100], range);
  assert.deepEqual(ranged('bytes=0-9', '"older"'), [200, undefined, 100]);
  assert.deepEqual(ranged('bytes=0-9', ETAG), [206, 'bytes 0-9/100', 10]);
});

test('[K-3] a rule cannot change how long the answer is', () => {
  const { headers } = reply({}, { _headers: '/*\n  Content-Length: 5\n  Transfer-Encoding: chunked\n  X-A: b' });
  assert.deepEqual([headers['content-length'], headers['transfer-encoding'], headers['x-a']], ['100', undefined, 'b']);
});

const pathOf = (path: string) => assetRequest({ method: 'GET', headers: {} }, { host: 'site.example', path }).path;

test('[K-3] whatever a path is, it is one of this host, and no request for it fails', () => {
  assert.deepEqual(['//', '//[', '//a.example/f', '/a/../b', '*', '/%zz'].map(pathOf), ['//', '//[', '//a.example/f', '/b', '*', '/%zz']);
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.ok(pathOf(`/${text}`).startsWith('/'));
      assert.doesNotThrow(() => decodedPath(pathOf(`/${text}`)));
    }),
  );
});

test('[K-3] what a rule says stands in a header, in whatever letters it was written', () => {
  const _redirects = '/a https://😀.example/\ud83d 302\n/b/* /c/:splat 302';
  const config = { _redirects, _headers: '/*\n  X-Face: 😀\ud83d' };
  const index = assetIndex({ files: [FILE], config, hasWorker: false, compatibilityDate: undefined, compatibilityFlags: [] });
  for (const path of ['/a', '/b/é😀', '/a.txt']) {
    const asked = { ...REQUEST, path };
    const decision = decideAsset(index, asked);
    const none = { ifNoneMatch: undefined, ifRange: undefined, range: undefined, isAuthorized: false };
    const { headers } =
      decision.kind === 'redirect' ? redirectReply(index, asked, decision) : fileReply(index, asked, { file: FILE, status: 200 }, none);
    for (const part of headers) assert.match(part, /^[\t\x20-\x7e]*$/, path);
  }
});
