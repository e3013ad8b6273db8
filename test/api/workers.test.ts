import assert from 'node:assert/strict';
import test from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { MODULE, saying } from '../support/worker-form.ts';

const aVersion = (text: string) => ({
  main_module: 'index.js',
  compatibility_date: '2026-11-01',
  modules: [{ name: 'index.js', content_type: MODULE, content_base64: Buffer.from(saying(text)).toString('base64') }],
});

const dated = (compatibility_date: string) => ({ metadata: { compatibility_date } });

const create = (api: TestApi, json: Readonly<Record<string, unknown>>) => api.ok('createWorker', {}, { json: { name: 'hello', ...json } });

test('a Worker is made without code, found by id and by name, and gets versions from JSON', async (t) => {
  const api = await anApi(t);
  const worker = await create(api, { subdomain: { enabled: true }, tags: ['a'], logpush: true });
  assert.deepEqual(
    [worker.name, worker.tags, worker.logpush, worker.deployed_on, worker.subdomain.enabled],
    ['hello', ['a'], true, null, true],
  );
  assert.deepEqual(await api.ok('getWorker', { worker: worker.id }), worker);
  assert.deepEqual(await api.ok('getWorker', { worker: 'hello' }), worker);
  const first = await api.ok('createWorkerVersion', { worker: worker.id }, { json: aVersion('one') });
  assert.deepEqual(
    [first.number, first.main_module, first.urls],
    [1, 'index.js', [`http://${first.id.slice(0, 8)}-hello.switchback.localhost:8080`]],
  );
  assert.deepEqual(await api.ok('listDeployments', { script_name: 'hello' }), { deployments: [] });
  const annotations = { 'workers/message': 'second', 'workers/tag': 'v2' };
  const second = await api.ok(
    'createWorkerVersion',
    { worker: 'hello' },
    { json: { ...aVersion('two'), annotations }, query: { deploy: true } },
  );
  assert.deepEqual((await api.active('hello')).versions, [{ version_id: second.id, percentage: 100 }]);
  assert.equal((await api.ok('getWorker', { worker: 'hello' })).deployed_on, (await api.active('hello')).created_on);
  assert.deepEqual(
    (await api.ok('listWorkerVersions', { worker: 'hello' })).map(({ number }) => number),
    [2, 1],
  );
  assert.deepEqual(await api.ok('getWorkerVersion', { worker: 'hello', version_id: 'latest' }), second);
});

test('include=modules answers the very bytes', async (t) => {
  const api = await anApi(t);
  await create(api, {});
  const sent = aVersion('one');
  const bytes = Buffer.from(Uint8Array.from({ length: 300 }, (_, index) => index % 256)).toString('base64');
  const modules = [...sent.modules, { name: 'all.bin', content_type: 'application/octet-stream', content_base64: bytes }];
  const { id: version_id } = await api.ok('createWorkerVersion', { worker: 'hello' }, { json: { ...sent, modules } });
  assert.deepEqual((await api.ok('getWorkerVersion', { worker: 'hello', version_id }, { query: { include: 'modules' } })).modules, modules);
  assert.equal((await api.ok('getWorkerVersion', { worker: 'hello', version_id })).modules, undefined);
});

test('PATCH changes what it names; PUT replaces everything', async (t) => {
  const api = await anApi(t);
  await create(api, { subdomain: { enabled: true, previews_enabled: true }, tags: ['a'], logpush: true, observability: { enabled: true } });
  const patched = await api.ok('patchWorker', { worker: 'hello' }, { json: { tags: ['b'], subdomain: { previews_enabled: false } } });
  assert.deepEqual(
    [patched.tags, patched.logpush, patched.observability, patched.subdomain.enabled, patched.subdomain.previews_enabled],
    [['b'], true, { enabled: true }, true, false],
  );
  const replaced = await api.ok('putWorker', { worker: 'hello' }, { json: { name: 'hello', logpush: true } });
  assert.deepEqual(
    [replaced.tags, replaced.logpush, replaced.observability, replaced.subdomain.enabled, replaced.subdomain.previews_enabled],
    [[], true, { enabled: false }, false, false],
  );
});

test('lists of Workers can be ordered, filtered by tags, searched, and end', async (t) => {
  const api = await anApi(t);
  for (const [name, tags] of [
    ['b', ['x']],
    ['a', ['x', 'y']],
    ['c', []],
  ] as const) {
    await api.ok('createWorker', {}, { json: { name, tags } });
    api.plane.clock.move(1000);
  }
  const workers = async (query: Readonly<Record<string, string | number>>) =>
    (await api.ok('listWorkers', {}, { query })).map(({ name }) => name).join('');
  assert.deepEqual([await workers({}), await workers({ order: 'desc' }), await workers({ order_by: 'created_on' })], ['abc', 'cba', 'bac']);
  assert.deepEqual(
    [await workers({ page: 1, per_page: 2 }), await workers({ page: 2, per_page: 2 }), await workers({ page: 2 })],
    ['ab', 'c', ''],
  );
  const scripts = async (tags: string) => (await api.ok('listScripts', {}, { query: { tags } })).map(({ id }) => id).join('');
  assert.deepEqual(
    [await scripts('x:yes'), await scripts('x:yes,y:no'), await scripts('x:no'), await scripts('')],
    ['ab', 'b', 'c', 'abc'],
  );
  const found = async (query: Readonly<Record<string, string | number>>) =>
    (await api.ok('searchScripts', {}, { query })).map(({ script_name }) => script_name).join('');
  assert.deepEqual(
    [await found({ name: 'a' }), await found({ order_by: 'created_on' }), await found({ page: 2, per_page: 2 })],
    ['a', 'bac', 'c'],
  );
});

