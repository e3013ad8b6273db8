import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { binds, exporting } from '../support/object-worker.ts';
import { allOf, sdkFor } from '../support/sdk.ts';
import { aWorker, MODULE, type WorkerForm } from '../support/worker-form.ts';

const FIRST = { new_tag: 'v1', steps: [{ new_sqlite_classes: ['Room'] }] };
const CHAT = exporting(['Room'], { migrations: FIRST, bindings: [binds('ROOMS', 'Room')] });

const namespacesOf = (api: TestApi) => api.ok('listDurableObjectNamespaces', {});
const entryOf = (api: TestApi, name: string) => api.edge.table()?.workers.find((worker) => worker.name === name);
const refusedUpload = async (api: TestApi, name: string, worker: WorkerForm) => {
  return api.refused('putScript', { script_name: name }, { body: aWorker(worker) });
};

test('[G-5] an upload with a migration makes namespace, version and deployment in one change; its tag is what clients go on from', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const [namespace, ...others] = await namespacesOf(api);
  assert.ok(namespace !== undefined && others.length === 0);
  assert.match(namespace.id, /^[0-9a-f]{32}$/);
  assert.deepEqual(namespace, { id: namespace.id, name: 'chat_Room', script: 'chat', class: 'Room', use_sqlite: true });

  const service = await api.ok('getService', { script_name: 'chat' });
  assert.equal(service.default_environment.script.migration_tag, 'v1');
  assert.equal((await api.ok('listScripts', {}))[0]?.migration_tag, 'v1');
  const shown = { ...binds('ROOMS', 'Room'), namespace_id: namespace.id };
  assert.deepEqual((await api.ok('getSettings', { script_name: 'chat' })).bindings, [shown]);
  const [serving] = (await api.active('chat')).versions;
  const version = await api.ok('getVersion', { script_name: 'chat', version_id: serving?.version_id ?? '' });
  assert.deepEqual(version.resources.bindings, [shown]);
  assert.equal(version.metadata.has_preview, false);

  const audit = await api.api.store.read.audit.page({ offset: 0, limit: 1 });
  assert.deepEqual(audit[0]?.detail['migration'], { tag: 'v1', created: [{ class: 'Room', id: namespace.id }] });
  assert.equal(entryOf(api, 'chat')?.ownsObjects, true);
});

test('[G-6] a version knows the classes that lived when it was made, bound or not, and every later one knows them too', async (t) => {
  const api = await anApi(t);
  const migrations = { new_tag: 'v1', steps: [{ new_sqlite_classes: ['Room'], new_classes: ['Log'] }] };
  const first = await api.upload('chat', exporting(['Log', 'Room'], { migrations, bindings: [binds('ROOMS', 'Room')] }));
  const next = await api.uploadVersion('chat', exporting(['Log', 'Room']));
  await api.ok('putSecret', { script_name: 'chat' }, { json: { name: 'KEY', text: 'x', type: 'secret_text' } });
  const namespaces = (await namespacesOf(api)).map(({ id, class: className, use_sqlite }) => ({
    className,
    namespaceId: id,
    storage: use_sqlite ? 'sqlite' : 'kv',
  }));
  assert.deepEqual(
    namespaces.map(({ className, storage }) => [className, storage]),
    [
      ['Log', 'kv'],
      ['Room', 'sqlite'],
    ],
  );
  const serving = (await api.active('chat')).versions[0]?.version_id ?? '';
  for (const id of [first.deployment_id, next.id, serving]) {
    const version = await api.api.store.read.versions.byId(id);
    assert.deepEqual(version?.durableObjects, namespaces);
  }
});

