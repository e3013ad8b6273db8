/** The Workers at a glance: what the dashboard's list and the head of each Worker's page are drawn from. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { anObserver, someRequests } from '../support/observed.ts';
import { asked, refusedOwn } from '../support/own.ts';
import { saying } from '../support/worker-form.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const nowOf = (api: TestApi): number => api.plane.clock.now().getTime();

const list = async (api: TestApi, query: Readonly<Record<string, string | number>> = {}) =>
  (await asked(api, 'listWorkersOverview', {}, query)).result;

const rowOf = async (api: TestApi, name: string) => {
  const row = (await list(api)).workers.find((each) => each.name === name);
  assert.ok(row !== undefined);
  return row;
};

/** Three Workers: one split, one settled, one that was never deployed. */
const aFew = async (t: TestContext) => {
  const api = await anApi(t);
  const { deployment_id: tax } = await api.upload('tax', { code: saying('tax') });
  const { deployment_id: one } = await api.upload('checkout', { code: saying('one') });
  await api.ok('createWorker', {}, { json: { name: 'newsletter' } });
  await api.uploadVersion('newsletter', { metadata: { annotations: { 'workers/message': 'A first draft' } } });
  api.plane.clock.move(30 * HOUR_MS);
  const { id: two } = await api.uploadVersion('checkout', {
    code: saying('two'),
    metadata: { annotations: { 'workers/tag': 'cart', 'workers/message': 'Cache prices' } },
  });
  await api.deploy('checkout', { [two]: 10, [one]: 90 });
  return { api, one, two, tax };
};

test('[OV-7] each Worker is listed with what serves of it, how that looks, and what was changed last', async (t) => {
  const { api, one, two, tax } = await aFew(t);
  const { workers, totals, window } = await list(api);
  assert.deepEqual(totals, { all: 3, found: 3, split: 1, recent: 1, failing_more: 0 });
  assert.equal(window, null, 'nobody observes');
  assert.deepEqual(
    workers.map(({ name, is_recent }) => [name, is_recent]),
    [
      ['checkout', true],
      ['newsletter', false],
      ['tax', false],
    ],
  );
  const [checkout, newsletter, settled] = workers;
  assert.deepEqual(
    checkout?.deployment?.versions.map(({ version_id, number, percentage, look, message, tag }) => [
      version_id,
      number,
      percentage,
      look,
      message,
      tag,
    ]),
    [
      [two, 2, 10, 'new', 'Cache prices', 'cart'],
      [one, 1, 90, 'stable', null, null],
    ],
  );
  const { kind, author, source, story } = checkout?.last_change ?? {};
  assert.deepEqual([kind, author, source], ['started', 'ada@example.com', 'api']);
  assert.deepEqual(story, {
    kind: 'started',
    version_id: two,
    number: 2,
    percentage: 10,
    percentage_before: 0,
    other: { version_id: one, number: 1 },
    secrets: [],
  });
  assert.deepEqual([newsletter?.deployment, newsletter?.newest_version?.number, newsletter?.newest_version?.look], [null, 1, 'idle']);
  assert.deepEqual([newsletter?.last_change.kind, newsletter?.last_change.message], ['saved', 'A first draft']);
  assert.deepEqual(
    settled?.deployment?.versions.map(({ version_id, look }) => [version_id, look]),
    [[tax, 'stable']],
  );
  assert.deepEqual([settled?.last_change.kind, settled?.metrics, settled?.comparison], ['deployed', null, null]);
});

test('[OV-7] a Worker without any version says when it was made; one that went back says so, also long after', async (t) => {
  const { api, one, two } = await aFew(t);
  await api.ok('createWorker', {}, { json: { name: 'bare' } });
  assert.deepEqual((await rowOf(api, 'bare')).last_change.kind, 'created');
  await api.deploy('checkout', { [two]: 100 });
  await api.deploy('checkout', { [one]: 100 });
  assert.deepEqual((await rowOf(api, 'checkout')).deployment?.versions[0]?.look, 'stable');
  api.plane.clock.move(240 * HOUR_MS);
  const row = await rowOf(api, 'checkout');
  assert.deepEqual([row.is_recent, row.last_change.kind, row.last_change.story?.other?.number], [false, 'rolled_back', 2]);
});

test('[OV-7] a change of a secret is told by its name', async (t) => {
  const { api } = await aFew(t);
  await api.ok('putSecret', { script_name: 'tax' }, { json: { name: 'SMTP_KEY', text: 'sesame', type: 'secret_text' } });
  const row = await rowOf(api, 'tax');
  assert.deepEqual([row.last_change.kind, row.last_change.story?.secrets], ['changed_secret', ['SMTP_KEY']]);
  assert.deepEqual(
    row.deployment?.versions.map(({ number, look }) => [number, look]),
    [[2, 'stable']],
  );
});

