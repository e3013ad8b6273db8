import assert from 'node:assert/strict';
import test from 'node:test';
import { ownEndpoints, type ResultOf } from '../../src/contract/index.ts';
import { anApi, type TestApi } from '../support/api.ts';
import { saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };
const secret = (name: string) => ({ type: 'secret_text' as const, name, text: 's' });
const COLOUR = { type: 'plain_text', name: 'COLOUR', text: 'red' };
const PATH = '/switchback/v1/workers/hello/revisions';

type Revised = ResultOf<(typeof ownEndpoints)['createRevision']>;

const send = (api: TestApi, body: unknown): Promise<Response> => api.send('POST', PATH, { body: JSON.stringify(body) });

const revised = async (api: TestApi, body: unknown): Promise<Revised> => {
  const envelope = (await (await send(api, body)).json()) as { readonly result: unknown; readonly errors: unknown };
  return ownEndpoints.createRevision.result.parse(envelope.result, { error: () => JSON.stringify(envelope.errors) });
};

const bindingsOf = async (api: TestApi, version_id: string) => {
  const { resources } = await api.ok('getVersion', { ...HELLO, version_id });
  return resources.bindings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

test('[V-18] bindings are changed by name in a version without traffic, and all others stay, secrets too', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello', {
    metadata: { bindings: [COLOUR, { type: 'plain_text', name: 'OLD', text: 'x' }, { type: 'secret_text', name: 'KEY', text: 's' }] },
  });
  const { versions, deployment } = await revised(api, {
    env: { SHAPE: { type: 'json', json: { is: 'round' } }, TOKEN: { type: 'secret_text', text: 'kept back' }, OLD: null },
    compatibility_flags: ['nodejs_compat'],
    limits: { cpu_ms: 50 },
    message: 'shaped',
    tag: 'shape',
  });
  assert.equal(deployment, null);
  assert.deepEqual(
    versions.map(({ number }) => number),
    [2],
  );
  const made = await api.ok('getVersion', { ...HELLO, version_id: versions[0]?.version_id ?? '' });
  assert.deepEqual(await bindingsOf(api, made.id), [
    COLOUR,
    { type: 'secret_text', name: 'KEY' },
    { type: 'json', name: 'SHAPE', json: { is: 'round' } },
    { type: 'secret_text', name: 'TOKEN' },
  ]);
  const { script_runtime: runtime } = made.resources;
  assert.deepEqual([runtime.compatibility_flags, runtime.limits], [['nodejs_compat'], { cpu_ms: 50 }]);
  assert.deepEqual([made.annotations['workers/message'], made.annotations['workers/tag']], ['shaped', 'shape']);
  assert.deepEqual(
    (await api.active('hello')).versions.map(({ version_id }) => version_id),
    [one],
  );
});

test('[V-18] deployed, each version that serves is changed for itself and keeps its share; the newest one that waits is changed too', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello', { metadata: { bindings: [COLOUR] } });
  const { id: two } = await api.uploadVersion('hello', { code: saying('two'), metadata: { bindings: [{ ...COLOUR, text: 'blue' }] } });
  await api.deploy('hello', { [one]: 90, [two]: 10 });
  await api.uploadVersion('hello', { code: saying('three'), metadata: { bindings: [] } });
  const { versions, deployment } = await revised(api, { env: { SIZE: { type: 'plain_text', text: 'XL' } }, deploy: true });
  assert.deepEqual(
    versions.map(({ number }) => number),
    [4, 5, 6],
  );
  assert.deepEqual(
    deployment?.versions.map(({ number, percentage }) => [number, percentage]),
    [
      [4, 90],
      [5, 10],
    ],
  );
  const texts = await Promise.all(
    versions.map(async ({ version_id }) => (await bindingsOf(api, version_id)).map((binding) => ('text' in binding ? binding.text : ''))),
  );
  assert.deepEqual(texts, [['red', 'XL'], ['blue', 'XL'], ['XL']]);
});

test('[V-18] a change that cannot be made in every version is made in none', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  for (const [body, message] of [
    [{}, /there is nothing to change/],
    [{ deploy: true, message: 'nothing' }, /there is nothing to change/],
    [{ env: { A: { type: 'tomorrow' } } }, /tomorrow/],
    [{ env: { A: { type: 'plain_text' } } }, /A/],
    [{ env: { A: { type: 'secret_text' } } }, /A/],
    [{ env: { LINKS: { type: 'kv_namespace', namespace_id: 'f'.repeat(32) } }, deploy: true }, /LINKS/],
    [{ compatibility_date: 'soon' }, /soon/],
    [{ colour: 'red' }, /colour/],
    [{ env: {} }, /there is nothing to change/],
    [{ env: { [`A${'a'.repeat(3_000_000)}`]: null } }, /its name must be 1 to 255 characters/],
    [{ env: { NOBODY: null }, deploy: true }, /there is no binding "NOBODY" to take away/],
    [{ env: Object.fromEntries(Array.from({ length: 513 }, (_, at) => [`A${at}`, null])) }, /513/],
  ] as const) {
    const refused = await api.refusedBy(() => send(api, body));
    assert.match(refused.message, message);
  }
});