test('[G-5] a class is renamed with its namespace, and deleted with it; without a class the Worker owns no objects any more', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const [room] = await namespacesOf(api);
  const rename = { old_tag: 'v1', new_tag: 'v2', steps: [{ renamed_classes: [{ from: 'Room', to: 'Hall' }] }] };
  await api.upload('chat', exporting(['Hall'], { migrations: rename, bindings: [binds('ROOMS', 'Hall')] }));
  assert.deepEqual(await namespacesOf(api), [{ ...room, name: 'chat_Hall', class: 'Hall' }]);

  const remove = { old_tag: 'v2', new_tag: 'v3', steps: [{ deleted_classes: ['Hall'] }] };
  await api.upload('chat', { metadata: { migrations: remove } });
  assert.deepEqual(await namespacesOf(api), []);
  assert.equal(entryOf(api, 'chat')?.ownsObjects, undefined);
  assert.deepEqual(await api.api.store.read.namespaces.deleted(), [room?.id]);
  assert.equal((await api.ok('getService', { script_name: 'chat' })).default_environment.script.migration_tag, 'v3');
});

test('[G-7] a version upload with a migration is refused before a module of it is stored, and a rollout goes on without one', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const next = { old_tag: 'v1', new_tag: 'v2', steps: [{ new_sqlite_classes: ['Log'] }] };
  const body = aWorker(exporting(['Log', 'Room'], { migrations: next }));
  const stored = () => readdirSync(join(api.plane.folder, 'modules'), { recursive: true }).length;
  const before = stored();
  const refused = await api.refused('createVersion', { script_name: 'chat' }, { body });
  assert.deepEqual([refused.status, refused.code], [400, 10211]);
  assert.match(refused.message, /migrations must be fully applied via a non-versioned deployment.*`wrangler deploy`/);
  assert.equal(stored(), before);
  const asJson = {
    main_module: 'index.js',
    modules: [{ name: 'index.js', content_type: MODULE, content_base64: btoa('export class Log {}') }],
    migrations: next,
  };
  assert.equal((await api.refused('createWorkerVersion', { worker: 'chat' }, { json: asJson })).code, 10211);
  assert.equal(stored(), before);
  // Where the metadata comes last, its modules have been taken in: nothing refers to them.
  const last = new FormData();
  for (const [name, part] of [...body].toReversed()) last.append(name, part);
  assert.equal((await api.refused('createVersion', { script_name: 'chat' }, { body: last })).code, 10211);
  await api.uploadVersion('chat', exporting(['Room', 'Other']));
});

test('[G-2] [G-3] a migration that does not fit is refused with the code of Cloudflare, and nothing of the upload stays', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const cases: readonly (readonly [WorkerForm, number, number, RegExp])[] = [
    [exporting(['Room'], { migrations: FIRST }), 412, 10079, /^Migration tag precondition failed; current tag is v1/],
    [
      exporting(['Room'], { migrations: { old_tag: 'v1', new_tag: 'v2', steps: [{ new_classes: ['Room'] }] } }),
      400,
      10074,
      /new-class migration to class 'Room' that is already depended on/,
    ],
    [
      exporting(['Room'], { migrations: { old_tag: 'v1', new_tag: 'v2', steps: [{ deleted_classes: ['Hall'] }] } }),
      400,
      100360,
      /delete-class migration to class 'Hall'/,
    ],
    [
      exporting(['Room'], { migrations: { old_tag: 'v1', new_tag: 'v2', steps: [{ new_sqlite_classes: ['Log'] }] } }),
      400,
      10070,
      /new-class migration to class 'Log' that is not exported/,
    ],
    [exporting(['Hall']), 400, 10064, /does not export class 'Room' which is depended on by existing Durable Objects/],
    [{}, 400, 10064, /does not export class 'Room'/],
    [
      exporting(['Room'], { bindings: [binds('HALLS', 'Hall')] }),
      400,
      10061,
      /Cannot create binding for class 'Hall' because it is not currently configured/,
    ],
    [
      exporting(['Room'], {
        migrations: { old_tag: 'v1', new_tag: 'v2', steps: [{ deleted_classes: ['Room'] }] },
        bindings: [binds('ROOMS', 'Room')],
      }),
      400,
      10061,
      /Cannot apply --delete-class migration to class 'Room' without also removing the binding/,
    ],
    [exporting(['Room'], { migrations: { new_tag: 7 } }), 400, 10021, /metadata\.migrations\.new_tag/],
  ];
  for (const [worker, status, code, message] of cases) {
    const refused = await refusedUpload(api, 'chat', worker);
    assert.deepEqual([refused.status, refused.code], [status, code], refused.message);
    assert.match(refused.message, message);
  }
});

