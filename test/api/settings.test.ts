import assert from 'node:assert/strict';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };
const SECRET = { type: 'secret_text', name: 'KEY' };
const COLOUR = { type: 'plain_text', name: 'COLOUR', text: 'red' };

const count = async (api: TestApi) => (await api.ok('listVersions', HELLO)).items.length;
const withSecret = (api: TestApi) => api.upload('hello', { metadata: { bindings: [COLOUR, { ...SECRET, text: 's' }] } });
const servingBindings = async (api: TestApi) => {
  const { versions } = await api.active('hello');
  const shown = await Promise.all(versions.map(({ version_id }) => api.ok('getVersion', { ...HELLO, version_id })));
  return shown.map(({ resources }) => resources.bindings);
};
const settingsForm = (settings: unknown) => {
  const form = new FormData();
  form.set('settings', JSON.stringify(settings));
  return { body: form };
};

for (const [dialect, call] of [
  ['JSON', (json: Readonly<Record<string, unknown>>) => ({ json })],
  ['a form', settingsForm],
] as const) {
  test(`[V-5] settings sent as ${dialect} make a version from each deployed one`, async (t) => {
    const api = await anApi(t);
    const { deployment_id: one } = await withSecret(api);
    const { id: two } = await api.uploadVersion('hello', { code: saying('two'), metadata: { bindings: [COLOUR] } });
    await api.deploy('hello', { [one]: 70, [two]: 30 });
    // The list is the whole of the bindings; a secret without a text stays as it is.
    const bindings = [{ type: 'plain_text', name: 'SHAPE', text: 'round' }, SECRET, { type: 'inherit', name: 'COLOUR' }];
    const settings = await api.ok(
      'patchSettings',
      HELLO,
      call({ bindings, compatibility_flags: ['nodejs_compat'], annotations: { 'workers/message': 'shaped' } }),
    );
    assert.deepEqual(settings.bindings, [{ type: 'plain_text', name: 'SHAPE', text: 'round' }, SECRET, COLOUR]);
    assert.deepEqual([settings.compatibility_date, settings.compatibility_flags], ['2026-11-01', ['nodejs_compat']]);
    const { versions, annotations } = await api.active('hello');
    assert.deepEqual(
      versions.map(({ percentage }) => percentage),
      [70, 30],
    );
    assert.equal(annotations['workers/message'], 'shaped');
    assert.equal(await count(api), 4);
    assert.deepEqual(await api.ok('getSettings', HELLO), settings);
  });
}

test('[V-5] bindings that are named with nothing but their types stay as they are, as wrangler 4.60 asks in `secret bulk`', async (t) => {
  const api = await anApi(t);
  const { id: namespace_id } = await api.ok('createKvNamespace', {}, { json: { title: 'links' } });
  const bindings = [
    COLOUR,
    { type: 'json', name: 'DOORS', json: { front: 'open' } },
    { type: 'kv_namespace', name: 'LINKS', namespace_id },
    { type: 'service', name: 'SELF', service: 'hello' },
    { type: 'ratelimit', name: 'LIMIT', namespace_id: '7', simple: { limit: 5, period: 10 } },
    { type: 'version_metadata', name: 'VERSION' },
  ];
  const before = await api.upload('hello', { metadata: { bindings } });
  const { id: other } = await api.uploadVersion('hello', { code: saying('two'), metadata: { bindings: [COLOUR] } });
  await api.deploy('hello', { [String(before.deployment_id)]: 70, [other]: 30 });
  const kept = bindings.map(({ name, type }) => ({ name, type }));
  await api.ok('patchSettings', HELLO, {
    json: { bindings: [...kept, { type: 'secret_text', name: 'KEY', text: 'open sesame' }] },
  });
  assert.deepEqual(await servingBindings(api), [
    [...bindings, SECRET],
    [COLOUR, { type: 'version_metadata', name: 'VERSION' }, SECRET],
  ]);
});

test('[V-17] what only one version of a split has stays there, where the client was shown the bindings of another', async (t) => {
  const api = await anApi(t);
  const doors = { type: 'json', name: 'DOORS', json: { front: 'open' } };
  const one = await api.upload('hello', { metadata: { bindings: [COLOUR, doors, { ...SECRET, text: 's' }] } });
  const shape = { type: 'plain_text', name: 'SHAPE', text: 'round' };
  const { id: two } = await api.uploadVersion('hello', { metadata: { bindings: [COLOUR, shape], keep_bindings: [] } });
  await api.deploy('hello', { [String(one.deployment_id)]: 70, [two]: 30 });
  const { bindings: shown } = await api.ok('getSettings', HELLO);
  assert.deepEqual(shown, [COLOUR, shape]);
  const kept = shown.map(({ name, type }) => ({ name, type }));
  await api.ok('patchSettings', HELLO, { json: { bindings: [...kept, { type: 'secret_text', name: 'NEW', text: 'n' }] } });
  const fresh = { type: 'secret_text', name: 'NEW' };
  assert.deepEqual(await servingBindings(api), [
    [COLOUR, fresh, doors, SECRET],
    [COLOUR, shape, fresh],
  ]);
  // What was shown and is left out goes, wherever it is.
  await api.ok('patchSettings', HELLO, { json: { bindings: [fresh] } });
  assert.deepEqual(await servingBindings(api), [[fresh, doors, SECRET], [fresh]]);
});