test('[OV-8] a Worker is listed with all that reaches it: its address, domains, routes, crons, queues, and callers where nothing else does', async (t) => {
  const { api } = await aFew(t);
  await api.ok('putAccountSubdomain', {}, { json: { subdomain: 'fernhill' } });
  await api.ok('postSubdomain', { script_name: 'checkout' }, { json: { enabled: true } });
  await api.ok('putSchedules', { script_name: 'newsletter' }, { json: [{ cron: '0 2 * * *' }] });
  const bindings = [{ name: 'TAX', type: 'service', service: 'tax' }];
  await api.upload('caller', { code: saying('calls'), metadata: { bindings } });
  const hosts = async (name: string) => (await rowOf(api, name)).hosts;
  const none = { workers_dev: null, domains: [], routes: [], crons: [], queues: [], callers: [] };
  assert.deepEqual(await hosts('checkout'), { ...none, workers_dev: 'http://checkout.fernhill.localhost:8080' });
  assert.deepEqual(await hosts('newsletter'), { ...none, crons: ['0 2 * * *'] });
  assert.deepEqual(await hosts('tax'), { ...none, callers: ['caller'] });
});

test('[OV-9] Workers are found by name, address, version, tag, message or person, and come in pages', async (t) => {
  const { api } = await aFew(t);
  const found = async (query: Readonly<Record<string, string | number>>): Promise<readonly string[]> =>
    (await list(api, query)).workers.map(({ name }) => name);
  assert.deepEqual(await found({ search: 'CHECK' }), ['checkout']);
  assert.deepEqual(await found({ search: 'v2' }), ['checkout']);
  assert.deepEqual(await found({ search: 'cart' }), ['checkout']);
  assert.deepEqual(await found({ search: 'prices cache' }), ['checkout']);
  assert.deepEqual(await found({ search: 'ada@' }), ['checkout', 'newsletter', 'tax']);
  assert.deepEqual(await found({ search: 'first draft' }), ['newsletter']);
  assert.deepEqual(await found({ search: '100%' }), []);
  assert.deepEqual(await found({ only: 'split' }), ['checkout']);
  assert.deepEqual(await found({ only: 'failing_more' }), []);
  assert.deepEqual(await found({ per_page: 2 }), ['checkout', 'newsletter']);
  const { result, info } = await asked(api, 'listWorkersOverview', {}, { per_page: 2, page: 2 });
  assert.deepEqual(
    result.workers.map(({ name }) => name),
    ['tax'],
  );
  assert.deepEqual(info, { page: 2, per_page: 2, count: 1, total_count: 3, total_pages: 2 });
});

test('[OV-10] with what was observed: a series over 24 hours, errors, requests a minute, each also by version that serves', async (t) => {
  const { api, one, two } = await aFew(t);
  const observing = await anObserver(t, api);
  api.plane.clock.move(2 * HOUR_MS);
  const now = nowOf(api);
  await observing.tell([
    ...someRequests('checkout', one, now - 26 * HOUR_MS, { ok: 999 }),
    ...someRequests('checkout', one, now - 3 * HOUR_MS, { ok: 380, failed: 20 }),
    ...someRequests('checkout', one, now - 2 * MINUTE_MS, { ok: 90 }),
    ...someRequests('checkout', two, now - 2 * MINUTE_MS, { ok: 9, failed: 1 }),
    ...someRequests('unknown', two, now - 2 * MINUTE_MS, { ok: 9 }),
  ]);
  const { workers, window } = await list(api);
  const since = Date.parse(window?.since ?? '');
  assert.deepEqual([window?.step_seconds, window?.until], [1800, new Date(now).toISOString()]);
  const { metrics, deployment } = workers[0] ?? {};
  assert.deepEqual([metrics?.requests, metrics?.errors, metrics?.error_rate], [500, 21, 0.042]);
  assert.equal(metrics?.series.length, 48);
  assert.equal(metrics?.series[Math.floor((now - 3 * HOUR_MS - since) / (30 * MINUTE_MS))], 400);
  assert.equal(
    metrics?.series.reduce((sum, each) => sum + each, 0),
    500,
  );
  const minutes = (now - Date.parse(window?.recent_since ?? '')) / MINUTE_MS;
  assert.ok(minutes >= 4 && minutes < 5);
  assert.equal(metrics?.requests_per_minute, Math.round((100 * 100) / minutes) / 100);
  assert.deepEqual(
    deployment?.versions.map(({ measured }) => [measured?.requests, measured?.errors]),
    [
      [10, 1],
      [490, 20],
    ],
  );
  assert.deepEqual(workers[1]?.metrics, {
    requests: 0,
    errors: 0,
    error_rate: null,
    requests_per_minute: 0,
    series: Array.from({ length: 48 }, () => 0),
  });
});

