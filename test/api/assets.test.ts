import assert from 'node:assert/strict';
import { readFile, utimes } from 'node:fs/promises';
import test from 'node:test';
import { collectModules, deleteVersion } from '../../src/control/index.ts';
import type { Asset, VersionSpec } from '../../src/domain/index.ts';
import { anApi, type TestApi } from '../support/api.ts';
import { assetHash, assetSession, uploadAssets, assetForm, manifestOf } from '../support/asset-upload.ts';
import { accepted, ADA } from '../support/control-plane.ts';

const filesOf = async (api: TestApi, id: string): Promise<readonly Asset[]> => {
  const version = await api.plane.control.store.read.versions.byId(id);
  const text = await readFile(api.plane.control.modules.path(version?.assets?.manifest ?? ''), 'utf8');
  return JSON.parse(text) as readonly Asset[]; // A manifest is a list of assets.
};

const withAssets = (jwt: string, config: object = {}) => ({ metadata: { assets: { jwt, config } } });

test('[K-1] a file is uploaded once for a Worker, whatever its paths and versions, and stored once for all Workers', async (t) => {
  const api = await anApi(t);
  const first = await assetSession(api, 'site', { '/a.txt': 'same', '/b.txt': 'same', '/c.txt': 'other' });
  assert.deepEqual(first.uploaded.toSorted(), [assetHash('same'), assetHash('other')].toSorted());
  const one = await api.upload('site', withAssets(first.jwt));
  const second = await assetSession(api, 'site', { '/a.txt': 'same', '/c.txt': 'changed' });
  assert.deepEqual(second.uploaded, [assetHash('changed')]);
  const two = await api.uploadVersion('site', withAssets(second.jwt));
  const third = await assetSession(api, 'site', { '/c.txt': 'other' });
  assert.deepEqual(third.uploaded, []);
  const [before, after] = [await filesOf(api, one.deployment_id), await filesOf(api, two.id)];
  assert.deepEqual(
    before.map(({ path }) => path),
    ['/a.txt', '/b.txt', '/c.txt'],
  );
  assert.deepEqual(
    after.map(({ path }) => path),
    ['/a.txt', '/c.txt'],
  );
  assert.equal(before[0]?.digest, after[0]?.digest);
  const elsewhere = await assetSession(api, 'other', { '/a.txt': 'same' });
  assert.deepEqual(elsewhere.uploaded, [assetHash('same')], 'hashes are a Worker’s own: nobody vouches for another’s');
  const three = await api.upload('other', withAssets(elsewhere.jwt));
  assert.equal((await filesOf(api, three.deployment_id))[0]?.digest, before[0]?.digest);
});

test('[K-1] an upload asks the file system for each file once, whatever the number of its requests', async (t) => {
  const api = await anApi(t);
  const looks = t.mock.method(api.plane.control.modules, 'has');
  const manifest = manifestOf({ '/a.txt': 'a', '/again.txt': 'a', '/b.txt': 'b', '/c.txt': 'c' });
  const { jwt } = await api.ok('createAssetSession', { script_name: 'site' }, { json: { manifest } });
  const sent = async (text: string) => {
    const answer = await (await uploadAssets(api, jwt, assetForm([text]))).json();
    return { isComplete: typeof (answer as { result: { jwt?: string } }).result.jwt === 'string', looks: looks.mock.callCount() };
  };
  assert.deepEqual(await sent('a'), { isComplete: false, looks: 0 });
  assert.deepEqual(await sent('b'), { isComplete: false, looks: 0 });
  assert.deepEqual(await sent('c'), { isComplete: true, looks: 3 });
});

test('[K-6] files wanted again shortly after are not all written anew, and stay as long as a session needs them', async (t) => {
  const api = await anApi(t);
  const { control, clock } = api.plane;
  const files = { '/a.txt': 'a' };
  const { jwt } = await assetSession(api, 'site', files);
  const used = async (minutes: number) =>
    (await control.store.read.assets.usedSince(new Date(clock.now().getTime() - minutes * 60_000).toISOString())).length;
  clock.move(20 * 60_000);
  await assetSession(api, 'site', files);
  assert.equal(await used(10), 0, 'used a moment ago: it stays long enough as it is');
  clock.move(20 * 60_000);
  await assetSession(api, 'site', files);
  assert.equal(await used(10), 1);
  await api.upload('site', withAssets(jwt));
});

test('[K-6] with a Worker goes what is known of its uploads: one of its name begins anew', async (t) => {
  const api = await anApi(t);
  const { jwt } = await assetSession(api, 'site', { '/a.txt': 'a' });
  const other = await assetSession(api, 'other', { '/a.txt': 'a' });
  await api.upload('site', withAssets(jwt));
  await api.ok('deleteScript', { script_name: 'site' });
  const known = api.plane.control.store.read.assets;
  assert.deepEqual([(await known.uploaded('site')).size, (await known.uploaded('other')).size], [0, 1]);
  assert.deepEqual((await assetSession(api, 'site', { '/a.txt': 'a' })).uploaded, [assetHash('a')]);
  await api.upload('other', withAssets(other.jwt));
});