test('[V-4] a Worker that was deleted is gone with all it had, and its name begins again', async (t) => {
  const api = await anApi(t);
  const { tag } = await api.upload('hello');
  await api.uploadVersion('hello');
  await api.ok('deleteWorker', { worker: tag });
  assert.deepEqual([await api.ok('listScripts', {}), api.edge.table().workers], [[], []]);
  assert.equal((await api.refused('getService', { script_name: 'hello' })).code, 10090);
  const again = await api.upload('hello');
  assert.notEqual(again.tag, tag);
  assert.equal((await api.ok('listVersions', { script_name: 'hello' })).items[0]?.number, 1);
});

test('[A-3] the log of changes says who did what, newest first', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await api.ok('postSubdomain', { script_name: 'hello' }, { json: { enabled: true }, headers: { 'user-agent': 'wrangler/4.164.0' } });
  const { result } = (await (await api.send('GET', '/switchback/v1/audit?per_page=2')).json()) as {
    readonly result: readonly Readonly<Record<string, unknown>>[];
  };
  assert.deepEqual(
    result.map(({ action, target, actor, detail }) => [action, target, actor, (detail as { source: string }).source]),
    [
      ['subdomain.post', 'worker/hello', { id: '00000000000000000000000000000003', email: 'ada@example.com' }, 'wrangler'],
      ['script.upload', 'worker/hello', { id: '00000000000000000000000000000003', email: 'ada@example.com' }, 'api'],
    ],
  );
});

test('the log can be asked for what was done to one Worker', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  await api.upload('other');
  const answer = (await (await api.send('GET', '/switchback/v1/audit?target=worker%2Fhello')).json()) as {
    readonly result: readonly { readonly target: string; readonly action: string }[];
    readonly result_info: { readonly total_count: number };
  };
  assert.deepEqual(
    answer.result.map(({ target, action }) => [target, action]),
    [['worker/hello', 'script.upload']],
  );
  assert.equal(answer.result_info.total_count, 1);
});

test('the status tells of each process of a version on every edge, and of its breaker', async (t) => {
  const api = await anApi(t);
  await api.upload('hello');
  const versionId = (await api.ok('listVersions', { script_name: 'hello' })).items[0]?.id ?? '';
  const broken = {
    versionId,
    script: 'hello',
    state: 'backing_off',
    restarts: 5,
    reason: 'It crashed.',
    brokenOn: '2026-11-01T10:00:00.000Z',
  } as const;
  api.api.feed.report({ edge: 'a', generation: 1, url: 'http://a', processes: [broken] });
  const ready = {
    versionId,
    script: 'hello',
    state: 'ready',
    restarts: 0,
    pid: 42,
    startedOn: '2026-11-01T09:00:00.000Z',
    residentBytes: 9_000_000,
  } as const;
  api.api.feed.report({ edge: 'b', generation: 1, url: 'http://b', processes: [ready] });
  const { result } = (await (await api.send('GET', '/switchback/v1/status')).json()) as { readonly result: Status };
  const [version] = result.workers[0]?.deployment?.versions ?? [];
  assert.equal(version?.state, 'ready', 'of the one that is furthest along');
  const told = version?.processes.filter(({ edge }) => edge !== 'listening');
  assert.deepEqual(told, [
    {
      edge: 'b',
      state: 'ready',
      pid: 42,
      started_on: ready.startedOn,
      restarts: 0,
      resident_bytes: 9_000_000,
      broken_on: null,
      reason: null,
    },
    {
      edge: 'a',
      state: 'backing_off',
      pid: null,
      started_on: null,
      restarts: 5,
      resident_bytes: null,
      broken_on: broken.brokenOn,
      reason: 'It crashed.',
    },
  ]);
});

interface Status {
  readonly workers: readonly {
    readonly deployment: {
      readonly versions: readonly {
        readonly state: string;
        readonly processes: readonly { readonly edge: string }[];
      }[];
    } | null;
  }[];
}

test('scripts are listed with what serves the most of them, else the newest version, else nothing', async (t) => {
  const api = await anApi(t);
  const { deployment_id: one } = await api.upload('hello', dated('2026-10-01'));
  const { id: two } = await api.uploadVersion('hello', dated('2026-10-02'));
  await api.uploadVersion('hello', dated('2026-10-03'));
  await api.deploy('hello', { [one]: 30, [two]: 70 });
  await create(api, { name: 'waits' });
  await api.uploadVersion('waits', dated('2026-10-04'));
  await create(api, { name: 'empty' });
  assert.deepEqual(
    (await api.ok('listScripts', {})).map(({ id, compatibility_date: date }) => [id, date]),
    [
      ['empty', undefined],
      ['hello', '2026-10-02'],
      ['waits', '2026-10-04'],
    ],
  );
});