const splitOf = (one: string, other: string) => ({
  strategy: 'percentage' as const,
  versions: [
    { version_id: one, percentage: 90 },
    { version_id: other, percentage: 10 },
  ],
});

test('[G-8] a Worker with objects is split between versions of one compatibility date and set of flags, and no others, which the preflight says too', async (t) => {
  const api = await anApi(t);
  const first = await api.upload('chat', CHAT);
  const flags = { compatibility_flags: ['nodejs_als', 'global_navigator'] };
  const next = await api.uploadVersion('chat', exporting(['Room']));
  const flagged = await api.uploadVersion('chat', exporting(['Room'], flags));
  const older = await api.uploadVersion('chat', exporting(['Room'], { ...flags, compatibility_date: '2026-01-01' }));
  for (const [one, other] of [
    [first.deployment_id, flagged.id],
    [flagged.id, older.id],
  ] as const) {
    const json = splitOf(one, other);
    const refused = await api.refused('createDeployment', { script_name: 'chat' }, { json, query: { force: true } });
    assert.deepEqual([refused.status, refused.code], [400, 100362]);
    const query = { versions: `${one}@90,${other}@10` };
    const report = await api.ok('preflightDeployment', { script_name: 'chat' }, { query });
    assert.deepEqual([report.allowed, report.blockers.map(({ code }) => code)], [false, [100362]]);
    assert.match(
      refused.message,
      /Durable Objects \(Room\).*the same compatibility date and flags: .* has .* and .*deploy one version at 100 %/,
    );
  }
  await api.deploy('chat', { [first.deployment_id]: 90, [next.id]: 10 });
  await api.ok('putSecret', { script_name: 'chat' }, { json: { name: 'KEY', text: 'x', type: 'secret_text' } });
  const { versions } = await api.active('chat');
  assert.deepEqual(
    versions.map(({ percentage }) => percentage),
    [90, 10],
  );
  assert.ok(versions.every(({ version_id: id }) => id !== first.deployment_id && id !== next.id));
  await api.deploy('chat', { [first.deployment_id]: 0, [next.id]: 100 }, { query: { force: true } });
  assert.deepEqual(
    entryOf(api, 'chat')?.deployment?.split.map(({ share }) => share),
    [0, 100_000],
  );
  await api.deploy('chat', { [flagged.id]: 100 });
});

test('[G-8] two versions that do not start in one process are not split, and go on to be deployed alone', async (t) => {
  const api = await anApi(t);
  const alone = "if (globalThis.isTaken) throw new Error('there is one already'); globalThis.isTaken = true;";
  const code = `import { DurableObject } from 'cloudflare:workers'; ${alone} export class Room extends DurableObject {} export default {};`;
  const first = await api.upload('chat', { ...CHAT, code });
  const next = await api.uploadVersion('chat', { ...exporting(['Room']), code });
  const refused = await api.refused('createDeployment', { script_name: 'chat' }, { json: splitOf(first.deployment_id, next.id) });
  assert.deepEqual([refused.status, refused.code], [400, 100368]);
  assert.match(refused.message, /both do not in the one process that a split of them needs: Uncaught Error: there is one already at /);
  await api.deploy('chat', { [next.id]: 100 });
});