test('[K-1] [V-3] secrets and settings keep a version’s files, keep_assets takes them over, and an upload without any has none', async (t) => {
  const api = await anApi(t);
  const { jwt } = await assetSession(api, 'site', { '/a.txt': 'a' });
  const made = await api.upload('site', {
    metadata: { assets: { jwt, config: { html_handling: 'none' } }, bindings: [{ type: 'assets', name: 'FILES' }] },
  });
  assert.equal(made.has_assets, true);
  const assetsOf = async (id: string) => (await api.plane.control.store.read.versions.byId(id))?.assets;
  const own = await assetsOf(made.deployment_id);
  await api.ok('putSecret', { script_name: 'site' }, { json: { name: 'KEY', text: 'x', type: 'secret_text' } });
  const serving = async () => (await api.active('site')).versions[0]?.version_id ?? '';
  assert.deepEqual(await assetsOf(await serving()), own);
  const kept = await api.upload('site', { metadata: { keep_assets: true, assets: { config: { html_handling: 'none' } } } });
  assert.deepEqual(await assetsOf(kept.deployment_id), own);
  assert.equal((await api.upload('site')).has_assets, false);
});

test('[K-1] a version of files alone is not tried and has no handlers; the edge gets its manifest', async (t) => {
  const api = await anApi(t);
  const { jwt } = await assetSession(api, 'site', { '/index.html': '<p>' });
  const body = new FormData();
  body.set('metadata', JSON.stringify({ assets: { jwt, config: {} }, compatibility_date: '2026-11-01' }));
  const made = await api.ok('putScript', { script_name: 'site' }, { body });
  assert.ok('etag' in made);
  assert.deepEqual([made.handlers, made.has_assets, made.startup_time_ms], [[], true, 0]);
  const asked = await api.app.request(`/edge/v1/versions/${made.deployment_id}`, {
    headers: { authorization: `Bearer ${api.api.edgeToken}` },
  });
  const spec = (await asked.json()) as VersionSpec;
  assert.deepEqual([spec.mainModule, spec.assets?.count], ['', 1]);
});

test('[K-6] files go with the last version that has them, and an upload under way keeps its own', async (t) => {
  const api = await anApi(t);
  const { control, clock } = api.plane;
  clock.move(Date.now() - clock.now().getTime());
  const first = await assetSession(api, 'site', { '/a.txt': 'shared', '/b.txt': 'own' });
  const one = await api.upload('site', withAssets(first.jwt));
  const second = await assetSession(api, 'site', { '/a.txt': 'shared' });
  await api.upload('site', withAssets(second.jwt));
  const [shared, own] = (await filesOf(api, one.deployment_id)).map(({ digest }) => digest) as [string, string];
  const age = async () => {
    for (const digest of [shared, own]) await utimes(control.modules.path(digest), new Date('2020-01-01'), new Date('2020-01-01'));
  };
  accepted(await deleteVersion(control, ADA, 'site', one.deployment_id));
  await age();
  await collectModules(control);
  assert.deepEqual([await control.modules.has(shared), await control.modules.has(own)], [true, true], 'a client may be about to name it');
  clock.move(3 * 60 * 60_000);
  await collectModules(control);
  assert.deepEqual([await control.modules.has(shared), await control.modules.has(own)], [true, false]);
  assert.deepEqual((await assetSession(api, 'site', { '/a.txt': 'shared', '/b.txt': 'own' })).uploaded, [assetHash('own')]);
});

test('[K-7] a session ends with its hour, with the token that opened it, and serves no other Worker', async (t) => {
  const api = await anApi(t);
  const manifest = manifestOf({ '/a.txt': 'a' });
  const open = (token?: string) =>
    api.ok('createAssetSession', { script_name: 'site' }, { json: { manifest }, ...(token === undefined ? {} : { token }) });
  const { id, value } = await api.ok('createToken', {}, { json: { name: 'bob' } });
  const ofBob = await open(value);
  await api.ok('revokeToken', { token_id: id });
  assert.equal((await api.refusedBy(() => uploadAssets(api, ofBob.jwt, assetForm(['a'])))).status, 401);
  const late = await open();
  const { jwt } = await assetSession(api, 'site', { '/a.txt': 'a' });
  assert.match(
    (await api.refused('putScript', { script_name: 'other' }, { body: formWith(jwt) })).message,
    /uploaded for the Worker "site"/,
  );
  api.plane.clock.move(60 * 60_000 + 1_000);
  assert.match((await api.refusedBy(() => uploadAssets(api, late.jwt, assetForm(['a'])))).message, /expired/);
  assert.match((await api.refused('putScript', { script_name: 'site' }, { body: formWith(jwt) })).message, /expired/);
});

const formWith = (jwt: string): FormData => {
  const body = new FormData();
  body.set('metadata', JSON.stringify({ assets: { jwt } }));
  return body;
};
