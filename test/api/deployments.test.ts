import assert from 'node:assert/strict';
import test from 'node:test';
import { anApi, aSplit, type TestApi } from '../support/api.ts';
import { saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };

const listed = async (api: TestApi) => (await api.ok('listDeployments', HELLO)).deployments;

/** What `wrangler rollback` without an id goes back to: the latest but one that gives all traffic to one version. */
const rollbackTarget = async (api: TestApi): Promise<string | undefined> => {
  const earlier = (await listed(api)).toSorted((a, b) => (a.created_on < b.created_on ? 1 : -1)).slice(1);
  return earlier.flatMap(({ versions }) => versions).find(({ percentage }) => percentage === 100)?.version_id;
};

const twoVersions = async (api: TestApi) => {
  const { deployment_id: one } = await api.upload('hello');
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  return { one, two };
};

test('[D-10] after a ramp of ten steps the list still reaches the deployment to roll back to', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  for (const share of [1, 2, 5, 10, 20, 30, 40, 50, 70, 90]) await api.deploy('hello', { [one]: 100 - share, [two]: share });
  const ids = (await listed(api)).map(({ versions }) => versions.map(({ percentage }) => percentage));
  assert.equal(ids.length, 11, 'the ten latest, and the last earlier one at 100 %');
  assert.deepEqual([ids[0], ids[9], ids[10]], [[10, 90], [99, 1], [100]]);
  assert.equal(await rollbackTarget(api), one);
  await api.deploy('hello', { [two]: 100 });
  assert.equal((await listed(api)).length, 11);
  assert.equal(await rollbackTarget(api), one);
  await api.deploy('hello', { [one]: 100 });
  assert.equal((await listed(api)).length, 10, 'now one of the ten is');
  assert.equal(await rollbackTarget(api), two);
});

test('[D-10] with paging the list is the list', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  for (let step = 1; step <= 12; step += 1) await api.deploy('hello', { [one]: 100 - step, [two]: step });
  const page = async (query: Readonly<Record<string, number>>) => {
    const { result, result_info } = await api.answer('listDeployments', HELLO, { query });
    return [result.deployments.map(({ versions }) => versions[1]?.percentage ?? 0), result_info];
  };
  assert.deepEqual(await page({ page: 1, per_page: 5 }), [
    [12, 11, 10, 9, 8],
    { page: 1, per_page: 5, count: 5, total_count: 13, total_pages: 3 },
  ]);
  assert.deepEqual(await page({ page: 3, per_page: 5 }), [[2, 1, 0], { page: 3, per_page: 5, count: 3, total_count: 13, total_pages: 3 }]);
  assert.deepEqual(await page({ page: 2 }), [[], { page: 2, per_page: 25, count: 0, total_count: 13, total_pages: 1 }]);
});

test('[D-6] [A-4] a deployment is seen by the next read, first in the list, later than all before', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  for (let step = 0; step < 5; step += 1) {
    api.plane.clock.move(-60_000);
    const made = await api.deploy('hello', { [one]: 50, [two]: 50 });
    assert.deepEqual((await listed(api))[0], made);
    assert.deepEqual(await api.ok('getDeployment', { ...HELLO, deployment_id: made.id }), made);
  }
  const times = (await listed(api)).map(({ created_on }) => created_on);
  assert.deepEqual(times, [...new Set(times)].toSorted().toReversed());
});

test('[D-3] a total within a thousandth of 100 is made exact', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  const { versions } = await api.deploy('hello', { [one]: 33.333, [two]: 66.666 });
  assert.deepEqual(
    versions.map(({ percentage }) => percentage),
    [33.333, 66.667],
  );
});

test('[D-9] If-Match lets one of two deployers win, and tells the other who did', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  const { id: seen } = await api.active('hello');
  const call = (shares: Readonly<Record<string, number>>) => ({ json: aSplit(shares), headers: { 'if-match': `"${seen}"` } });
  const won = await api.ok('createDeployment', HELLO, call({ [one]: 50, [two]: 50 }));
  const lost = await api.refused('createDeployment', HELLO, call({ [two]: 100 }));
  assert.equal(lost.status, 412);
  assert.equal(
    lost.message,
    `The active deployment is ${won.id}, made by ada@example.com at ${won.created_on}, not ${seen}. Look at it, then deploy again.`,
  );
  const again = { ...call({ [two]: 100 }), headers: { 'if-match': `W/"${won.id.replaceAll('-', '').toUpperCase()}"` } };
  assert.deepEqual((await api.ok('createDeployment', HELLO, again)).versions, [{ version_id: two, percentage: 100 }]);
});

test('[D-9] If-Match is refused where nothing is deployed', async (t) => {
  const api = await anApi(t);
  await api.ok('createWorker', {}, { json: { name: 'hello' } });
  const missing = '11111111-1111-4111-8111-111111111111';
  const refused = await api.refused('createDeployment', HELLO, {
    json: aSplit({ [missing]: 100 }),
    headers: { 'if-match': `"${missing}"` },
  });
  assert.equal(refused.message, `Nothing is deployed, but the request expects the deployment ${missing}. Read the deployments again.`);
});

