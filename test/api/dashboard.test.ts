import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { anApi, envelopeOf, type TestApi } from '../support/api.ts';
import { signsIn } from '../support/browser-session.ts';
import { aFolder } from '../support/temporary.ts';

const PAGE = '<!doctype html>\n<html>\n  <head>\n    <title>Switchback</title>\n  </head>\n  <body></body>\n</html>\n';

/** As the build leaves it, and beside it what nobody may read. */
const BUILT: Readonly<Record<string, string>> = {
  'built/index.html': PAGE,
  'built/.stamp': 'a digest',
  'built/robots.txt': 'User-agent: *',
  'built/assets/index-abc.js': 'plain',
  'built/assets/index-abc.js.br': 'brotli',
  'built/assets/index-abc.js.gz': 'gzip',
  'built/assets/inter.woff2': 'font',
  'secret.txt': 'secret',
};

const aDashboard = async (t: TestContext): Promise<TestApi> => {
  const folder = await aFolder(t);
  await mkdir(join(folder, 'built', 'assets'), { recursive: true });
  for (const [name, text] of Object.entries(BUILT)) await writeFile(join(folder, name), text);
  return anApi(t, { dashboardFolder: join(folder, 'built') });
};

const gets = (api: TestApi, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  api.send('GET', path, { token: null, headers });

const opens = (api: TestApi, path: string): Promise<Response> => gets(api, path, { accept: 'text/html,application/xhtml+xml' });

test('[SE-15] each path of the dashboard opens its page, which may only do what it was built for', async (t) => {
  const api = await aDashboard(t);
  const nonces = new Set<string>();
  for (const path of ['/', '/sign-in', '/workers/hello/versions/3?tag=x', '/anything']) {
    const response = await opens(api, path);
    assert.equal(response.status, 200, path);
    const page = await response.text();
    const [, nonce = ''] = /<head>\s*<meta name="csp-nonce" content="([\w+/=]{24})" \/>/.exec(page) ?? [];
    nonces.add(nonce);
    assert.equal(page.replace(/\n {4}<meta name="csp-nonce".*/, ''), PAGE);
    assert.equal(
      response.headers.get('content-security-policy'),
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('referrer-policy'), 'same-origin');
    assert.equal(response.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.match(response.headers.get('permissions-policy') ?? '', /camera=\(\)/);
  }
  assert.equal(nonces.size, 4, 'a nonce is used once');
  assert.match(await (await gets(api, '/')).text(), /csp-nonce/, 'whoever names no type gets the first one too');
});

test('[SE-15] what was built is kept for ever where its name has a digest, and compressed for whoever takes that', async (t) => {
  const api = await aDashboard(t);
  const asked: readonly (readonly [string, string | null, string])[] = [
    ['', null, 'plain'],
    ['gzip, deflate, br', 'br', 'brotli'],
    ['gzip', 'gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gzip'],
    ['brotli', null, 'plain'],
  ];
  for (const [accepted, encoding, text] of asked) {
    const response = await gets(api, '/assets/index-abc.js', { 'accept-encoding': accepted });
    assert.deepEqual([response.headers.get('content-encoding'), await response.text()], [encoding, text], accepted);
    assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(response.headers.get('vary'), 'accept-encoding');
    assert.match(response.headers.get('content-type') ?? '', /^text\/javascript/);
  }
  assert.equal((await gets(api, '/assets/inter.woff2', { 'accept-encoding': 'br' })).headers.get('content-type'), 'font/woff2');
  assert.equal((await gets(api, '/robots.txt')).headers.get('cache-control'), 'no-cache');
  const head = await api.send('HEAD', '/assets/index-abc.js', { token: null });
  assert.deepEqual([head.status, await head.text()], [200, '']);
});

test('[SE-15] nothing else is served: no other file, no page in the place of an answer of the API', async (t) => {
  const api = await aDashboard(t);
  const paths = [
    '/assets/gone-abc.js',
    '/assets/',
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/client/v4/nowhere',
    '/switchback/v1/nowhere',
    '/switchback/v1',
    '/edge/v1/nowhere',
    '/d1/transfers/nobody',
    '/metrics/more',
  ];
  for (const path of paths) {
    const response = await opens(api, path);
    if (response.status === 200) assert.match(await response.text(), /csp-nonce/, `${path} is at most the page`);
    else assert.ok([401, 404].includes(response.status) && (await envelopeOf(response)).success === false, path);
    if (!path.includes('secret')) assert.notEqual(response.status, 200, path);
  }
  for (const path of ['/.stamp', '/index.html', '/assets/index-abc.js.br', '/nowhere'])
    assert.equal((await gets(api, path)).status, 404, path);
  assert.equal((await api.send('POST', '/', { token: null, headers: { accept: 'text/html' } })).status, 404);
  assert.equal((await gets(api, '/', { accept: 'text/html', host: 'evil.example' })).status, 421);
});

test('[SE-15] where nothing was built, the first page says what this server is', async (t) => {
  const api = await anApi(t, { dashboardFolder: join(await aFolder(t), 'none') });
  for (const path of ['/', '/sign-in']) assert.match(await (await opens(api, path)).text(), /This is the control plane's API/);
});

test('[SE-16] what somebody stored is no page to whoever is signed in', async (t) => {
  const api = await anApi(t, { hasData: true });
  const { name: bucket } = await api.ok('createR2Bucket', {}, { json: { name: 'pages' } });
  const path = `${api.path('getR2Bucket', { bucket_name: bucket })}/objects/evil.html`;
  const body = '<script>alert(1)</script>';
  assert.equal((await api.send('PUT', path, { headers: { 'content-type': 'text/html' }, body })).status, 200);
  const session = await signsIn(api);
  const shown = await session.send('GET', path, { headers: { 'sec-fetch-site': 'none' } });
  assert.equal(await shown.text(), body);
  assert.equal(shown.headers.get('content-security-policy'), "default-src 'none'; sandbox");
  assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
});
