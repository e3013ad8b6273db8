/** The same Worker in every dialect in which clients upload, wherever an upload is taken. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { anApi, type RequestBody, type TestApi } from '../support/api.ts';
import { aWorker, MODULE, saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };
const CODE = saying('in any dialect');
const BINDINGS = [
  { type: 'plain_text', name: 'COUNT', text: '42' },
  { type: 'json', name: 'LIMITS', json: { most: 3, open: true } },
  { type: 'secret_text', name: 'KEY', text: 'null' },
];
const METADATA = { main_module: 'index.js', compatibility_date: '2026-11-01', bindings: BINDINGS };

interface Sent {
  readonly body: RequestBody;
  readonly headers?: Readonly<Record<string, string>>;
}

const BOUNDARY = '------------------------d74496d66958873e';
const part = (header: string, content: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; ${header}\r\n\r\n${content}\r\n`;
const file = (name: string, filename: string, type: string, content: string): string =>
  part(`name="${name}"; filename="${filename}"\r\nContent-Type: ${type}`, content);
const form = (...parts: readonly string[]): string => `${parts.join('')}--${BOUNDARY}--\r\n`;
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

const bracketed = form(
  part('name="metadata[main_module]"', 'index.js'),
  part('name="metadata[compatibility_date]"', '2026-11-01'),
  part('name="metadata[bindings][][type]"', 'plain_text'),
  part('name="metadata[bindings][][name]"', 'COUNT'),
  part('name="metadata[bindings][][text]"', '42'),
  part('name="metadata[bindings][][type]"', 'json'),
  part('name="metadata[bindings][][name]"', 'LIMITS'),
  part('name="metadata[bindings][][json][most]"', '3'),
  part('name="metadata[bindings][][json][open]"', 'true'),
  part('name="metadata[bindings][][type]"', 'secret_text'),
  part('name="metadata[bindings][][name]"', 'KEY'),
  part('name="metadata[bindings][][text]"', 'null'),
  file('files[]', 'index.js', MODULE, CODE),
);

const dialects: Readonly<Record<string, () => Sent>> = {
  "wrangler's form": () => ({ body: aWorker({ code: CODE, metadata: METADATA }) }),
  'curl -F metadata=@metadata.json -F index.js=@index.js': () => ({
    body: form(file('metadata', 'metadata.json', 'application/json', JSON.stringify(METADATA)), file('index.js', 'index.js', MODULE, CODE)),
    headers: MULTIPART,
  }),
  "curl -F 'metadata={…};type=application/json' with the module first": () => ({
    body: form(
      file('index.js', 'index.js', MODULE, CODE),
      part('name="metadata"\r\nContent-Type: application/json', JSON.stringify(METADATA)),
    ),
    headers: MULTIPART,
  }),
  "the SDK's form in brackets": () => ({ body: bracketed, headers: MULTIPART }),
  "the SDK's form under a JavaScript media type": () => ({ body: bracketed, headers: { 'content-type': 'application/javascript' } }),
};

const shown = async (api: TestApi) => {
  const [version] = (await api.ok('listVersions', HELLO)).items;
  const content = await (await api.response('getContent', HELLO, { query: { version: version?.id ?? '' } })).formData();
  const main = content.get('index.js');
  assert.ok(main instanceof File);
  return { bindings: version?.resources.bindings, code: await main.text(), type: main.type };
};

const EXPECTED = { bindings: [BINDINGS[0], BINDINGS[1], { type: 'secret_text', name: 'KEY' }], code: CODE, type: MODULE };

for (const [dialect, sent] of Object.entries(dialects)) {
  test(`${dialect}: as a script, as a version, as content`, async (t) => {
    const api = await anApi(t);
    await api.ok('putScript', HELLO, sent());
    assert.deepEqual(await shown(api), EXPECTED);
    await api.upload('hello', { code: saying('something else'), metadata: { keep_bindings: [] } });
    await api.ok('createVersion', HELLO, sent());
    assert.deepEqual(await shown(api), EXPECTED);
    await api.upload('hello', { code: saying('something else'), metadata: { bindings: BINDINGS } });
    await api.ok('putContent', HELLO, sent());
    assert.deepEqual(await shown(api), EXPECTED);
  });
}

test('a script of raw JavaScript is a service worker, or an ES module where its media type says so', async (t) => {
  const api = await anApi(t);
  const raw = (body: string, type: string) => api.ok('putScript', HELLO, { body, headers: { 'content-type': type } });
  await raw(`addEventListener('fetch', (event) => event.respondWith(new Response('old')));`, 'application/javascript');
  assert.equal((await api.ok('listScripts', {}))[0]?.has_modules, false);
  await raw(CODE, 'application/javascript+module');
  assert.equal((await api.ok('listScripts', {}))[0]?.has_modules, true);
});

test('new content names its entry in a header, or in the metadata', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const body = form(file('files', 'index.js', MODULE, CODE));
  await api.ok('putContent', HELLO, { body, headers: { ...MULTIPART, 'cf-worker-main-module-part': 'index.js' } });
  assert.equal((await shown(api)).code, CODE);
});

test('settings come as JSON, as a field of JSON, and in brackets', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { metadata: { bindings: [{ type: 'secret_text', name: 'KEY', text: 's' }] } });
  const wanted = {
    bindings: [
      { type: 'plain_text', name: 'COUNT', text: '42' },
      { type: 'secret_text', name: 'KEY' },
    ],
  };
  const spread = form(
    part('name="settings[bindings][][type]"', 'plain_text'),
    part('name="settings[bindings][][name]"', 'COUNT'),
    part('name="settings[bindings][][text]"', '42'),
    part('name="settings[bindings][][type]"', 'secret_text'),
    part('name="settings[bindings][][name]"', 'KEY'),
  );
  const calls = [
    { json: wanted },
    { body: JSON.stringify(wanted), headers: { 'content-type': 'text/plain;charset=UTF-8' } },
    { body: form(part('name="settings"', JSON.stringify(wanted))), headers: MULTIPART },
    { body: spread, headers: MULTIPART },
  ];
  for (const call of calls) {
    await api.ok('patchSettings', HELLO, { json: { bindings: [{ type: 'secret_text', name: 'KEY' }] } });
    assert.deepEqual((await api.ok('patchSettings', HELLO, call)).bindings, wanted.bindings);
  }
  const ofScript = { body: form(part('name="settings"', '{"logpush":true}')), headers: MULTIPART };
  assert.equal((await api.ok('patchScriptSettings', HELLO, ofScript)).logpush, true);
});