test('[V-17] settings show what the next upload inherits: nothing is missing that was provisioned for a version that waits', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const { id: namespace_id } = await api.ok('createKvNamespace', {}, { json: { title: 'hello-links' } });
  const links = { type: 'kv_namespace', name: 'LINKS', namespace_id };
  await api.uploadVersion('hello', { metadata: { bindings: [links] } });
  assert.deepEqual((await api.ok('getSettings', HELLO)).bindings, [links]);
  const next = await api.uploadVersion('hello', { metadata: { bindings: [{ type: 'inherit', name: 'LINKS' }] } });
  assert.deepEqual(next.resources.bindings, [links]);
  // What only the version that serves binds is there too, and no longer when nothing does.
  await api.deploy('hello', { [next.id]: 100 });
  const bare = await api.uploadVersion('hello', { metadata: { bindings: [] } });
  assert.deepEqual((await api.ok('getSettings', HELLO)).bindings, [links]);
  const again = await api.uploadVersion('hello', { metadata: { bindings: [{ type: 'inherit', name: 'LINKS' }] } });
  assert.deepEqual(again.resources.bindings, [links]);
  await api.uploadVersion('hello', { metadata: { bindings: [] } });
  await api.deploy('hello', { [bare.id]: 100 });
  assert.deepEqual((await api.ok('getSettings', HELLO)).bindings, []);
});

test('settings can delete bindings, also all of them', async (t) => {
  const api = await anApi(t);
  await withSecret(api);
  assert.deepEqual((await api.ok('patchSettings', HELLO, { json: { bindings: [COLOUR] } })).bindings, [COLOUR]);
  assert.deepEqual((await api.ok('patchSettings', HELLO, { json: { bindings: [] } })).bindings, []);
});

test('[V-6] settings of the Worker itself make no version, also where they are sent with the versioned call', async (t) => {
  const api = await anApi(t);
  await withSecret(api);
  const observability = { enabled: true, head_sampling_rate: 0.5, logs: { enabled: true, invocation_logs: true } };
  const patched = await api.ok('patchScriptSettings', HELLO, {
    json: { logpush: true, observability, tags: ['team:green'], tail_consumers: [] },
  });
  assert.deepEqual(patched, { logpush: true, observability, tags: ['team:green'], tail_consumers: [] });
  assert.deepEqual(await api.ok('getScriptSettings', HELLO), patched);
  const { bindings } = await api.ok('patchSettings', HELLO, { json: { logpush: false } });
  assert.equal(bindings.length, 2);
  assert.deepEqual(await api.ok('patchScriptSettings', HELLO, { json: { tags: null, observability: null } }), {
    logpush: false,
    observability: { enabled: false },
    tags: [],
    tail_consumers: [],
  });
  assert.equal(await count(api), 1);
});

test('[A-3] settings of both kinds change together, in one step with one audit row', async (t) => {
  const api = await anApi(t);
  await withSecret(api);
  const settings = await api.ok('patchSettings', HELLO, {
    json: { usage_model: 'bundled', limits: { cpu_ms: 50 }, placement: { mode: 'smart' }, tags: ['a'] },
  });
  assert.deepEqual(
    [settings.usage_model, settings.limits, settings.placement, settings.tags],
    ['bundled', { cpu_ms: 50 }, { mode: 'smart' }, ['a']],
  );
  await api.refused('patchSettings', HELLO, { json: { tags: ['b'], compatibility_flags: ['time_travel'] } });
  assert.deepEqual((await api.ok('getSettings', HELLO)).tags, ['a']);
});

test('[V-5] the usage model is part of a version', async (t) => {
  const api = await anApi(t);
  await withSecret(api);
  assert.deepEqual(await api.ok('getUsageModel', HELLO), { usage_model: 'standard' });
  assert.deepEqual(await api.ok('putUsageModel', HELLO, { json: { usage_model: 'unbound' } }), { usage_model: 'unbound' });
  assert.deepEqual(await api.ok('getUsageModel', HELLO), { usage_model: 'unbound' });
  const { items } = await api.ok('listVersions', HELLO);
  assert.deepEqual(
    items.map(({ resources }) => resources.script_runtime.usage_model),
    ['unbound', 'standard'],
  );
});

test('[V-6] crons, routes, domains and the subdomain make no version', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const { id: zone_id } = await api.ok('createZone', {}, { json: { name: 'example.com' } });
  const { result } = await api.answer('putSchedules', HELLO, {
    json: [{ cron: '*/5 * * * *' }, { cron: '0 0 1 1 *' }, { cron: '*/5 * * * *' }],
  });
  assert.deepEqual(
    result.schedules.map(({ cron }) => cron),
    ['*/5 * * * *', '0 0 1 1 *'],
  );
  assert.deepEqual(await api.ok('getSchedules', HELLO), result);
  await api.ok('putScriptRoutes', HELLO, { json: [{ pattern: 'example.com/*' }] });
  await api.ok('putDomain', {}, { json: { hostname: 'a.example.com', service: 'hello', zone_id } });
  await api.ok('postSubdomain', HELLO, { json: { enabled: true } });
  assert.deepEqual((await api.ok('putSchedules', HELLO, { json: [] })).schedules, []);
  assert.equal(await count(api), 1);
});

const said = async (answer: Promise<{ readonly messages: readonly { readonly message: string }[] }>) =>
  (await answer).messages.map(({ message }) => message);

test('what a call does not apply is named in its answer', async (t) => {
  const api = await anApi(t);
  await withSecret(api);
  assert.deepEqual(await said(api.answer('patchSettings', HELLO, { json: { bindngs: [] } })), ['Not known, and not applied: bindngs.']);
  const limited = await api.answer('patchSettings', HELLO, { json: { limits: { cpu_ms: 50 } } });
  assert.deepEqual([limited.messages, limited.result.limits], [[], { cpu_ms: 50 }]);
});
