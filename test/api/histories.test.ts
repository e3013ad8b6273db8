/** What each deployment did, when each version served, and what a Worker may be rolled back to. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createToken } from '../../src/control/index.ts';
import { anApi, type RequestBody, type TestApi } from '../support/api.ts';
import { accepted, ADA } from '../support/control-plane.ts';
import { asked, pathOf, refusedOwn } from '../support/own.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const HOUR_MS = 60 * 60_000;
const NAME = { name: 'checkout' };

const nowOf = (api: TestApi): string => api.plane.clock.now().toISOString();

/** A ramp that was rolled back, and another one that was not: an hour between any two. */
const aPast = async (t: TestContext) => {
  const api = await anApi(t);
  const versions = [(await api.upload('checkout', { code: saying('1') })).deployment_id];
  for (const [number, tag] of [
    [2, 'cart'],
    [3, 'prices'],
    [4, 'unused'],
  ] as const) {
    const metadata = { annotations: { 'workers/tag': tag, 'workers/message': `Version ${number} of 100%` } };
    versions.push((await api.uploadVersion('checkout', { code: saying(String(number)), metadata })).id);
  }
  const [one = '', two = '', three = '', four = ''] = versions;
  for (const shares of [{ [two]: 10, [one]: 90 }, { [one]: 100 }, { [three]: 25, [one]: 75 }, { [three]: 100 }]) {
    api.plane.clock.move(HOUR_MS);
    await api.deploy('checkout', shares);
  }
  return { api, one, two, three, four };
};

test('[OV-13] deployments are told newest first, each with what it did, until when it served, and how its versions look', async (t) => {
  const { api, one, three } = await aPast(t);
  const { result, info } = await asked(api, 'listDeploymentHistory', NAME);
  assert.deepEqual(
    result.map(({ number, story, versions }) => [
      number,
      `${story.kind} v${story.number} ${story.percentage_before}-${story.percentage}`,
      versions.map((each) => `v${each.number} ${each.percentage} ${each.look}`).join(', '),
    ]),
    [
      [5, 'raised v3 25-100', 'v3 100 new'],
      [4, 'started v3 0-25', 'v3 25 new, v1 75 stable'],
      [3, 'rolled_back v1 90-100', 'v1 100 stable'],
      [2, 'started v2 0-10', 'v2 10 back, v1 90 stable'],
      [1, 'deployed v1 0-100', 'v1 100 stable'],
    ],
  );
  assert.deepEqual(info, { count: 5, total_count: 5 });
  for (const [at, { until }] of result.entries()) assert.equal(until, result[at - 1]?.at ?? null);
  const [active] = result;
  assert.deepEqual([active?.author, active?.source, active?.story.other], ['ada@example.com', 'api', { version_id: one, number: 1 }]);
  assert.equal(active?.story.version_id, three);
});

test('[OV-13] the deployments come in pages that tell what all of them together tell', async (t) => {
  const { api } = await aPast(t);
  const { result: all } = await asked(api, 'listDeploymentHistory', NAME);
  const first = await asked(api, 'listDeploymentHistory', NAME, { limit: 2 });
  assert.deepEqual([first.result, first.info], [all.slice(0, 2), { count: 2, total_count: 5, cursor: '4' }]);
  const second = await asked(api, 'listDeploymentHistory', NAME, { limit: 2, cursor: '4' });
  assert.deepEqual(second.result, all.slice(2, 4));
  const last = await asked(api, 'listDeploymentHistory', NAME, { limit: 2, cursor: String(second.info?.['cursor']) });
  assert.deepEqual([last.result, last.info], [all.slice(4), { count: 1, total_count: 5 }]);
  assert.equal((await refusedOwn(api, 'listDeploymentHistory', { name: 'nobody' })).code, 10007);
});

test('[OV-14] versions are told with how they look, when they served and what they are made of', async (t) => {
  const { api, one, two, three } = await aPast(t);
  await api.ok('postSubdomain', { script_name: 'checkout' }, { json: { enabled: true, previews_enabled: true } });
  const { result, info } = await asked(api, 'listVersionHistory', NAME);
  assert.deepEqual(
    result.map(({ number, look, percentage }) => [number, look, percentage]),
    [
      [4, 'idle', null],
      [3, 'new', 100],
      [2, 'back', null],
      [1, 'stable', null],
    ],
  );
  assert.deepEqual(info, { page: 1, per_page: 50, count: 4, total_count: 4, total_pages: 1 });
  const deployments = (await asked(api, 'listDeploymentHistory', NAME)).result.map(({ at }) => at);
  const served = new Map(result.map((version) => [version.version_id, version.served]));
  const [whole, , back, started, first] = deployments;
  assert.deepEqual(served.get(three), {
    since: deployments[1],
    from: deployments[1],
    until: null,
    percentage: 100,
    held_all: true,
    held_all_until: null,
  });
  assert.deepEqual(served.get(two), { since: started, from: started, until: back, percentage: 10, held_all: false, held_all_until: null });
  assert.deepEqual(served.get(one), {
    since: first,
    from: first,
    until: whole,
    percentage: 75,
    held_all: true,
    held_all_until: deployments[1],
  });
  const [idle] = result;
  assert.deepEqual([idle?.served, idle?.tag, idle?.bindings, idle?.assets, idle?.is_deployable], [null, 'unused', 0, 0, true]);
  assert.equal(idle?.modules.count, 1);
  assert.ok((idle?.modules.bytes ?? 0) > 0);
  assert.match(idle?.url ?? '', /^http:\/\/[0-9a-f]{8}-checkout\./);
});

