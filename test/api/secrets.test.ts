import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };
const KEY = { type: 'secret_text' as const, name: 'KEY' };

const put = (api: TestApi, name: string, text = `value of ${name}`) =>
  api.ok('putSecret', HELLO, { json: { name, text, type: 'secret_text' } });
const names = async (api: TestApi) => (await api.ok('listSecrets', HELLO)).map(({ name }) => name);
const namesOf = async (api: TestApi, version_id: string) =>
  (await api.ok('getVersion', { ...HELLO, version_id })).resources.bindings.flatMap(({ type, name }) =>
    type === 'secret_text' ? [name] : [],
  );
const numbers = async (api: TestApi) => (await api.ok('listVersions', HELLO)).items.map(({ number }) => number);

test('[S-2] a secret set in a split makes a version from each of the two, in order, and carries the split over', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello', { code: saying('one') });
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  await api.deploy('hello', { [two]: 30, [one]: 70 });
  assert.deepEqual(await put(api, 'KEY'), { name: 'KEY', type: 'secret_text' });
  assert.deepEqual(await numbers(api), [4, 3, 2, 1]);
  const { items } = await api.ok('listVersions', HELLO);
  const [fromTwo, fromOne] = items;
  assert.deepEqual((await api.active('hello')).versions, [
    { version_id: fromTwo?.id, percentage: 30 },
    { version_id: fromOne?.id, percentage: 70 },
  ]);
  assert.deepEqual(
    [fromOne?.resources.script.etag, fromTwo?.resources.script.etag],
    [items[3]?.resources.script.etag, items[2]?.resources.script.etag],
  );
  assert.equal((await api.active('hello')).annotations['workers/triggered_by'], 'secret');
  assert.deepEqual(await names(api), ['KEY']);
});

test('[S-3] the newest version gets the secret too where it is not deployed, in a version of its own', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { code: saying('one') });
  const { id: newest } = await api.uploadVersion('hello', { code: saying('two') });
  await put(api, 'KEY');
  const { items } = await api.ok('listVersions', HELLO);
  assert.deepEqual(
    items.map(({ number }) => number),
    [4, 3, 2, 1],
  );
  assert.equal(items[0]?.resources.script.etag, (await api.ok('getVersion', { ...HELLO, version_id: newest })).resources.script.etag);
  assert.deepEqual(items[0]?.resources.bindings, [KEY]);
  assert.deepEqual((await api.active('hello')).versions, [{ version_id: items[1]?.id, percentage: 100 }]);
  await api.deploy('hello', { [items[0]?.id ?? '']: 100 });
});

test('[S-4] twenty secrets set at the same time all count', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const wanted = Array.from({ length: 20 }, (_, index) => `KEY_${String(index).padStart(2, '0')}`);
  await Promise.all(wanted.map((name) => put(api, name)));
  assert.deepEqual(await names(api), wanted);
  assert.deepEqual(await namesOf(api, (await api.active('hello')).versions[0]?.version_id ?? ''), wanted);
});

test('[S-4] a secret set while an upload is under way is in what the upload deploys', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await Promise.all([api.upload('hello', { code: saying('two') }), put(api, 'KEY'), api.upload('hello', { code: saying('three') })]);
  assert.deepEqual(await names(api), ['KEY']);
});

test('[S-4] secrets can be set before anything is deployed, and deleted in the middle of a split', async (t) => {
  const api = await anApi(t);
  await api.ok('createWorker', {}, { json: { name: 'hello' } });
  assert.equal((await api.refused('putSecret', HELLO, { json: { name: 'KEY', text: '' } })).code, 10222);
  await api.uploadVersion('hello');
  await put(api, 'KEY');
  assert.deepEqual(await names(api), ['KEY']);
  const [version] = (await api.active('hello')).versions;
  const { id: other } = await api.uploadVersion('hello', { code: saying('two') });
  await api.deploy('hello', { [version?.version_id ?? '']: 50, [other]: 50 });
  await api.ok('deleteSecret', { ...HELLO, secret_name: 'KEY' }, { query: { url_encoded: true } });
  assert.deepEqual(await names(api), []);
  assert.deepEqual(
    (await api.active('hello')).versions.map(({ percentage }) => percentage),
    [50, 50],
  );
});

test('a secret is found under a name that must be encoded in a path', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const secret_name = 'a/b?c%d';
  await put(api, secret_name);
  assert.deepEqual(await api.ok('getSecret', { ...HELLO, secret_name }, { query: { url_encoded: true } }), {
    name: secret_name,
    type: 'secret_text',
  });
  await api.ok('deleteSecret', { ...HELLO, secret_name });
  assert.deepEqual(await names(api), []);
});

test('several secrets are set and deleted at once, in one version', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await put(api, 'OLD');
  const secrets = {
    A: { name: 'A', text: 'a', type: 'secret_text' as const },
    B: { name: 'B', text: 'b', type: 'secret_text' as const },
    OLD: null,
    GONE: null,
  };
  const left = await api.ok('patchSecrets', HELLO, { json: { secrets } });
  assert.deepEqual(left, { A: { name: 'A', type: 'secret_text' }, B: { name: 'B', type: 'secret_text' } });
  assert.deepEqual(await numbers(api), [3, 2, 1]);
});