test('[G-8] a setting or a secret with which the versions of a split do not start together any more is refused, and they go on', async (t) => {
  const api = await anApi(t);
  const alone = `if (env.KEY) { if (globalThis.isTaken) throw new Error('there is one already'); globalThis.isTaken = true; }`;
  const code = `import { DurableObject, env } from 'cloudflare:workers'; ${alone} export class Room extends DurableObject {} export default {};`;
  const first = await api.upload('chat', { ...CHAT, code });
  const next = await api.uploadVersion('chat', { ...exporting(['Room']), code });
  await api.deploy('chat', { [first.deployment_id]: 90, [next.id]: 10 });
  const both = new RegExp(`^The versions ${first.deployment_id} and ${next.id} cannot share`);
  const key = { name: 'KEY', text: 'x', type: 'secret_text' } as const;
  const refusedKey = await api.refused('putSecret', { script_name: 'chat' }, { json: key });
  assert.deepEqual([refusedKey.status, refusedKey.code], [400, 100368]);
  assert.match(refusedKey.message, both);
  assert.match(refusedKey.message, /Uncaught Error: there is one already at /);
  for (const flag of ['no_nodejs_als', 'no_rpc', 'disable_weak_ref']) {
    const refused = await api.refused('patchSettings', { script_name: 'chat' }, { json: { compatibility_flags: [flag] } });
    assert.deepEqual([refused.status, refused.code], [400, 100368], refused.message);
    assert.match(refused.message, new RegExp(`The process of a split needs what the compatibility flag ${flag} takes away\\.`));
  }
  assert.deepEqual(
    (await api.active('chat')).versions.map(({ version_id: id }) => id),
    [first.deployment_id, next.id],
  );
  await api.deploy('chat', { [next.id]: 100 });
  await api.ok('putSecret', { script_name: 'chat' }, { json: key });
});

test('[G-9] a deployment across a migration is refused with the classes of both sides; the preflight says so beforehand', async (t) => {
  const api = await anApi(t);
  const plain = await api.upload('chat');
  await api.upload('chat', CHAT);
  const refused = await api.refused(
    'createDeployment',
    { script_name: 'chat' },
    { json: { strategy: 'percentage', versions: [{ version_id: plain.deployment_id, percentage: 100 }] }, query: { force: true } },
  );
  assert.deepEqual([refused.status, refused.code], [409, 100363]);
  assert.match(refused.message, /made for no class, and now there are objects of the class Room/);
  const report = await api.ok('preflightDeployment', { script_name: 'chat' }, { query: { versions: `${plain.deployment_id}@100` } });
  assert.deepEqual([report.allowed, report.blockers.map(({ code }) => code)], [false, [100363]]);
});

test('[G-10] a class is bound by its own Worker and by others, which own nothing by that; one that is no class is not bound', async (t) => {
  const api = await anApi(t);
  const binding = binds('ROOMS', 'Room', 'chat');
  await api.upload('chat', exporting(['Room'], { migrations: FIRST, bindings: [binding] }));
  const [namespace] = await namespacesOf(api);
  await api.upload('lobby', { metadata: { bindings: [binding] } });
  const { bindings } = await api.ok('getSettings', { script_name: 'lobby' });
  assert.deepEqual(bindings, [{ ...binding, namespace_id: namespace?.id }]);
  assert.equal(entryOf(api, 'lobby')?.ownsObjects, undefined);
  const refused = await refusedUpload(api, 'lobby', { metadata: { bindings: [binds('ROOMS', 'Nothing', 'chat')] } });
  assert.match(refused.message, /Nothing/);
});

test('[G-10] a Worker that is deleted takes its namespaces along, and the same Worker made again has new ones', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const [room] = await namespacesOf(api);
  await api.ok('deleteService', { script_name: 'chat' }, { query: { force: false } });
  assert.deepEqual(await namespacesOf(api), []);
  assert.deepEqual(await api.api.store.read.namespaces.deleted(), [room?.id]);
  await api.upload('chat', CHAT);
  const [again] = await namespacesOf(api);
  assert.notEqual(again?.id, room?.id);
});

test('[G-11] a settings change binds a class that has objects and refuses one that has none', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', exporting(['Room'], { migrations: FIRST }));
  const [room] = await namespacesOf(api);
  const changed = await api.ok('patchSettings', { script_name: 'chat' }, { json: { bindings: [binds('ROOMS', 'Room')] } });
  assert.deepEqual(changed.bindings, [{ ...binds('ROOMS', 'Room'), namespace_id: room?.id }]);
  const refused = await api.refused('patchSettings', { script_name: 'chat' }, { json: { bindings: [binds('HALLS', 'Hall')] } });
  assert.equal(refused.code, 10061);
});