test('[OV-14] versions are found by tag, author, message, number, id or any of these, and those that may be deployed apart', async (t) => {
  const { api, one, two, three, four } = await aPast(t);
  const found = async (query: Readonly<Record<string, string | number>>): Promise<readonly string[]> =>
    (await asked(api, 'listVersionHistory', NAME, query)).result.map(({ version_id: id }) => id);
  assert.deepEqual(await found({ tag: 'CA' }), [two]);
  assert.deepEqual(await found({ message: '100%' }), [four, three, two]);
  assert.deepEqual(await found({ message: '_00%' }), [], 'a wildcard is a character');
  assert.deepEqual(await found({ author: 'ada', tag: 'prices' }), [three]);
  assert.deepEqual(await found({ search: 'v3' }), [three]);
  assert.deepEqual(await found({ search: one.slice(0, 8), per_page: 1 }), [one]);
  assert.deepEqual(await found({ per_page: 2, page: 2 }), [two, one]);
  const few = await anApi(t, { deployableVersions: 1 });
  const { deployment_id: serves } = await few.upload('checkout', { code: saying('1') });
  await few.uploadVersion('checkout', { code: saying('2') });
  const { id: newest } = await few.uploadVersion('checkout', { code: saying('3') });
  const may = (await asked(few, 'listVersionHistory', NAME, { deployable: 'true' })).result;
  assert.deepEqual(
    may.map(({ version_id: id }) => id),
    [newest, serves],
  );
  const all = (await asked(few, 'listVersionHistory', NAME)).result;
  assert.deepEqual(
    all.map(({ is_deployable: is }) => is),
    [true, false, true],
  );
});

test('[OV-15] what a Worker may be rolled back to: who serves beside another, then who left last', async (t) => {
  const { api, one, two, three } = await aPast(t);
  const targets = async () =>
    (await asked(api, 'listRollbackTargets', NAME)).result.map(({ version_id, is_last_whole }) => [version_id, is_last_whole]);
  assert.deepEqual(await targets(), [
    [one, true],
    [two, false],
  ]);
  await api.deploy('checkout', { [two]: 50, [three]: 50 });
  assert.deepEqual(await targets(), [
    [two, false],
    [three, true],
    [one, false],
  ]);
  const { result, info } = await asked(api, 'listRollbackTargets', NAME, { limit: 1, cursor: '1' });
  assert.deepEqual([result.map(({ version_id: id }) => id), info], [[three], { count: 1, total_count: 3, cursor: '2' }]);
});

const secret = (name: string, text: string) => ({ name, type: 'secret_text' as const, text });

test('[OV-15] [OV-16] each target says what blocks it, and which secrets were changed since, by whom and when', async (t) => {
  const api = await anApi(t);
  const { id: rates } = await api.ok('createKvNamespace', {}, { json: { title: 'tax-rates' } });
  const { deployment_id: bound } = await api.upload('checkout', {
    code: saying('1'),
    metadata: { bindings: [{ name: 'RATES', type: 'kv_namespace', namespace_id: rates }] },
  });
  const { deployment_id: plain } = await api.upload('checkout', {
    code: saying('2'),
    metadata: { bindings: [secret('STRIPE_KEY', 'old'), secret('TAX_TOKEN', 'old'), secret('SAME', 'same')] },
  });
  await api.upload('checkout', { code: saying('3') });
  api.plane.clock.move(HOUR_MS);
  await api.ok('putSecret', { script_name: 'checkout' }, { json: secret('STRIPE_KEY', 'new') });
  const changedOn = nowOf(api);
  await api.upload('checkout', { code: saying('4'), metadata: { bindings: [secret('TAX_TOKEN', 'uploaded')] } });
  await api.ok('deleteKvNamespace', { namespace_id: rates });
  const { result } = await asked(api, 'listRollbackTargets', NAME);
  const target = (id: string) => result.find(({ version_id: each }) => each === id);
  assert.deepEqual(
    target(plain)?.secrets_changed.map(({ name, by, on }) => [name, by, on?.slice(0, 16)]),
    [
      ['STRIPE_KEY', 'ada@example.com', changedOn.slice(0, 16)],
      ['TAX_TOKEN', 'ada@example.com', changedOn.slice(0, 16)],
    ],
  );
  assert.deepEqual(target(plain)?.blockers, []);
  const [blocker] = target(bound)?.blockers ?? [];
  assert.match(blocker?.message ?? '', /tax-rates.*ada@example\.com/);
  const warning = target(plain)?.warnings.find(({ needs_force: needsForce }) => needsForce);
  assert.match(warning?.message ?? '', /STRIPE_KEY/);
});