test('[S-5] a secret of the newest version deploys nothing', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const before = await api.active('hello');
  const annotations = { 'workers/message': 'Updated secret "KEY"', 'workers/tag': 'v2' };
  const made = await api.ok(
    'patchLatestVersion',
    { worker: 'hello' },
    { json: { env: { KEY: { type: 'secret_text', text: 's' } }, annotations } },
  );
  assert.deepEqual([made.number, made.bindings], [2, [KEY]]);
  assert.deepEqual(made.annotations, { 'workers/triggered_by': 'secret', ...annotations });
  assert.deepEqual(await api.active('hello'), before);
  const again = await api.ok('patchLatestVersion', { worker: 'hello' }, { json: { env: { KEY: null, NEVER: null } } });
  assert.deepEqual([again.number, again.bindings], [3, []]);
});

test('[V-11] secrets are carried over by uploads, variables only where it is asked for', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { metadata: { bindings: [{ type: 'plain_text', name: 'COLOUR', text: 'red' }] } });
  await put(api, 'KEY');
  const kept = async (metadata: Readonly<Record<string, unknown>>) =>
    (await api.uploadVersion('hello', { metadata })).resources.bindings.map(({ name }) => name);
  assert.deepEqual(await kept({ keep_bindings: ['plain_text', 'json'] }), ['COLOUR', 'KEY']);
  assert.deepEqual(await kept({ keep_bindings: ['secret_text', 'secret_key'] }), ['KEY']);
  assert.deepEqual(await kept({}), ['KEY']);
  assert.deepEqual(await kept({ keep_bindings: [] }), []);
});

test('[V-11] a version sent as JSON keeps bindings by the same rules, and a list of types that is none is refused', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { metadata: { bindings: [{ type: 'plain_text', name: 'COLOUR', text: 'red' }] } });
  await put(api, 'KEY');
  const modules = [
    { name: 'index.js', content_type: 'application/javascript+module', content_base64: btoa('export default { fetch() {} }') },
  ];
  const send = (keep_bindings: unknown) =>
    api.response('createWorkerVersion', { worker: 'hello' }, { json: { main_module: 'index.js', modules, keep_bindings } as never });
  const kept = async (given: unknown) =>
    ((await (await send(given)).json()) as { result: { bindings: readonly { name: string }[] } }).result.bindings.map(({ name }) => name);
  assert.deepEqual(await kept(['plain_text']), ['COLOUR', 'KEY']);
  assert.deepEqual(await kept(null), ['KEY']);
  for (const wrong of [6, { length: 4 }, 'secret_text']) assert.equal((await send(wrong)).status, 400, JSON.stringify(wrong));
});

test('[V-12] [V-10] what an upload asks for is not replaced by what is kept, and inherit takes over under another name', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { metadata: { bindings: [{ type: 'secret_text', name: 'KEY', text: 'old' }] } });
  const asked = await api.uploadVersion('hello', { metadata: { bindings: [{ type: 'plain_text', name: 'KEY', text: 'plain' }] } });
  assert.deepEqual(asked.resources.bindings, [{ type: 'plain_text', name: 'KEY', text: 'plain' }]);
  const inherited = await api.uploadVersion('hello', { metadata: { bindings: [{ type: 'inherit', name: 'OTHER', old_name: 'KEY' }] } });
  assert.deepEqual(inherited.resources.bindings, [{ type: 'plain_text', name: 'OTHER', text: 'plain' }]);
  const lenient = await api.ok('createVersion', HELLO, { body: aWorker({ metadata: { bindings: [{ type: 'inherit', name: 'NONE' }] } }) });
  assert.deepEqual(lenient.resources.bindings, []);
});

test('[S-1] a secret stands in no answer, no log, no audit row, no error and no file', async (t) => {
  const api = await anApi(t);
  const secret = 'sesame-open-4711';
  const heard: string[] = [];
  const listen = async (response: Response) => void heard.push(await response.text());
  await api.upload('hello', { metadata: { bindings: [{ type: 'secret_text', name: 'KEY', text: secret }] } });
  await put(api, 'OTHER', secret);
  await listen(await api.response('patchSecrets', HELLO, { json: { secrets: { KEY: { text: secret }, BAD: { text: `${secret}\0` } } } }));
  await listen(
    await api.response('patchLatestVersion', { worker: 'hello' }, { json: { env: { KEY: { text: secret }, 'B D': { text: secret } } } }),
  );
  await listen(
    await api.response('createVersion', HELLO, {
      body: aWorker({ code: `throw new Error('at start')`, metadata: { bindings: [{ type: 'secret_text', name: 'KEY', text: secret }] } }),
    }),
  );
  await listen(await api.response('putSecret', HELLO, { json: { name: 7, text: secret } as never }));
  await listen(await api.response('putSecret', HELLO, { body: `{"name":"KEY","text":"${secret}"` }));
  await listen(await api.response('putSecret', HELLO, { body: `{"text":${secret}}` }));
  for (const name of ['getSettings', 'listVersions', 'listSecrets', 'listDeployments'] as const)
    await listen(await api.response(name, HELLO));
  await listen(await api.send('GET', '/switchback/v1/audit'));
  const world = JSON.stringify(api.world());
  for (const text of [...heard, world]) assert.ok(!text.includes(secret), text.slice(0, 300));
  for (const file of readdirSync(api.plane.folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) assert.ok(!readFileSync(join(file.parentPath, file.name)).includes(secret), file.name);
  }
});

test('[S-3] a secret that only the newest, undeployed version has can be deleted', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await api.uploadVersion('hello', { metadata: { bindings: [{ type: 'secret_text', name: 'LATER', text: 's' }] } });
  assert.deepEqual(await api.ok('listSecrets', { script_name: 'hello' }), []);
  await api.ok('deleteSecret', { script_name: 'hello', secret_name: 'LATER' });
  const { items } = await api.ok('listVersions', { script_name: 'hello' });
  assert.deepEqual(items[0]?.resources.bindings, []);
});
