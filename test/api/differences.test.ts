/** How two versions differ, whole enough to be drawn, and their modules as text. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { anApi } from '../support/api.ts';
import { assetSession } from '../support/asset-upload.ts';
import { asked, pathOf, refusedOwn } from '../support/own.ts';
import { saying } from '../support/worker-form.ts';

const NAME = { name: 'checkout' };
const TEXT = 'text/plain';

/** A version that serves, and one that differs in all that can. */
const aPair = async (t: TestContext) => {
  const api = await anApi(t);
  const { id: prices } = await api.ok('createKvNamespace', {}, { json: { title: 'price-cache' } });
  const { id: gone } = await api.ok('createKvNamespace', {}, { json: { title: 'gone' } });
  const { jwt: old } = await assetSession(api, 'checkout', {
    '/assets/cart.41bb07de.js': 'old',
    '/robots.txt': 'stays',
    '/style.css': 'short',
    '/lost.txt': 'goes',
  });
  const { deployment_id: one } = await api.upload('checkout', {
    code: saying('one'),
    modules: { 'lookup.txt': ['v1', TEXT], 'lost.txt': ['gone', TEXT] },
    metadata: {
      compatibility_date: '2026-09-01',
      bindings: [
        { name: 'SAME', type: 'plain_text', text: 'same' },
        { name: 'TTL', type: 'plain_text', text: '30' },
        { name: 'KEY', type: 'secret_text', text: 'sesame-old' },
        { name: 'TURNED', type: 'plain_text', text: 'open' },
        { name: 'GONE', type: 'kv_namespace', namespace_id: gone },
      ],
      assets: { jwt: old, config: { html_handling: 'none' } },
    },
  });
  const { jwt } = await assetSession(api, 'checkout', {
    '/assets/cart.9f31c2ab.js': 'newer',
    '/robots.txt': 'stays',
    '/style.css': 'longer',
    '/img/gift-2026.avif': 'came',
  });
  const { id: two } = await api.uploadVersion('checkout', {
    code: saying('two'),
    modules: {
      'lookup.txt': ['v2!', TEXT],
      'new.bin': [new Uint8Array([0, 1]), 'application/octet-stream'],
      'index.js.map': ['{}', 'application/source-map'],
    },
    metadata: {
      compatibility_date: '2026-11-02',
      keep_bindings: [],
      bindings: [
        { name: 'SAME', type: 'plain_text', text: 'same' },
        { name: 'TTL', type: 'json', json: 300 },
        { name: 'KEY', type: 'secret_text', text: 'sesame-new' },
        { name: 'TURNED', type: 'secret_text', text: 'sesame' },
        { name: 'PRICES', type: 'kv_namespace', namespace_id: prices },
      ],
      assets: { jwt, config: { html_handling: 'auto-trailing-slash' } },
      annotations: { 'workers/message': 'Cache price lookups in KV' },
    },
  });
  await api.ok('deleteKvNamespace', { namespace_id: gone }, { query: { force: 'true' } });
  return { api, one, two, prices, gone };
};

const secret = (name: string) => ({ binding: { name, type: 'secret_text' }, resource: null });

test('[OV-17] two versions are told apart in all that runs: bindings with both values, of secrets only the names', async (t) => {
  const { api, one, two, prices, gone } = await aPair(t);
  const query = { version: two.slice(0, 8), baseline: one };
  const response = await api.send('GET', pathOf('getDifferences', NAME, query));
  assert.doesNotMatch(await response.text(), /sesame|fingerprint|sealed/);
  const { result } = await asked(api, 'getDifferences', NAME, query);
  assert.deepEqual([result.version.number, result.version.look, result.version.percentage], [2, 'idle', null]);
  assert.deepEqual([result.baseline.number, result.baseline.look, result.baseline.percentage], [1, 'new', 100]);
  assert.equal(result.version.message, 'Cache price lookups in KV');
  assert.deepEqual(result.bindings, {
    same: 1,
    differing: [
      {
        name: 'GONE',
        change: 'removed',
        before: { binding: { name: 'GONE', type: 'kv_namespace', namespace_id: gone }, resource: { id: gone, name: null } },
        after: null,
      },
      { name: 'KEY', change: 'changed', before: secret('KEY'), after: secret('KEY') },
      {
        name: 'PRICES',
        change: 'added',
        before: null,
        after: { binding: { name: 'PRICES', type: 'kv_namespace', namespace_id: prices }, resource: { id: prices, name: 'price-cache' } },
      },
      {
        name: 'TTL',
        change: 'changed',
        before: { binding: { name: 'TTL', type: 'plain_text', text: '30' }, resource: null },
        after: { binding: { name: 'TTL', type: 'json', json: 300 }, resource: null },
      },
      {
        name: 'TURNED',
        change: 'changed',
        before: { binding: { name: 'TURNED', type: 'plain_text', text: 'open' }, resource: null },
        after: secret('TURNED'),
      },
    ],
  });
  assert.deepEqual(result.compatibility_date, { before: '2026-09-01', after: '2026-11-02' });
  assert.deepEqual([result.usage_model, result.limits, result.placement, result.main_module], [null, null, null, null]);
  assert.deepEqual(
    result.modules.differing.map(({ name, change, before, after }) => [
      name,
      change,
      before?.size ?? null,
      after?.size ?? null,
      after?.is_text ?? null,
    ]),
    [
      ['index.js', 'changed', saying('one').length, saying('two').length, true],
      ['index.js.map', 'added', null, 2, true],
      ['lookup.txt', 'changed', 2, 3, true],
      ['lost.txt', 'removed', 4, null, null],
      ['new.bin', 'added', null, 2, false],
    ],
  );
  assert.equal(result.modules.same, 0);
});

