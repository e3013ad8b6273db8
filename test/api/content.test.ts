import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { aWorker, MODULE, saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };
const everyByte = Uint8Array.from({ length: 512 }, (_, index) => index % 256);

const filesIn = async (response: Response) => {
  const form = await response.formData();
  return Promise.all(
    [...form].map(async ([name, file]) => {
      assert.ok(file instanceof File);
      return [name, file.type, Buffer.from(await file.arrayBuffer()).toString('latin1')] as const;
    }),
  );
};

const content = (api: TestApi, query: Readonly<Record<string, string>> = {}) => api.response('getContent', HELLO, { query });

test('the modules of a version come back as they were uploaded, byte for byte', async (t) => {
  const api = await anApi(t);
  const note = './0123456789012345678901234567890123456789-note.txt';
  const code = `import note from '${note}'; import bytes from 'data/all.bin'; export default { fetch: () => new Response(note + bytes.byteLength) };`;
  const modules = {
    [note]: ['é\r\n--x', 'text/plain'],
    'data/all.bin': [everyByte, 'application/octet-stream'],
    'index.js.map': ['{}', 'application/source-map'],
  } as const;
  await api.upload('hello', { code, modules });
  const response = await content(api);
  assert.equal(response.headers.get('cf-entrypoint'), 'index.js');
  assert.deepEqual(await filesIn(response), [
    ['index.js', MODULE, code],
    [note.slice(2), 'text/plain', 'Ã©\r\n--x'],
    ['data/all.bin', 'application/octet-stream', Buffer.from(everyByte).toString('latin1')],
    ['index.js.map', 'application/source-map', '{}'],
  ]);
});

test('new content keeps the settings, bindings and secrets that serve', async (t) => {
  const api = await anApi(t);
  const bindings = [
    { type: 'plain_text', name: 'A', text: 'a' },
    { type: 'secret_text', name: 'KEY', text: 's' },
  ];
  const { deployment_id: first } = await api.upload('hello', {
    code: saying('one'),
    metadata: { bindings, compatibility_flags: ['nodejs_compat'] },
  });
  const put = await api.ok('putContent', HELLO, { body: aWorker({ code: saying('two') }) });
  assert.deepEqual((await api.active('hello')).versions, [{ version_id: put.deployment_id, percentage: 100 }]);
  const settings = await api.ok('getSettings', HELLO);
  assert.deepEqual(settings.bindings, [
    { type: 'plain_text', name: 'A', text: 'a' },
    { type: 'secret_text', name: 'KEY' },
  ]);
  assert.deepEqual(settings.compatibility_flags, ['nodejs_compat']);
  assert.deepEqual((await filesIn(await content(api)))[0]?.[2], saying('two'));
  assert.deepEqual((await filesIn(await content(api, { version: first })))[0]?.[2], saying('one'));
});

test('what the content call answers can be put again', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { modules: { 'note.txt': ['note', 'text/plain'] } });
  const response = await content(api);
  const headers = {
    'content-type': response.headers.get('content-type') ?? '',
    'cf-worker-main-module-part': response.headers.get('cf-entrypoint') ?? '',
  };
  const before = await api.ok('listScripts', {});
  const put = await api.ok('putContent', HELLO, { body: await response.arrayBuffer(), headers });
  assert.equal(put.etag, before[0]?.etag);
});

test('a service worker comes back as the one script it is', async (t) => {
  const api = await anApi(t);
  const script = `addEventListener('fetch', (event) => event.respondWith(new Response('old')));`;
  await api.ok('putScript', HELLO, { body: script, headers: { 'content-type': 'application/javascript' } });
  for (const name of ['getContent', 'getScript'] as const) {
    const response = await api.response(name, HELLO);
    assert.equal(response.headers.get('content-type'), 'application/javascript');
    assert.equal(await response.text(), script);
  }
  const environment = await api.response('getEnvironmentContent', { ...HELLO, environment: 'production' });
  assert.equal(await environment.text(), script);
});

test('[V-14] a module that was changed on disk is set aside, and its content refused', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const version = await api.api.store.read.versions.newest((await api.ok('getService', HELLO)).default_environment.script.tag);
  await writeFile(api.api.modules.path(version?.modules[0]?.digest ?? ''), 'changed');
  const refused = await api.refusedBy(() => content(api));
  assert.deepEqual([refused.status, refused.code], [503, 10013]);
  assert.match(refused.message, /^The stored module [0-9a-f]{64} does not match its digest; it was set aside and is not served\./);
});

test('[V-8] the script itself takes service-worker syntax, with blobs beside it', async (t) => {
  const api = await anApi(t);
  const form = new FormData();
  form.set('metadata', JSON.stringify({ body_part: 'worker.js', bindings: [{ type: 'text_blob', name: 'NOTE', part: 'note.txt' }] }));
  form.set(
    'worker.js',
    new File([`addEventListener('fetch', (e) => e.respondWith(new Response(NOTE)));`], 'worker.js', { type: 'application/javascript' }),
  );
  form.set('note.txt', new File(['note'], 'note.txt', { type: 'text/plain' }));
  await api.ok('putScript', HELLO, { body: form });
  const [script] = await api.ok('listScripts', {});
  assert.deepEqual([script?.has_modules, script?.handlers], [false, ['fetch']]);
});