test('[OV-10] what was counted under a name before there was this Worker is not told of it', async (t) => {
  const api = await anApi(t);
  const observing = await anObserver(t, api);
  const { deployment_id: old } = await api.upload('hello', { code: saying('old') });
  await observing.tell(someRequests('hello', old, nowOf(api), { ok: 70 }));
  await api.ok('deleteScript', { script_name: 'hello' });
  api.plane.clock.move(HOUR_MS);
  const { deployment_id: now } = await api.upload('hello', { code: saying('new') });
  await observing.tell(someRequests('hello', now, nowOf(api), { ok: 7 }));
  const { metrics } = await rowOf(api, 'hello');
  assert.deepEqual([metrics?.requests, metrics?.series.at(-1)], [7, 7]);
  assert.equal(
    metrics?.series.reduce((sum, each) => sum + each, 0),
    7,
  );
});

test('[OV-11] a new version that fails more is said to by the verdict that compare has on errors', async (t) => {
  const { api, one, two } = await aFew(t);
  const observing = await anObserver(t, api);
  const begun = nowOf(api);
  api.plane.clock.move(100 * MINUTE_MS);
  await observing.tell([
    ...someRequests('checkout', one, begun + 2 * MINUTE_MS, { ok: 9_900, failed: 100 }),
    ...someRequests('checkout', two, begun + 50 * MINUTE_MS, { ok: 1_800, failed: 200 }),
    ...someRequests('checkout', one, begun + 97 * MINUTE_MS, { ok: 1_000 }),
  ]);
  const { comparison, is_failing_more: isFailing } = await rowOf(api, 'checkout');
  const compared = (await asked(api, 'compareVersions', { name: 'checkout' })).result;
  assert.deepEqual(comparison, {
    version_id: two,
    baseline_id: one,
    since: compared.since,
    error_rate: { version: compared.error_rate.version, baseline: compared.error_rate.baseline, verdict: compared.error_rate.verdict },
  });
  assert.deepEqual([comparison?.error_rate.verdict, isFailing], ['worse', true]);
  const failing = await list(api, { only: 'failing_more' });
  assert.deepEqual([failing.workers.map(({ name }) => name), failing.totals.failing_more, failing.totals.found], [['checkout'], 1, 1]);
});

test('[OV-10] while the process that observes is away, all that is stored is told', async (t) => {
  const { api } = await aFew(t);
  const observing = await anObserver(t, api);
  assert.notEqual((await list(api)).window, null);
  await observing.end();
  const { workers, window } = await list(api);
  assert.deepEqual([window, workers.map(({ metrics, comparison }) => metrics ?? comparison)], [null, [null, null, null]]);
  const { result } = await asked(api, 'getWorkerOverview', { name: 'checkout' });
  assert.deepEqual([result.window, result.metrics, result.deployment?.versions.length], [null, null, 2]);
});

test('[OV-12] one Worker is told with its deployment, the one before, the looks of its versions, and which edges follow', async (t) => {
  const { api, one, two } = await aFew(t);
  const { result } = await asked(api, 'getWorkerOverview', { name: 'checkout' });
  assert.deepEqual(result.looks, { [one]: 'stable', [two]: 'new' });
  assert.deepEqual([result.version_count, result.deployment?.story.kind, result.deployment?.until], [2, 'started', null]);
  assert.deepEqual([result.previous_deployment?.story.kind, result.previous_deployment?.until], ['deployed', result.deployment?.at]);
  assert.deepEqual([result.edges.connected, result.edges.pending], [1, []]);
  assert.equal((await refusedOwn(api, 'getWorkerOverview', { name: 'nobody' })).code, 10007);
});

test('[OV-4] a version has the look in the list that it has on its page, also where its last deployments do not name it', async (t) => {
  const { api } = await aFew(t);
  const { deployment_id: one } = await api.upload('search', { code: saying('one') });
  await api.upload('search', { code: saying('two') });
  for (let time = 0; time < 3; time += 1) await api.deploy('search', { [one]: 100 });
  api.plane.clock.move(30 * HOUR_MS);
  const { newest_version: listed } = await rowOf(api, 'search');
  const { newest_version: told } = (await asked(api, 'getWorkerOverview', { name: 'search' })).result;
  assert.deepEqual([listed?.number, listed?.look, told?.look], [2, 'back', 'back']);
});

test('[OV-9] what somebody looks for is no longer than 200 characters', async (t) => {
  const { api } = await aFew(t);
  assert.deepEqual((await list(api, { search: 'checkout '.repeat(22) })).totals.found, 1);
  for (const [name, members] of [
    ['listWorkersOverview', ['search']],
    ['listVersionHistory', ['search', 'tag', 'author', 'message']],
  ] as const) {
    for (const member of members) {
      const { status, message } = await refusedOwn(api, name, { name: 'checkout' }, { [member]: 'x'.repeat(201) });
      assert.equal(status, 400);
      assert.match(message, new RegExp(member));
    }
  }
});
