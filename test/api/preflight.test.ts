import assert from 'node:assert/strict';
import test from 'node:test';
import { createResource, deleteResource, type NewResource } from '../../src/control/index.ts';
import { anApi, aSplit, type TestApi } from '../support/api.ts';
import { assetSession } from '../support/asset-upload.ts';
import { accepted, ADA, BOB } from '../support/control-plane.ts';
import { MODULE, saying } from '../support/worker-form.ts';

const HELLO = { script_name: 'hello' };
const NOTHING = { added: [], removed: [], changed: [] };

const CACHE: NewResource = { kind: 'kv_namespace', id: '0123456789abcdef0123456789abcdef', name: 'cache' };
const PHOTOS: NewResource = { kind: 'r2_bucket', id: '89abcdef0123456789abcdef01234567', name: 'photos' };
const JOBS: NewResource = { kind: 'queue', id: 'fedcba9876543210fedcba9876543210', name: 'jobs' };
const ORDERS: NewResource = { kind: 'd1', id: '22222222-2222-4222-8222-222222222222', name: 'orders' };

const TO_CACHE = { type: 'kv_namespace', name: 'CACHE', namespace_id: CACHE.id };
const TO_PHOTOS = { type: 'r2_bucket', name: 'PHOTOS', bucket_name: 'photos' };
const TO_JOBS = { type: 'queue', name: 'JOBS', queue_name: 'jobs' };
const TO_ORDERS = { type: 'd1', name: 'DB', id: ORDERS.id };

const create = async (api: TestApi, ...wanted: readonly NewResource[]) => {
  for (const each of wanted) accepted(await createResource(api.api, ADA, each));
};
/** Somebody else takes it away, a second after what was done last. */
const drop = async (api: TestApi, each: NewResource, isForced = false) => {
  api.plane.clock.move(1000);
  return accepted(await deleteResource(api.api, BOB, each, isForced));
};
const preflight = (api: TestApi, query: Readonly<Record<string, string>>) => api.ok('preflightDeployment', HELLO, { query });

/** Version one binds these, version two binds nothing and serves. */
const aWorkerThatBound = async (
  t: Parameters<typeof anApi>[0],
  bindings: readonly object[],
  resources: readonly NewResource[],
  options: Parameters<typeof anApi>[1] = {},
) => {
  const api = await anApi(t, options);
  await create(api, ...resources);
  const { deployment_id: one } = await api.upload('hello', { metadata: { bindings } });
  api.plane.clock.move(1000);
  const { deployment_id: two } = await api.upload('hello', { code: saying('two') });
  return { api, one, two };
};

test('[R-5] a rollback to a version whose namespace was deleted is refused by name, with who deleted it, by every call', async (t) => {
  const { api, one, two } = await aWorkerThatBound(t, [TO_CACHE], [CACHE]);
  await drop(api, CACHE);
  const call = { json: aSplit({ [one]: 100 }) };
  const message = `The version ${one} cannot be deployed, because something it binds no longer exists: CACHE binds the KV namespace "cache" (${CACHE.id}), deleted by bob at 2026-11-01T10:00:02.000Z (upload a version that binds another KV namespace, or deploy a version without it). Nothing was changed.`;
  assert.deepEqual(await api.refused('createDeployment', HELLO, call), { status: 409, code: 100341, message });
  assert.equal((await api.refused('createDeployment', HELLO, { ...call, query: { force: true } })).message, message);
  assert.equal((await api.refused('createDeployment', HELLO, { json: aSplit({ [one]: 10, [two]: 90 }) })).message, message);
  const ofOldClients = { body: new FormData(), query: { rollback_to: one } };
  ofOldClients.body.set('message', '');
  assert.equal((await api.refused('putScript', HELLO, ofOldClients)).message, message);
  const { allowed, needs_force: needsForce, blockers } = await preflight(api, { rollback_to: one });
  assert.deepEqual([allowed, needsForce, blockers], [false, false, [{ code: 100341, message, version_id: one, bindings: ['CACHE'] }]]);
});

