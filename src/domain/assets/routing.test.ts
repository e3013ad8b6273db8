import assert from 'node:assert/strict';
import test from 'node:test';
import type { Asset, AssetsConfig } from './manifest.ts';
import { assetIndex, decideAsset, withHeaderRules, type AssetRequest } from './routing.ts';

const aFile = (path: string): Asset => ({ path, digest: path, size: 1, contentType: undefined, hash: '0'.repeat(32) });

const site = (paths: readonly string[], config: AssetsConfig = {}, of: { hasWorker?: boolean; compatibilityDate?: string } = {}) =>
  assetIndex({ files: paths.map(aFile), config, hasWorker: false, compatibilityDate: '2026-11-01', compatibilityFlags: [], ...of });

const said = (index: ReturnType<typeof site>, path: string, more: Partial<AssetRequest> = {}): string => {
  const [plain = '', query] = path.split('?');
  const search = query === undefined ? '' : `?${query}`;
  const answer = decideAsset(index, { method: 'GET', host: 'site.example', path: plain, search, isNavigation: false, ...more });
  if (answer.kind === 'file') return `${answer.status} ${answer.file.path}`;
  return answer.kind === 'redirect' ? `${answer.status} -> ${answer.location}` : answer.kind;
};

test('[K-2] a Worker is asked for what is no file, and first where it says so', () => {
  const both = site(['/a.txt'], {}, { hasWorker: true });
  assert.deepEqual(
    [said(both, '/a.txt'), said(both, '/b.txt'), said(both, '/a.txt', { method: 'POST' })],
    ['200 /a.txt', 'worker', 'method_not_allowed'],
  );
  const first = site(['/a.txt', '/api/a.txt', '/api/docs/a.txt'], { run_worker_first: ['/api/*', '!/api/docs/*'] }, { hasWorker: true });
  assert.deepEqual(
    ['/a.txt', '/api/a.txt', '/api/docs/a.txt', '/api/docs/b'].map((path) => said(first, path)),
    ['200 /a.txt', 'worker', '200 /api/docs/a.txt', 'not_found'],
  );
  assert.equal(said(site(['/a.txt'], { run_worker_first: true }, { hasWorker: true }), '/a.txt'), 'worker');
  assert.equal(said(site(['/a.txt'], { run_worker_first: true }), '/a.txt'), '200 /a.txt', 'without a script there is nobody to ask');
});

test('[K-3] the nearest 404.html stands in for what is not found, and an application has one page for all', () => {
  const pages = site(['/404.html', '/docs/404.html'], { not_found_handling: '404-page' });
  assert.deepEqual(
    [said(pages, '/x/y'), said(pages, '/docs/x/y'), said(pages, '/docs/x', { method: 'POST' })],
    ['404 /404.html', '404 /docs/404.html', 'method_not_allowed'],
  );
  const spa = { not_found_handling: 'single-page-application' } as const;
  assert.equal(said(site(['/index.html'], spa), '/deep/link'), '200 /index.html');
  const withWorker = site(['/index.html'], spa, { hasWorker: true });
  assert.deepEqual([said(withWorker, '/deep'), said(withWorker, '/deep', { isNavigation: true })], ['worker', '200 /index.html']);
  const older = site(['/index.html'], spa, { hasWorker: true, compatibilityDate: '2025-03-31' });
  assert.equal(said(older, '/deep', { isNavigation: true }), 'worker');
});

test('[K-3] a name is asked for in one way: encoded, and without doubled slashes', () => {
  const index = site(['/a b.txt', '/d/é.txt', '/x@y.txt']);
  assert.equal(said(index, '/a%20b.txt?q'), '200 /a b.txt');
  assert.equal(said(index, '/d/%C3%A9.txt'), '200 /d/é.txt');
  assert.equal(said(index, '/d//%C3%A9.txt?q'), '307 -> /d/%C3%A9.txt?q');
  assert.equal(said(index, '/x@y.txt'), '307 -> /x%40y.txt');
  assert.equal(said(index, '/%'), 'not_found');
});

