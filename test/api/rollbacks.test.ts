/** Back to old code with the secrets of today, in one call. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { ownEndpoints, type ResultOf } from '../../src/contract/index.ts';
import { anApi, aSplit, envelopeOf, type TestApi } from '../support/api.ts';
import { asked, pathOf } from '../support/own.ts';
import { saying } from '../support/worker-form.ts';

const NAME = { name: 'checkout' };
const SCRIPT = { script_name: 'checkout' };

type RolledBack = ResultOf<(typeof ownEndpoints)['rollBackRenewed']>;

const secret = (name: string, text: string) => ({ name, type: 'secret_text' as const, text });
const variable = (name: string, text: string) => ({ name, type: 'plain_text' as const, text });

const send = (api: TestApi, body: unknown, ifMatch?: string): Promise<Response> =>
  api.send('POST', pathOf('rollBackRenewed', NAME), {
    body: JSON.stringify(body),
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
  });

const rolledBack = async (response: Promise<Response>): Promise<RolledBack> => {
  const envelope = await envelopeOf(await response);
  return ownEndpoints.rollBackRenewed.result.parse(envelope.result, { error: () => JSON.stringify(envelope.errors) });
};

/** One version with secrets, of which one was changed, one removed and one added since; and one that waits with values of its own. */
const aPast = async (t: TestContext) => {
  const api = await anApi(t);
  const { deployment_id: old } = await api.upload('checkout', {
    code: saying('old'),
    metadata: {
      compatibility_flags: ['nodejs_compat'],
      bindings: [
        variable('MODE', 'old'),
        secret('KEY', 'revoked'),
        secret('GONE', 'x'),
        secret('SAME', 's'),
        variable('LATER', 'in clear'),
      ],
    },
  });
  await api.upload('checkout', {
    code: saying('new'),
    metadata: {
      keep_bindings: [],
      bindings: [secret('KEY', 'of today'), secret('SAME', 's'), secret('NEW', 'n'), secret('LATER', 'kept back')],
    },
  });
  await api.uploadVersion('checkout', { code: saying('newest'), metadata: { bindings: [secret('KEY', 'of tomorrow')] } });
  const active = await api.active('checkout');
  return { api, old, active, serving: active.versions[0]?.version_id ?? '' };
};

test('[OV-21] a rollback with the secrets of today makes a version of the old code and them, gives it all traffic, and leaves the old one as it is', async (t) => {
  const { api, old, active, serving } = await aPast(t);
  const before = await api.ok('getVersion', { ...SCRIPT, version_id: old });
  const [target] = (await asked(api, 'listRollbackTargets', NAME)).result;
  assert.deepEqual(
    target?.secrets_changed.map(({ name, change }) => `${name} ${change}`),
    ['GONE removed', 'KEY changed', 'LATER added', 'NEW added'],
  );
  const { version, of, deployment } = await rolledBack(send(api, { version_id: old, message: 'v2 is slow' }, `"${active.id}"`));
  assert.deepEqual([version.number, of], [4, { version_id: old, number: 1 }]);
  assert.deepEqual(deployment.versions, [{ version_id: version.version_id, percentage: 100 }]);
  assert.equal((await api.active('checkout')).id, deployment.id);
  const made = await api.ok('getVersion', { ...SCRIPT, version_id: version.version_id });
  assert.deepEqual(
    made.resources.bindings.map(({ type, name }) => `${type} ${name}`).toSorted(),
    ['plain_text MODE', 'secret_text KEY', 'secret_text LATER', 'secret_text NEW', 'secret_text SAME'],
    'those that came since are there too: the next upload takes them over from here',
  );
  assert.deepEqual(made.resources.script_runtime.compatibility_flags, ['nodejs_compat']);
  assert.equal(made.annotations['workers/message'], 'The code of v1 with the secrets of today.');
  const differing = async (baseline: string) =>
    (await asked(api, 'getDifferences', NAME, { version: version.version_id, baseline })).result;
  const [fromOld, fromServing] = [await differing(old), await differing(serving)];
  assert.deepEqual(fromOld.modules.differing, []);
  assert.deepEqual(
    fromServing.bindings.differing.map(({ name, change }) => [name, change]),
    [['MODE', 'added']],
    'each secret is the one that served',
  );
  assert.deepEqual(await api.ok('getVersion', { ...SCRIPT, version_id: old }), before);
});