test('[V-18] a placement is taken away by null, and the one audit row names what changed without a value', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { metadata: { placement: { mode: 'smart' } } });
  assert.deepEqual((await api.ok('getSettings', HELLO)).placement, { mode: 'smart' });
  const rows = await api.api.store.read.audit.count({});
  await revised(api, { placement: null, env: { KEY: { type: 'secret_text', text: 'kept back' } }, deploy: true });
  assert.equal((await api.ok('getSettings', HELLO)).placement, undefined);
  assert.equal(await api.api.store.read.audit.count({}), rows + 1);
  const [entry] = await api.api.store.read.audit.page({ offset: 0, limit: 1 }, {});
  assert.deepEqual([entry?.action, entry?.detail['members'], entry?.detail['bindings']], ['settings.patch', ['env', 'placement'], ['KEY']]);
  assert.doesNotMatch(JSON.stringify(entry), /kept back/);
});

test('[V-18] whoever goes by settings that are others by now changes nothing', async (t) => {
  const api = await anApi(t);
  await api.upload('hello', { metadata: { bindings: [COLOUR] } });
  const etag = (await api.response('getSettings', HELLO)).headers.get('etag') ?? '';
  const change = (text: string) => ({
    headers: { 'if-match': etag },
    body: JSON.stringify({ env: { COLOUR: { type: 'plain_text', text } } }),
  });
  const first = await api.send('POST', PATH, change('green'));
  assert.equal(first.headers.get('etag'), (await api.response('getSettings', HELLO)).headers.get('etag'));
  const { status, message } = await api.refusedBy(() => api.send('POST', PATH, change('blue')));
  assert.equal(status, 412);
  assert.match(message, /ada@example\.com/);
});

test('[V-18] what takes a secret away is told as a change of secrets, as one that sets it is; with anything else it is one of settings', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello', {
    metadata: { bindings: [COLOUR, secret('GONE'), secret('KEPT'), secret('MIXED')] },
  });
  const { id: two } = await api.uploadVersion('hello', {
    code: saying('two'),
    metadata: { bindings: [secret('GONE'), { ...COLOUR, name: 'MIXED' }] },
  });
  await api.deploy('hello', { [one]: 90, [two]: 10 });
  await revised(api, { env: { GONE: null, KEPT: { type: 'secret_text', text: 'new' } }, deploy: true });
  await revised(api, { env: { COLOUR: null }, deploy: true });
  // A secret of one version that serves, and a variable of the other.
  await revised(api, { env: { MIXED: null }, deploy: true });
  const told = await api.send('GET', '/switchback/v1/workers/hello/deployments?limit=3');
  const { result } = (await told.json()) as { readonly result: ResultOf<(typeof ownEndpoints)['listDeploymentHistory']> };
  assert.deepEqual(
    result.map(({ story }) => [story.kind, story.secrets.toSorted()]),
    [
      ['changed_settings', []],
      ['changed_settings', []],
      ['changed_secret', ['GONE', 'KEPT']],
    ],
  );
});

test('[A-21] the audit row of a change of settings that is deployed says what serves since', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello');
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  await api.deploy('hello', { [one]: 90, [two]: 10 });
  await revised(api, { env: { COLOUR }, deploy: true });
  await revised(api, { env: { SHAPE: COLOUR } });
  const [saved, deployed] = await api.api.store.read.audit.page({ offset: 0, limit: 2 }, {});
  const split = deployed?.detail['split'] as readonly { readonly number: number; readonly share: number }[];
  assert.deepEqual(split.map(({ number, share }) => [number, share]).toSorted(), [
    [3, 90_000],
    [4, 10_000],
  ]);
  assert.deepEqual([deployed?.detail['numbers'], saved?.detail['numbers'], saved?.detail['split']], [[3, 4], [5], undefined]);
});

test('[V-18] of versions that are made at once each says of which code it is', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello');
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  await api.deploy('hello', { [one]: 90, [two]: 10 });
  const { versions } = await revised(api, { env: { COLOUR }, message: 'Adds COLOUR', deploy: true });
  const messages = await Promise.all(
    versions.map(async ({ version_id }) => (await api.ok('getVersion', { ...HELLO, version_id })).annotations['workers/message']),
  );
  assert.deepEqual(messages, ['Adds COLOUR (v1’s code)', 'Adds COLOUR (v2’s code)']);
});