test('[D-11] a past deployment can be taken out of the history', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  const past = await api.active('hello');
  await api.deploy('hello', { [two]: 100 });
  await api.ok('deleteDeployment', { ...HELLO, deployment_id: past.id });
  assert.deepEqual((await listed(api)).length, 1);
  assert.equal((await api.refused('getDeployment', { ...HELLO, deployment_id: past.id })).status, 404);
  assert.deepEqual((await api.deploy('hello', { [one]: 100 })).versions, [{ version_id: one, percentage: 100 }]);
});

test('[V-16] a version that does not serve can be deleted, and the history stays readable', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  await api.deploy('hello', { [one]: 50, [two]: 50 });
  await api.deploy('hello', { [two]: 100 });
  await api.ok('deleteWorkerVersion', { worker: 'hello', version_id: one });
  assert.equal((await api.refused('getVersion', { ...HELLO, version_id: one })).code, 100146);
  // Clients read every version of every deployment they list, and fail on one that is gone.
  for (const { versions } of await listed(api)) {
    for (const { version_id } of versions) await api.ok('getVersion', { ...HELLO, version_id });
  }
  assert.deepEqual(
    (await listed(api)).map(({ versions }) => versions),
    [[{ version_id: two, percentage: 100 }]],
  );
  assert.equal((await api.uploadVersion('hello')).number, 3, 'its number is not used again');
});

test('[R-2] going back over changed secrets is refused with their names, and forced when the client says so', async (t) => {
  const api = await anApi(t);
  const old = ['KEY', 'ANOTHER'].map((name) => ({ name, type: 'secret_text', text: 'old' }));
  const { deployment_id: one } = await api.upload('hello', { metadata: { bindings: old } });
  for (const name of ['KEY', 'ANOTHER', 'LATER']) await api.ok('putSecret', HELLO, { json: { name, text: 'new' } });
  const call = { json: aSplit({ [one]: 100 }) };
  const refused = await api.refused('createDeployment', HELLO, call);
  assert.equal(refused.code, 10220);
  // wrangler splits what follows this marker and one more character on ", ".
  assert.deepEqual(refused.message.split('The following secrets have changed:')[1]?.slice(1).split(', '), ['ANOTHER', 'KEY']);
  const forced = await api.ok('createDeployment', HELLO, { ...call, query: { force: true } });
  assert.deepEqual(forced.versions, [{ version_id: one, percentage: 100 }]);
});

test('[R-1] a rollback is one more deployment', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  await api.deploy('hello', { [two]: 100 });
  await api.deploy('hello', { [one]: 100 }, { json: { ...aSplit({ [one]: 100 }), annotations: { 'workers/message': 'back' } } });
  assert.deepEqual(
    (await listed(api)).map(({ versions }) => versions[0]?.version_id),
    [one, two, one],
  );
  assert.equal((await api.active('hello')).annotations['workers/message'], 'back');
});

test('[W-1] [W-2] the deployable versions are those that can be deployed: the window, and what serves', async (t) => {
  const api = await anApi(t, { deployableVersions: 3 });
  const ids = [(await api.upload('hello')).deployment_id];
  for (let number = 2; number <= 5; number += 1) ids.push((await api.uploadVersion('hello', { code: saying(String(number)) })).id);
  const deployable = async () => (await api.ok('listVersions', HELLO, { query: { deployable: true } })).items.map(({ number }) => number);
  assert.deepEqual(await deployable(), [5, 4, 3, 1]);
  assert.equal((await api.refused('createDeployment', HELLO, { json: aSplit({ [ids[1] ?? '']: 100 }) })).code, 100315);
  await api.deploy('hello', { [ids[0] ?? '']: 90, [ids[4] ?? '']: 10 });
  await api.deploy('hello', { [ids[4] ?? '']: 100 });
  assert.deepEqual(await deployable(), [5, 4, 3]);
});

test('[W-2] a client that pages through the deployable versions comes to an end', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await api.uploadVersion('hello');
  const page = async (query: Readonly<Record<string, number>>) =>
    (await api.ok('listVersions', HELLO, { query: { deployable: true, ...query } })).items.map(({ number }) => number);
  assert.deepEqual([await page({}), await page({ page: 2 }), await page({ page: 2, per_page: 1 })], [[2, 1], [], [1]]);
});

test('[D-12] an edge that is late is named, and the change stands', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  api.api.feed.join('late', () => {});
  const { messages, result } = await api.answer('createDeployment', HELLO, { json: aSplit({ [one]: 50, [two]: 50 }) });
  assert.deepEqual(
    messages.map(({ message }) => message),
    ['Stored. These edges have not confirmed it yet and follow as soon as they can: late.'],
  );
  assert.equal((await api.active('hello')).id, result.id);
});

test('[D-9] If-Match: * asks only that something is deployed', async (t) => {
  const api = await anApi(t);
  const { one, two } = await twoVersions(api);
  const any = { headers: { 'if-match': '*' }, json: aSplit({ [one]: 50, [two]: 50 }) };
  await api.ok('createDeployment', HELLO, any);
  await api.ok('createWorker', {}, { json: { name: 'empty' } });
  assert.equal((await api.refused('createDeployment', { script_name: 'empty' }, any)).code, 100317);
});