test('[OV-21] it is told as a rollback, with a message where none is given, and takes the old version’s place in time', async (t) => {
  const { api, old, serving } = await aPast(t);
  const { version, deployment } = await rolledBack(send(api, { version_id: old }));
  const [told] = (await asked(api, 'listDeploymentHistory', NAME)).result;
  assert.deepEqual(
    [told?.id, told?.story.kind, told?.story.number, told?.message],
    [deployment.id, 'rolled_back', 4, 'The code of v1 with the secrets of today.'],
  );
  assert.deepEqual(
    told?.versions.map(({ number, look }) => [number, look]),
    [[4, 'stable']],
  );
  await api.deploy('checkout', { [serving]: 10, [version.version_id]: 90 });
  const [next] = (await asked(api, 'listDeploymentHistory', NAME)).result;
  assert.deepEqual([next?.story.kind, next?.story.number, next?.story.percentage], ['started', 2, 10], 'v2 is the newer one of both');
  const [row] = await api.api.store.read.audit.page({ offset: 1, limit: 1 });
  assert.deepEqual(
    [row?.action, row?.target, row?.detail['number'], row?.detail['code_of'], row?.detail['deployment']],
    ['deployment.create', 'worker/checkout', 4, old, deployment.id],
  );
  const stored = JSON.stringify(await api.api.store.read.audit.page({ offset: 0, limit: 100 }));
  assert.doesNotMatch(stored, /of today"|revoked|kept back/, 'no value');
});

test('[OV-22] it is refused, and changes nothing, where the old version is blocked or unknown, nothing is deployed, or somebody deployed meanwhile', async (t) => {
  const { api, old, active, serving } = await aPast(t);
  await api.ok('createDeployment', SCRIPT, { json: aSplit({ [serving]: 60, [old]: 40 }), query: { force: 'true' } });
  const stale = await api.refusedBy(() => send(api, { version_id: old }, `"${active.id}"`));
  assert.equal(stale.status, 412);
  assert.match(stale.message, /ada@example\.com/);
  assert.equal((await api.refusedBy(() => send(api, { version_id: old }, 'v1'))).status, 400, 'a header that was not understood');
  const unknown = await api.refusedBy(() => send(api, { version_id: '00000000-0000-4000-8000-000000000000' }));
  assert.equal(unknown.status, 404);
  assert.equal((await api.refusedBy(() => send(api, { version: old }))).status, 400);
  assert.equal((await api.refusedBy(() => send(api, { version_id: old, message: 'x'.repeat(1001) }))).status, 400);

  // Also one that serves may not be made anew where what it binds is gone.
  const { id: rates } = await api.ok('createKvNamespace', {}, { json: { title: 'rates' } });
  const { id: bound } = await api.uploadVersion('checkout', {
    code: saying('bound'),
    metadata: { bindings: [{ name: 'RATES', type: 'kv_namespace', namespace_id: rates }] },
  });
  await api.ok('deleteKvNamespace', { namespace_id: rates });
  const blocked = await api.refusedBy(() => send(api, { version_id: bound }));
  assert.match(blocked.message, /rates/);

  await api.ok('createWorker', {}, { json: { name: 'idle' } });
  const { id: idle } = await api.uploadVersion('idle');
  assert.equal((await api.refusedBy(() => send(api, { version_id: idle }))).status, 404, 'of another Worker');
  const path = pathOf('rollBackRenewed', { name: 'idle' });
  const undeployed = await api.refusedBy(() => api.send('POST', path, { body: JSON.stringify({ version_id: idle }) }));
  assert.deepEqual([undeployed.status, undeployed.code], [404, 100320]);
});

test('[OV-22] of two at once that go by the same deployment one is made; those that go by none come one after the other', async (t) => {
  const { api, old, active } = await aPast(t);
  const twice = await Promise.all([1, 2].map(() => send(api, { version_id: old }, `"${active.id}"`)));
  assert.deepEqual(twice.map(({ status }) => status).toSorted(), [200, 412]);
  const both = await Promise.all([1, 2].map(() => rolledBack(send(api, { version_id: old }))));
  assert.deepEqual(both.map(({ version }) => version.number).toSorted(), [5, 6]);
});

/** The version that waits is deployed at that moment, once; the secrets must then be its. */
const MOMENTS: Readonly<Record<string, (t: TestContext, api: TestApi, deploys: () => Promise<unknown>) => void>> = {
  'between two reads of what serves': (t, { api }, deploys) => {
    const { deployments } = api.store.read;
    const active = deployments.active.bind(deployments);
    t.mock.method(deployments, 'active', async (tag: string) => {
      const found = await active(tag);
      await deploys();
      return found;
    });
  },
  'while it is tried': (_, { plane }, deploys) => {
    const { trial } = plane;
    plane.trial = async (spec) => {
      await deploys();
      return trial(spec);
    };
  },
};

for (const [moment, happens] of Object.entries(MOMENTS))
  for (const ifMatch of [undefined, '*'])
    test(`[OV-22] where somebody deploys ${moment}, the secrets are those of what serves when it is stored${ifMatch === '*' ? ', if it goes by any deployment' : ''}`, async (t) => {
      const { api, old } = await aPast(t);
      const { store } = api.api;
      const worker = (await store.read.workers.byName('checkout')) ?? assert.fail('it was uploaded');
      const waiting = (await store.read.versions.newest(worker.tag)) ?? assert.fail('it was uploaded');
      let hasDeployed = false;
      happens(t, api, async () => {
        if (hasDeployed) return;
        hasDeployed = true;
        await api.deploy('checkout', { [waiting.id]: 100 });
      });
      const { version } = await rolledBack(send(api, { version_id: old }, ifMatch));
      t.mock.restoreAll();
      const [, replaced] = (await asked(api, 'listDeploymentHistory', NAME)).result;
      const [made, before] = await Promise.all(
        [version.version_id, replaced?.versions[0]?.version_id ?? ''].map(
          async (id) => (await store.read.versions.byIds(worker.tag, [id]))[0],
        ),
      );
      const keyOf = (some: typeof made) => some?.bindings.find(({ name }) => name === 'KEY') ?? assert.fail('it has one');
      assert.deepEqual(keyOf(made), keyOf(before));
    });