test('[OV-16] of two people each is named with the secrets that were theirs, by whatever way they changed them', async (t) => {
  const api = await anApi(t);
  const { value: token } = accepted(await createToken(api.plane.control, ADA, { name: 'grace', email: 'grace@example.com' }));
  const asGrace = async (path: string, method: string, body: RequestBody): Promise<void> => {
    const response = await api.send(method, path, { token, body });
    assert.ok(response.ok, await response.text());
  };
  const revisions = '/switchback/v1/workers/checkout/revisions';
  const names = ['BY_UPLOAD', 'BY_REVISION', 'BY_SECRET', 'WAITING', 'REMOVED'];
  const { deployment_id: old } = await api.upload('checkout', {
    code: saying('1'),
    metadata: { bindings: names.map((name) => secret(name, 'old')) },
  });
  // Ada's change of a secret that Grace then changes otherwise.
  await api.ok('putSecret', { script_name: 'checkout' }, { json: secret('BY_REVISION', "Ada's") });
  await api.ok('putSecret', { script_name: 'checkout' }, { json: secret('WAITING', "Ada's") });
  await asGrace(revisions, 'POST', JSON.stringify({ env: { BY_REVISION: secret('BY_REVISION', "Grace's") }, deploy: true }));
  const [revised] = (await asked(api, 'listDeploymentHistory', NAME)).result;
  await asGrace(revisions, 'POST', JSON.stringify({ env: { REMOVED: null }, deploy: true }));
  const uploaded = aWorker({ code: saying('2'), metadata: { bindings: [secret('BY_UPLOAD', "Grace's"), secret('WAITING', "Ada's")] } });
  await asGrace(api.path('putScript', { script_name: 'checkout' }), 'PUT', uploaded);
  await api.ok('putSecret', { script_name: 'checkout' }, { json: secret('BY_SECRET', "Ada's") });
  // What does not serve is nothing that serves otherwise.
  await asGrace(revisions, 'POST', JSON.stringify({ env: { WAITING: secret('WAITING', "Grace's") }, deploy: false }));
  const { result } = await asked(api, 'listRollbackTargets', NAME);
  const changes = result.find(({ version_id: id }) => id === old)?.secrets_changed ?? [];
  assert.deepEqual(
    changes.map(({ name, by }) => [name, by]),
    [
      ['BY_REVISION', 'grace@example.com'],
      ['BY_SECRET', 'ada@example.com'],
      ['BY_UPLOAD', 'grace@example.com'],
      ['REMOVED', 'grace@example.com'],
      ['WAITING', 'ada@example.com'],
    ],
  );
  assert.deepEqual([revised?.story.kind, revised?.story.secrets], ['changed_secret', ['BY_REVISION']]);
  const stored = JSON.stringify(await api.api.store.read.audit.page({ offset: 0, limit: 100 }));
  assert.doesNotMatch(stored, /Grace's|Ada's/, 'names only');
});

test('[OV-20] a version is given the secrets of today by an upload of its code that inherits each from what serves', async (t) => {
  const api = await anApi(t);
  const { deployment_id: old } = await api.upload('checkout', {
    code: saying('old'),
    metadata: { bindings: [{ name: 'MODE', type: 'plain_text', text: 'old' }, secret('KEY', 'revoked')] },
  });
  await api.upload('checkout', {
    code: saying('new'),
    metadata: { bindings: [secret('KEY', 'of today'), secret('OTHER', 'not of the old one')] },
  });
  await api.uploadVersion('checkout', { code: saying('newest'), metadata: { bindings: [secret('KEY', 'of tomorrow')] } });
  const { versions } = await api.active('checkout');
  const serving = versions[0]?.version_id ?? '';
  const read = await api.send('GET', pathOf('getModule', { ...NAME, version_id: old, module: 'index.js' }));
  const { id: given } = await api.uploadVersion('checkout', {
    code: await read.text(),
    metadata: {
      keep_bindings: [],
      bindings: [
        { name: 'MODE', type: 'plain_text', text: 'old' },
        { name: 'KEY', type: 'inherit', version_id: serving },
      ],
    },
  });
  const differing = async (baseline: string) => (await asked(api, 'getDifferences', NAME, { version: given, baseline })).result;
  const [fromOld, fromServing] = [await differing(old), await differing(serving)];
  assert.deepEqual(fromOld.modules.differing, []);
  assert.deepEqual(
    fromOld.bindings.differing.map(({ name }) => name),
    ['KEY'],
  );
  assert.deepEqual(
    fromServing.bindings.differing.map(({ name, change }) => [name, change]),
    [
      ['MODE', 'added'],
      ['OTHER', 'removed'],
    ],
    'its secret is the one that serves',
  );
});