test('a version is asked about by the first eight digits of its id too, where no other of its Worker begins with them', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello');
  await api.upload('other');
  const asked = async (versions: string) => (await preflight(api, { versions })).versions.map(({ version_id: id }) => id);
  const beginning = one.slice(0, 8);
  assert.deepEqual(await asked(beginning), [one]);
  const { allowed, blockers } = await preflight(api, { versions: one.slice(0, 7) });
  assert.deepEqual([allowed, blockers.map(({ code }) => code)], [false, [100146]]);
  const { ids } = api.plane;
  const next = ids.uuid.bind(ids);
  ids.uuid = () => `${beginning}-${next().slice(0, 4)}-4000-9000-${next().slice(-12)}`;
  const { id: two } = await api.uploadVersion('hello');
  const { status, message } = await api.refused('preflightDeployment', HELLO, { query: { versions: beginning } });
  assert.equal(status, 400);
  assert.match(message, /more than one version begins with [0-9a-f]{8}; give more of its id/);
  assert.deepEqual(await asked(`${one}@90,${two}@10`), [one, two]);
});

test('[R-5] all that is gone is named at once, each with its remedy', async (t) => {
  const { api, one } = await aWorkerThatBound(t, [TO_CACHE, TO_PHOTOS, TO_JOBS, TO_ORDERS], [CACHE, PHOTOS, JOBS, ORDERS]);
  for (const each of [CACHE, PHOTOS, JOBS, ORDERS]) await drop(api, each);
  const { message } = await api.refused('createDeployment', HELLO, { json: aSplit({ [one]: 100 }) });
  assert.match(
    message,
    /CACHE binds the KV namespace "cache".*, deleted by bob at .*PHOTOS binds the R2 bucket "photos", deleted by bob at 2026-11-01T10:00:03.000Z .*JOBS binds the queue "jobs", deleted by bob at 2026-11-01T10:00:04.000Z .*DB binds the D1 database "orders".*, deleted by bob at/,
  );
  assert.match(message, /`wrangler r2 bucket create photos`.*`wrangler queues create jobs`/);
  await create(api, PHOTOS, JOBS);
  assert.doesNotMatch((await api.refused('createDeployment', HELLO, { json: aSplit({ [one]: 100 }) })).message, /PHOTOS|JOBS/);
});

test('[R-5] a secret can be changed although something that the version binds is gone, whether it serves or waits', async (t) => {
  const { api } = await aWorkerThatBound(t, [], [CACHE]);
  const { id: waiting } = await api.uploadVersion('hello', { metadata: { bindings: [TO_CACHE] } });
  await drop(api, CACHE);
  await api.ok('putSecret', HELLO, { json: { name: 'KEY', text: 'k' } });
  assert.equal((await preflight(api, { versions: waiting })).allowed, false);
});

test('[R-6] a version with a database that exists goes back without a word', async (t) => {
  const { api, one } = await aWorkerThatBound(t, [TO_ORDERS], [ORDERS], { hasData: true });
  const { allowed, needs_force: needsForce, blockers, warnings } = await preflight(api, { rollback_to: one });
  assert.deepEqual([allowed, needsForce, blockers, warnings], [true, false, [], []]);
  await api.deploy('hello', { [one]: 100 });
});

test('[R-13] where nobody says when the tables of a database changed, that is told, and the version goes back all the same', async (t) => {
  const { api, one } = await aWorkerThatBound(t, [TO_ORDERS], [ORDERS]);
  const { allowed, warnings } = await preflight(api, { rollback_to: one });
  assert.deepEqual([allowed, warnings.map(({ code }) => code)], [true, [100345]]);
  await api.deploy('hello', { [one]: 100 });
});

