import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { binds, declares, exporting } from '../support/object-worker.ts';
import { aWorker, type WorkerForm } from '../support/worker-form.ts';

const namespacesOf = async (api: TestApi) =>
  (await api.ok('listDurableObjectNamespaces', {})).map(({ id, script, class: className }) => ({ id, script, className }));

const servingOf = async (api: TestApi, name: string) => {
  const [serving, ...others] = (await api.active(name)).versions;
  assert.deepEqual(others, []);
  const version = await api.api.store.read.versions.byId(serving?.version_id ?? '');
  assert.ok(version !== undefined);
  return version;
};

const FIRST = exporting(['Room'], { migrations: { new_tag: 'v1', new_sqlite_classes: ['Room'] }, bindings: [binds('ROOMS', 'Room')] });
const TAKING = exporting(['Hall'], {
  migrations: { new_tag: 'v1', steps: [{ transferred_classes: [{ from: 'Room', from_script: 'chat', to: 'Hall' }] }] },
  bindings: [binds('HALLS', 'Hall')],
});

test('[G-13] a class goes to another Worker with its id, and every version that serves and had or binds it follows in the same change', async (t) => {
  const api = await anApi(t);
  const old = await api.upload('chat', FIRST);
  await api.upload('lobby', { metadata: { bindings: [binds('ROOMS', 'Room', 'chat')] } });
  const lobbyBefore = await servingOf(api, 'lobby');
  const [room] = await namespacesOf(api);
  const made = await api.upload('hotel', TAKING);
  assert.deepEqual(await namespacesOf(api), [{ id: room?.id, script: 'hotel', className: 'Hall' }]);

  const [hotel, chat, lobby] = [await servingOf(api, 'hotel'), await servingOf(api, 'chat'), await servingOf(api, 'lobby')];
  assert.deepEqual([hotel.id, hotel.durableObjects?.map(({ namespaceId }) => namespaceId)], [made.deployment_id, [room?.id]]);
  assert.deepEqual(hotel.bindings, [{ ...binds('HALLS', 'Hall'), namespace_id: room?.id }]);
  assert.notEqual(chat.id, old.deployment_id);
  assert.equal(chat.durableObjects, undefined);
  const there = { ...binds('ROOMS', 'Hall', 'hotel'), namespace_id: room?.id };
  assert.deepEqual([chat.bindings, lobby.bindings], [[there], [there]]);
  assert.deepEqual([lobby.etag, lobby.number], [lobbyBefore.etag, lobbyBefore.number + 1]);
  assert.equal(chat.message, 'The objects of Hall moved from chat to hotel.');
  const owners = api.edge.table()?.workers.filter(({ ownsObjects }) => ownsObjects === true);
  assert.deepEqual(
    owners?.map(({ name }) => name),
    ['hotel'],
  );
  assert.deepEqual(api.edge.table()?.workers.find(({ name }) => name === 'chat')?.movedObjects, { [room?.id ?? '']: 'hotel' });
  const [audit] = await api.api.store.read.audit.page({ offset: 0, limit: 1 });
  assert.deepEqual(audit?.detail['migration'], { tag: 'v1', transferred: [{ class: 'Hall', id: room?.id, from: 'chat', to: 'hotel' }] });
  assert.deepEqual(audit?.detail['followed'], [
    { worker: 'chat', versions: [chat.id] },
    { worker: 'lobby', versions: [lobby.id] },
  ]);
});

test('[G-13] both versions of a split follow, with the shares they had', async (t) => {
  const api = await anApi(t);
  const one = await api.upload('chat', FIRST);
  const two = await api.uploadVersion('chat', exporting(['Room', 'Other'], { bindings: [binds('ROOMS', 'Room')] }));
  await api.deploy('chat', { [one.deployment_id]: 70, [two.id]: 30 });
  await api.upload('hotel', TAKING);
  const { versions } = await api.active('chat');
  assert.deepEqual(
    versions.map(({ percentage }) => percentage),
    [70, 30],
  );
  for (const { version_id } of versions) {
    const version = await api.api.store.read.versions.byId(version_id);
    assert.deepEqual(
      version?.bindings.map((binding) => 'script_name' in binding && binding.script_name),
      ['hotel'],
    );
    assert.equal(version?.durableObjects, undefined);
  }
});

test('[G-13] a class does not go to another Worker where the versions that follow would not start together', async (t) => {
  const api = await anApi(t);
  const migrations = { new_tag: 'v1', new_sqlite_classes: ['Room', 'Log'] };
  const one = await api.upload('chat', exporting(['Room', 'Log'], { migrations }));
  const two = await api.uploadVersion('chat', exporting(['Room', 'Log']));
  await api.deploy('chat', { [one.deployment_id]: 70, [two.id]: 30 });
  const tried: string[][] = [];
  api.plane.splitTrial = async (specs) => {
    tried.push(specs.map(({ durableObjects = [] }) => durableObjects.map(({ className }) => className).join()));
    return { ok: false, failure: { message: 'Uncaught Error: there is one already' } };
  };
  const refused = await api.refused('putScript', { script_name: 'hotel' }, { body: aWorker(TAKING) });
  assert.deepEqual([refused.status, refused.code], [400, 100368]);
  assert.match(refused.message, new RegExp(`^The versions ${one.deployment_id} and ${two.id} cannot share`));
  assert.deepEqual(tried, [['Log', 'Log']]);
});