test('[OV-18] files are told with their sizes, and which took the place of which', async (t) => {
  const { api, one, two } = await aPair(t);
  const { assets } = (await asked(api, 'getDifferences', NAME, { version: two, baseline: one })).result;
  assert.deepEqual([assets.same, assets.differing], [1, 4]);
  assert.deepEqual(assets.files, [
    { path: '/assets/cart.9f31c2ab.js', change: 'replaced', size_before: 3, size: 5, replaces: '/assets/cart.41bb07de.js' },
    { path: '/img/gift-2026.avif', change: 'added', size_before: null, size: 4, replaces: null },
    { path: '/lost.txt', change: 'removed', size_before: 4, size: null, replaces: null },
    { path: '/style.css', change: 'changed', size_before: 5, size: 6, replaces: null },
  ]);
  assert.deepEqual(assets.settings, [{ name: 'html_handling', change: 'changed', before: 'none', after: 'auto-trailing-slash' }]);
});

test('[OV-17] where nobody says which, what serves is told apart from what served before', async (t) => {
  const { api, one, two } = await aPair(t);
  assert.equal((await refusedOwn(api, 'getDifferences', NAME)).status, 400, 'one version alone ever served');
  await api.deploy('checkout', { [two]: 100 }, { query: { force: 'true' } });
  const { result } = await asked(api, 'getDifferences', NAME);
  assert.deepEqual([result.version.version_id, result.baseline.version_id], [two, one]);
  assert.equal((await refusedOwn(api, 'getDifferences', { name: 'nobody' })).code, 10007);
  assert.equal((await refusedOwn(api, 'getDifferences', NAME, { version: one, baseline: one })).status, 400);
});

test('[OV-19] the modules of a version are listed, and each that is text is read as nothing but text', async (t) => {
  const { api, two } = await aPair(t);
  const params = { ...NAME, version_id: two };
  const { result } = await asked(api, 'listModules', params);
  assert.deepEqual(result.map(({ name, type, is_main, is_readable }) => [name, type, is_main, is_readable]).toSorted(), [
    ['index.js', 'esm', true, true],
    ['index.js.map', 'sourcemap', false, false],
    ['lookup.txt', 'text', false, true],
    ['new.bin', 'data', false, false],
  ]);
  const response = await api.send('GET', pathOf('getModule', { ...params, module: 'index.js' }));
  assert.equal(await response.text(), saying('two'));
  const { headers } = response;
  assert.deepEqual(
    [headers.get('content-type'), headers.get('x-content-type-options'), headers.get('content-security-policy')],
    ['text/plain; charset=utf-8', 'nosniff', "default-src 'none'; sandbox"],
  );
});

test('[OV-19] what is no text, a source map, or not there is refused by name', async (t) => {
  const { api, two } = await aPair(t);
  const params = { ...NAME, version_id: two };
  const refused = (module: string) => refusedOwn(api, 'getModule', { ...params, module });
  assert.deepEqual(
    [(await refused('new.bin')).code, (await refused('index.js.map')).code, (await refused('no/where.js')).code],
    [100442, 100442, 100441],
  );
  const { id: long } = await api.uploadVersion('checkout', {
    modules: { 'src/long.txt': ['x'.repeat(2 ** 21 + 1), TEXT], 'src/most.txt': ['x'.repeat(2 ** 21), TEXT] },
  });
  assert.match((await refusedOwn(api, 'getModule', { ...NAME, version_id: long, module: 'src/long.txt' })).message, /longer than 2 MiB/);
  const most = await api.send('GET', pathOf('getModule', { ...NAME, version_id: long, module: 'src/most.txt' }));
  assert.equal((await most.text()).length, 2 ** 21);
});