test('[R-14] a version without queue() or scheduled() is told of where its Worker is called for these', async (t) => {
  const { api, one } = await aWorkerThatBound(t, [], [JOBS]);
  const code = 'export default { fetch: () => new Response(), queue() {}, scheduled() {} };';
  const { deployment_id: three } = await api.upload('hello', { code });
  await api.ok('createQueueConsumer', { queue_id: JOBS.id }, { json: { type: 'worker', script_name: 'hello' } });
  await api.ok('putSchedules', HELLO, { json: [{ cron: '*/5 * * * *' }] });
  const told = async (version: string) => (await preflight(api, { versions: version })).warnings.map(({ message }) => message);
  assert.deepEqual(await told(three), []);
  const [queue, scheduled, ...more] = await told(one);
  assert.match(queue ?? '', /has no queue\(\) handler, and its Worker consumes jobs: messages wait/);
  assert.match(scheduled ?? '', /has no scheduled\(\) handler, and its Worker has the cron triggers "\*\/5/);
  assert.deepEqual(more, []);
});

test('[R-10] assets are compared file by file', async (t) => {
  const api = await anApi(t);
  const uploaded = async (files: Readonly<Record<string, string>>, config: object) => {
    const { jwt } = await assetSession(api, 'hello', files);
    return (await api.upload('hello', { metadata: { assets: { jwt, config } } })).deployment_id;
  };
  const one = await uploaded({ '/index.html': 'one', '/a b.txt': 'same', '/old.txt': 'old' }, { html_handling: 'none' });
  const two = await uploaded({ '/index.html': 'two', '/a b.txt': 'same' }, {});
  const [difference] = (await preflight(api, { rollback_to: one })).differences;
  assert.equal(difference?.compared_to, two);
  assert.deepEqual(difference?.assets, {
    files: { before: 2, after: 3 },
    differing: 2,
    added: ['/old.txt'],
    removed: [],
    changed: ['/index.html'],
    settings: { added: ['html_handling'], removed: [], changed: [] },
  });
});

test('[R-7] each reason is an error of its own, and changed secrets stand last, where force would not yet help', async (t) => {
  const { api, one } = await aWorkerThatBound(t, [TO_CACHE, { type: 'secret_text', name: 'KEY', text: 'old' }], [CACHE]);
  await api.ok('putSecret', HELLO, { json: { name: 'KEY', text: 'k' } });
  await drop(api, CACHE);
  const unknown = '99999999-9999-4999-8999-999999999999';
  const answer = async (query: Readonly<Record<string, boolean>>) => {
    const response = await api.response('createDeployment', HELLO, { json: aSplit({ [one]: 50, [unknown]: 50 }), query });
    const { errors } = (await response.json()) as { errors: readonly { code: number; message: string }[] };
    return errors;
  };
  const errors = await answer({});
  assert.deepEqual(
    errors.map(({ code }) => code),
    [100341, 100146, 10220],
  );
  assert.match(errors[2]?.message ?? '', /The following secrets have changed: KEY$/);
  assert.deepEqual(await answer({ force: true }), errors.slice(0, 2));
  const report = await preflight(api, { versions: `${one}@50,${unknown}@50` });
  assert.deepEqual(
    [...report.blockers, ...report.warnings].map(({ code, message }) => ({ code, message })),
    errors,
  );
  assert.deepEqual(
    report.versions.map(({ number, percentage }) => [number, percentage]),
    [
      [1, 50],
      [null, 50],
    ],
  );
});

test('[R-8] a version in a split may take over although its namespace was deleted by force, and the preflight tells it', async (t) => {
  const api = await anApi(t);
  await create(api, CACHE);
  const { deployment_id: one } = await api.upload('hello', { metadata: { bindings: [TO_CACHE] } });
  const { id: two } = await api.uploadVersion('hello', { code: saying('two') });
  await api.deploy('hello', { [one]: 50, [two]: 50 });
  await drop(api, CACHE, true);
  const { allowed, warnings } = await preflight(api, { rollback_to: one });
  assert.equal(allowed, true);
  assert.deepEqual(
    warnings.map(({ code, version_id, needs_force: needsForce }) => [code, version_id, needsForce]),
    [[100342, one, false]],
  );
  assert.match(warnings[0]?.message ?? '', /serves although.*CACHE binds the KV namespace "cache"/);
  await api.deploy('hello', { [one]: 100 });
  await api.ok('putSecret', HELLO, { json: { name: 'KEY', text: 'k' } });
});

test('[R-9] a bucket that was made anew since the version last served is told; one made while it served is not', async (t) => {
  const { api, one, two } = await aWorkerThatBound(t, [TO_PHOTOS], [PHOTOS]);
  assert.deepEqual((await preflight(api, { rollback_to: one })).warnings, []);
  await drop(api, PHOTOS);
  await create(api, PHOTOS);
  const { allowed, needs_force: needsForce, warnings } = await preflight(api, { rollback_to: one });
  const left = (await api.active('hello')).created_on;
  assert.deepEqual([allowed, needsForce], [true, false]);
  assert.deepEqual(warnings, [
    {
      code: 100343,
      message: `The R2 bucket that ${one} binds as PHOTOS was made anew at 2026-11-01T10:00:02.000Z, after that version was there last (${left}): it does not hold what it held then.`,
      version_id: one,
      needs_force: false,
    },
  ]);
  api.plane.clock.move(1000);
  await api.deploy('hello', { [one]: 100 });
  api.plane.clock.move(1000);
  await api.deploy('hello', { [two]: 100 });
  assert.deepEqual((await preflight(api, { rollback_to: one })).warnings, [], 'it has served with the new one');
});

test('[R-10] [R-11] a preflight tells what a rollback would change, and changes nothing', async (t) => {
  const api = await anApi(t);
  await create(api, CACHE);
  const { deployment_id: one } = await api.upload('hello', {
    code: saying('a longer text'),
    metadata: {
      bindings: [TO_CACHE, { type: 'plain_text', name: 'COLOUR', text: 'red' }, { type: 'secret_text', name: 'KEY', text: 'revoked' }],
      limits: { cpu_ms: 50 },
    },
    modules: { 'lib.js': ['export {};', MODULE] },
  });
  const { deployment_id: two } = await api.upload('hello', {
    metadata: {
      bindings: [
        { type: 'plain_text', name: 'COLOUR', text: 'blue' },
        { type: 'secret_text', name: 'KEY', text: 'the secret itself' },
        { type: 'secret_text', name: 'LATER', text: 'the secret itself' },
      ],
      compatibility_date: '2026-10-01',
      compatibility_flags: ['nodejs_compat'],
    },
  });
  const before = api.world();
  const answered = await preflight(api, { rollback_to: one.replaceAll('-', '') });
  assert.deepEqual(api.world(), before);
  assert.doesNotMatch(JSON.stringify(answered), /the secret itself|revoked/);
  const { differences, warnings, ...rest } = answered;
  assert.deepEqual(rest, {
    allowed: true,
    needs_force: true,
    active_deployment: (await api.active('hello')).id,
    versions: [{ version_id: one, number: 1, percentage: 100 }],
    blockers: [],
  });
  assert.deepEqual(
    warnings.map(({ code, needs_force: needsForce }) => [code, needsForce]),
    [[10220, true]],
  );
  const sizes = [saying('hello').length, saying('a longer text').length + 'export {};'.length];
  assert.deepEqual(differences, [
    {
      version_id: one,
      compared_to: two,
      bindings: { added: ['CACHE'], removed: [], changed: ['COLOUR'] },
      secrets: { added: [], removed: ['LATER'], changed: ['KEY'] },
      modules: { added: ['lib.js'], removed: [], changed: ['index.js'] },
      code_size: { before: sizes[0], after: sizes[1] },
      assets: { files: { before: 0, after: 0 }, differing: 0, ...NOTHING, settings: NOTHING },
      classes: NOTHING,
      compatibility_date: { before: '2026-10-01', after: '2026-11-01' },
      compatibility_flags: { added: [], removed: ['nodejs_compat'] },
      limits: { before: {}, after: { cpu_ms: 50 } },
      placement: null,
    },
  ]);
  const [same] = (await preflight(api, { versions: two })).differences;
  assert.deepEqual([same?.bindings, same?.secrets, same?.modules, same?.limits], [NOTHING, NOTHING, NOTHING, null]);
});

test('[R-11] a split that could not be is told as the deployment would be refused; a question that makes no sense is refused', async (t) => {
  const { api, one, two } = await aWorkerThatBound(t, [], []);
  const report = await preflight(api, { versions: `${one}@30,${two}@30` });
  const { code, message } = await api.refused('createDeployment', HELLO, { json: aSplit({ [one]: 30, [two]: 30 }) });
  assert.deepEqual([report.allowed, report.blockers], [false, [{ code, message, version_id: null, bindings: [] }]]);
  assert.equal(report.differences.length, 2);
  for (const query of [{}, { versions: one, rollback_to: two }, { versions: '' }, { versions: `${one}@much` }, { versions: `${one}@-1` }]) {
    assert.equal((await api.refused('preflightDeployment', HELLO, { query })).code, 10026, JSON.stringify(query));
  }
  assert.equal((await api.refused('preflightDeployment', { script_name: 'nobody' }, { query: { versions: one } })).code, 10007);
});

test('[R-11] before anything is deployed there is nothing to compare with', async (t) => {
  const api = await anApi(t);
  await api.ok('createWorker', {}, { json: { name: 'hello' } });
  const { id } = await api.uploadVersion('hello');
  const { allowed, active_deployment: active, differences } = await preflight(api, { versions: id });
  assert.deepEqual([allowed, active, differences], [true, null, []]);
});