test('[G-13] a version from before the transfer is not deployed again, on either side of it', async (t) => {
  const api = await anApi(t);
  const chat = await api.upload('chat', FIRST);
  const hotel = await api.upload('hotel');
  const lobby = await api.upload('lobby', { metadata: { bindings: [binds('ROOMS', 'Room', 'chat')] } });
  await api.upload('hotel', TAKING);
  for (const [name, id, code] of [
    ['chat', chat.deployment_id, 100363],
    ['hotel', hotel.deployment_id, 100363],
    ['lobby', lobby.deployment_id, 100364],
  ] as const) {
    const json = { strategy: 'percentage', versions: [{ version_id: id, percentage: 100 }] };
    const refused = await api.refused('createDeployment', { script_name: name }, { json, query: { force: true } });
    assert.equal(refused.code, code, refused.message);
  }
});

test('[G-13] the newest version follows too, so that a secret set later brings no old owner back; a Worker that serves nothing gives all the same', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', FIRST);
  await api.uploadVersion('chat', exporting(['Room', 'Other']));
  await api.upload('hotel', TAKING);
  await api.ok('putSecret', { script_name: 'chat' }, { json: { name: 'KEY', text: 'x', type: 'secret_text' } });
  assert.equal((await servingOf(api, 'chat')).durableObjects, undefined);
  const newest = await api.ok('listVersions', { script_name: 'chat' });
  for (const { id } of newest.items.slice(0, 2)) {
    assert.equal((await api.api.store.read.versions.byId(id))?.durableObjects, undefined);
  }
});

const taking = (from: string, from_script: string, to: string): WorkerForm =>
  exporting(['Hall', to], { migrations: { new_tag: 'v1', transferred_classes: [{ from, from_script, to }] } });

test('[G-13] transfers of no class, from no Worker and onto a class that is there are refused, and nothing stays', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', FIRST);
  await api.upload('hotel', exporting(['Hall'], { exports: { Hall: declares() } }));
  const cases: readonly (readonly [WorkerForm, number, RegExp])[] = [
    [taking('Room', 'nobody', 'Room'), 100366, /class 'Room' of script 'nobody', because there is no Worker/],
    [taking('Foyer', 'chat', 'Foyer'), 100366, /no Durable Objects of that Worker have that class/],
    [taking('Room', 'hotel', 'Room'), 10021, /from the Worker itself; that is what "renamed_classes" is for/],
    [{ ...taking('Room', 'chat', 'Hall'), code: exporting(['Hall']).code ?? '' }, 10074, /transferred-class migration to class 'Hall'/],
    [{ ...taking('Room', 'chat', 'Room'), code: exporting(['Hall']).code ?? '' }, 10064, /does not export class 'Room'/],
  ];
  for (const [worker, code, message] of cases) {
    const refused = await api.refused('putScript', { script_name: 'hotel' }, { body: aWorker(worker) });
    assert.equal(refused.code, code, refused.message);
    assert.match(refused.message, message);
  }
});

test('[G-16] a transfer by exports: the target waits and reaches the objects where they are, the source hands them over', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', exporting(['Room'], { exports: { Room: declares() }, bindings: [binds('ROOMS', 'Room')] }));
  const [room] = await namespacesOf(api);
  const waits = { Room: declares({ state: 'expecting-transfer', storage: 'sqlite', transfer_from: 'chat' }) };
  const hotel = exporting(['Room'], { exports: waits, bindings: [binds('ROOMS', 'Room')] });
  const pending = await api.upload('hotel', hotel);
  assert.deepEqual(pending.exports_reconciliation?.transfer_pending, [{ class: 'Room', from: 'chat' }]);
  assert.deepEqual((await servingOf(api, 'hotel')).bindings, [{ ...binds('ROOMS', 'Room', 'chat'), namespace_id: room?.id }]);

  const gives = { Room: declares({ state: 'transferred', transferred_to: 'hotel' }) };
  const given = await api.upload('chat', exporting(['Room'], { exports: gives }));
  assert.deepEqual(given.exports_reconciliation?.transferred, [{ class: 'Room', to: 'hotel', phase: 'committed' }]);
  assert.deepEqual(
    given.exports_reconciliation?.info.map(({ scenario }) => scenario),
    ['tombstone_class_still_in_code'],
  );
  assert.deepEqual(await namespacesOf(api), [{ id: room?.id, script: 'hotel', className: 'Room' }]);
  const [there, here] = [await servingOf(api, 'hotel'), await servingOf(api, 'chat')];
  assert.deepEqual([there.bindings, here.durableObjects], [[{ ...binds('ROOMS', 'Room'), namespace_id: room?.id }], undefined]);
  assert.deepEqual(
    there.durableObjects?.map(({ namespaceId }) => namespaceId),
    [room?.id],
  );

  const after = await api.upload('hotel', hotel);
  assert.deepEqual(
    after.exports_reconciliation?.info.map(({ scenario }) => scenario),
    ['transfer_receive_already_applied'],
  );
  const plain = await api.upload('chat', { metadata: { exports: gives } });
  assert.deepEqual(plain.exports_reconciliation?.removable_entries, ['Room']);
});

test('[G-16] a target that is deployed without the entry waits no more: the source keeps its objects', async (t) => {
  const api = await anApi(t);
  await api.upload('chat', exporting(['Room'], { exports: { Room: declares() } }));
  const waits = { Room: declares({ state: 'expecting-transfer', storage: 'sqlite', transfer_from: 'chat' }) };
  await api.upload('hotel', exporting(['Room'], { exports: waits }));
  await api.upload('hotel');
  const gives = { Room: declares({ state: 'transferred', transferred_to: 'hotel' }) };
  const refused = await api.refused('putScript', { script_name: 'chat' }, { body: aWorker(exporting(['Room'], { exports: gives })) });
  assert.equal(refused.code, 100402);
  assert.match(refused.message, /'hotel' does not wait for 'Room'/);
});