test('[K-3] redirects come before files; names stand for parts of the path, and none leads to another site', () => {
  const _redirects = `
    # comment
    /old /new 301
    /blog/:year/* /posts/:splat?year=:year
    /in /a.txt 200
    /away https://other.example/x 308
    /any/* /:splat
    /loop/* /index.html
    bad
    /wrong /x 299`;
  const index = site(['/a.txt', '/old', '/index.html'], { _redirects });
  assert.deepEqual(
    ['/old?q=1', '/blog/2026/a/b', '/in', '/away', '/any//evil.example', '/loop/x', '/wrong'].map((path) => said(index, path)),
    [
      '301 -> /new?q=1',
      '302 -> /posts/a/b?year=2026',
      '200 /a.txt',
      '308 -> https://other.example/x',
      '302 -> /evil.example',
      'not_found',
      'not_found',
    ],
  );
});

test('[K-3] rules of _headers set, add to and take away, in their order', () => {
  const _headers = `
/*
  X-All: yes
  Cache-Control: no-store
/docs/:page
  X-All: more
  X-Page: :page
  ! ETag
https://site.example/only
  X-Host: here
/bad
  no header
  : empty
`;
  const index = site([], { _headers });
  const own = new Map([
    ['etag', '"1"'],
    ['cache-control', 'public'],
  ]);
  const headers = (host: string, path: string) => Object.fromEntries(withHeaderRules(own, index, host, path));
  assert.deepEqual(headers('site.example', '/docs/a'), { 'cache-control': ['no-store'], 'x-all': ['yes', 'more'], 'x-page': ['a'] });
  assert.deepEqual(headers('site.example', '/only')['x-host'], ['here']);
  assert.equal(headers('other.example', '/only')['x-host'], undefined);
});

const many = (text: string): string => text.repeat(600);

test('[K-8] what a visitor sends is not read as a rule, and no rule makes more of it than an address or a head may hold', () => {
  const index = site([], { _redirects: `/swap/:a/:b /to/:a\n/long/:a/:b /${many(':a')}\n/* /else`, _headers: `/:a/:b/:c\n${HEADERS}` });
  assert.equal(said(index, '/swap/:b/b'), '302 -> /to/:b');
  assert.equal(said(index, `/long/${many(':b')}/${many('b')}`), '302 -> /else');
  const headers = withHeaderRules(new Map(), index, 'site.example', `/a/b/${many('c')}`);
  const chars = [...headers].reduce((sum, [name, values]) => sum + name.length + values.join('').length, 0);
  assert.ok(headers.size > 5 && chars < 40_000, `${headers.size} headers of ${chars} characters`);
});

const HEADERS = Array.from({ length: 20_000 }, (_, at) => `x${at}: ${':c'.repeat(4)}`).join('\n');

test('[K-8] a long path is not looked up in more folders than a file can be in, and a rule of spaces is read in a moment', () => {
  const files = new (class extends Map<string, Asset> {
    asked = 0;
    override get(path: string): Asset | undefined {
      this.asked += 1;
      return super.get(path);
    }
  })([['/404.html', aFile('/404.html')]]);
  const index = { ...site([], { not_found_handling: '404-page' }), files };
  assert.equal(said(index, '/a'.repeat(15_000)), '404 /404.html');
  assert.ok(files.asked < 1_100, `${files.asked} folders`);
  const began = performance.now();
  const spaces = site([], { _redirects: Array.from({ length: 500 }, () => `/a${' '.repeat(1_990)}#b`).join('\n') });
  assert.equal(said(spaces, '/a'), 'not_found');
  // A few milliseconds; more than 4 s where each space is tried as the beginning of a comment.
  assert.ok(performance.now() - began < 1_500);
});