test('[G-11] a binding that is sent back as it was shown is none anew: it stays, whatever became of its objects', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  await api.upload('lobby', { metadata: { bindings: [binds('ROOMS', 'Room', 'chat')] } });
  await api.ok('deleteService', { script_name: 'chat' }, { query: { force: true } });
  const { bindings } = await api.ok('getSettings', { script_name: 'lobby' });
  const more = [...bindings, { type: 'plain_text', name: 'NEW', text: 'n' }];
  assert.deepEqual((await api.ok('patchSettings', { script_name: 'lobby' }, { json: { bindings: more } })).bindings, more);
  const [rooms] = bindings;
  const another = { ...rooms, namespace_id: '0'.repeat(32) };
  assert.equal((await api.refused('patchSettings', { script_name: 'lobby' }, { json: { bindings: [another] } })).code, 10061);
});

test('[G-5] the newer Worker resource carries a migration where it deploys, and one that is malformed is refused with the field', async (t) => {
  const api = await anApi(t);
  await api.upload('chat');
  const content = btoa(exporting(['Room']).code ?? '');
  const version = (migrations: unknown) => ({
    main_module: 'index.js',
    compatibility_date: '2026-11-01',
    modules: [{ name: 'index.js', content_type: MODULE, content_base64: content }],
    migrations,
  });
  const call = (migrations: unknown) => ({ json: version(migrations), query: { deploy: true } });
  const malformed = await api.refused('createWorkerVersion', { worker: 'chat' }, call({ new_tag: 'v1', steps: 5 }));
  assert.match(malformed.message, /migrations\.steps/);
  await api.ok('createWorkerVersion', { worker: 'chat' }, call(FIRST));
  assert.deepEqual(
    (await namespacesOf(api)).map((each) => each.class),
    ['Room'],
  );
});

test('[G-12] the objects of a namespace are listed in the order of their ids, a part at a time, and by the official SDK whole', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', CHAT);
  const [room] = await namespacesOf(api);
  const namespace_id = room?.id ?? '';
  assert.deepEqual((await api.answer('listDurableObjects', { namespace_id })).result_info, {
    count: 0,
    cursor: '',
    cursors: { after: '' },
  });

  const folder = join(api.plane.folder, 'objects', namespace_id);
  mkdirSync(folder, { recursive: true });
  const ids = ['c', 'a', 'b'].map((digit) => digit.repeat(64));
  for (const id of ids) writeFileSync(join(folder, `${id}.sqlite`), id.startsWith('b') ? '' : 'rows');
  // What is no object, and what goes with one.
  for (const name of ['metadata.sqlite', `${ids[0]}.sqlite-wal`, 'notes']) writeFileSync(join(folder, name), '');
  const expected = ids.toSorted().map((id) => ({ id, hasStoredData: !id.startsWith('b') }));
  assert.deepEqual(await api.ok('listDurableObjects', { namespace_id }), expected);
  const first = await api.answer('listDurableObjects', { namespace_id }, { query: { limit: 2 } });
  assert.deepEqual(first.result, expected.slice(0, 2));
  const cursor = String(first.result_info?.['cursor']);
  assert.deepEqual(await api.ok('listDurableObjects', { namespace_id }, { query: { limit: 2, cursor } }), expected.slice(2));

  const sdk = sdkFor({ baseUrl: `${await api.listen()}/client/v4`, token: api.token });
  const listed = sdk('durableObjects.namespaces.objects.list', namespace_id, { account_id: api.api.account.id, limit: 2 });
  assert.deepEqual(await allOf(listed), expected);
  const unknown = await api.refused('listDurableObjects', { namespace_id: '0'.repeat(32) });
  assert.deepEqual([unknown.status, unknown.code], [404, 100367]);
});
