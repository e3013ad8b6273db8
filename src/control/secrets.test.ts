import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import {
  accepted,
  ADA,
  aControlPlane,
  aScriptUpload,
  aVersionUpload,
  refused,
  STARTED,
  uploaded,
} from '../../test/support/control-plane.ts';
import { accept } from '../base/index.ts';
import { MOST_BINDINGS, pickForObject, type RequestedBinding, type Split } from '../domain/index.ts';
import { openVault } from '../files/index.ts';
import { changeSecrets, changeSecretsOfNewest, deploy, revise, secretsOf, storedSpec, type Control, type SecretChanges } from './index.ts';

const secret = (name: string, text: string): RequestedBinding => ({ type: 'secret_text', name, text });

/** What a version finds in its env, secrets open. */
const envOf = async (control: Control, versionId: string): Promise<Record<string, string>> => {
  const { bindings } = accepted(await storedSpec(control, versionId));
  return Object.fromEntries(bindings.flatMap((binding) => ('text' in binding ? [[binding.name, binding.text]] : [])));
};

const activeSplit = async (control: Control): Promise<Split> => {
  const worker = await control.store.read.workers.byName('hello');
  return (await control.store.read.deployments.active(worker?.tag ?? ''))?.split ?? [];
};

/** A Worker `hello` of these many versions, deployed with these percentages of the first ones. */
const aRollout = async (t: Parameters<typeof aControlPlane>[0], versions: number, ...percentages: number[]) => {
  const plane = await aControlPlane(t);
  plane.ids.areScattered = true;
  const { control } = plane;
  const made = [await uploaded(control, aScriptUpload(control, 'hello', { metadata: { bindings: [secret('TOKEN', 'one')] } }))];
  while (made.length < versions)
    made.push(await uploaded(control, aVersionUpload(control, 'hello', { code: `export default ${made.length}` })));
  const ids = made.map(({ version }) => version.id);
  const shares = percentages.map((percentage, at) => ({ version_id: ids[at]!, percentage }));
  if (shares.length > 0) {
    accepted(
      await deploy(control, ADA, {
        worker: 'hello',
        shares,
        message: '',
        force: false,
        expectedActive: undefined,
        triggeredBy: 'deployment',
      }),
    );
  }
  return { plane, control, ids };
};

const SET = { worker: 'hello', changes: { TOKEN: { text: 'two' } } };

test('[S-1] a secret’s value stands in no file of the data directory, no audit row and no record of a version', async (t) => {
  const { plane, control, ids } = await aRollout(t, 1);
  const value = 'correct-horse-battery-staple';
  accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: { text: value }, OTHER: { text: `${value}!` } } }));
  await uploaded(control, aVersionUpload(control, 'hello', { metadata: { bindings: [secret('THIRD', value)] } }));
  assert.equal((await envOf(control, (await activeSplit(control))[0]!.versionId))['TOKEN'], value, 'it is there for the Worker');
  const stored = [await control.store.read.audit.page({ offset: 0, limit: 100 }), await control.store.read.versions.byId(ids[0]!)];
  assert.ok(!JSON.stringify(stored).includes(value));
  for (const entry of await readdir(plane.folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) assert.ok(!(await readFile(join(entry.parentPath, entry.name))).includes(value), entry.name);
  }
});

test('[S-1] a sealed value that is copied to another Worker does not open there', async (t) => {
  const { control } = await aRollout(t, 1);
  const other = await uploaded(control, aScriptUpload(control, 'other'));
  const { version: stolen } = await uploaded(control, aVersionUpload(control, 'hello'));
  await control.store.note((queries) =>
    queries.versions.insert({ ...other.version, id: 'stolen', number: 99, bindings: stolen.bindings }, undefined),
  );
  await assert.rejects(storedSpec(control, 'stolen'), { name: 'SealBroken' });
});

test('[S-2] changing a secret makes a version from each deployed one, in number order, and carries the split over', async (t) => {
  const { control, ids } = await aRollout(t, 2, 90, 10);
  const { versions, deployment } = accepted(await changeSecrets(control, ADA, SET));
  assert.deepEqual(
    versions.map(({ number }) => number),
    [3, 4],
  );
  assert.deepEqual(deployment?.split, [
    { versionId: versions[0]!.id, share: 90_000, lineage: ids[0] },
    { versionId: versions[1]!.id, share: 10_000, lineage: ids[1] },
  ]);
  assert.deepEqual([deployment?.triggeredBy, versions[0]?.triggeredBy], ['secret', 'secret']);
  assert.ok(versions[0]!.createdOn < versions[1]!.createdOn, 'their times follow their numbers');
  for (const [at, id] of ids.entries()) {
    const [before, after] = [await control.store.read.versions.byId(id), versions[at]!];
    assert.deepEqual(after.modules, before?.modules, 'the code stays that of its base');
    assert.deepEqual([await envOf(control, id), await envOf(control, after.id)], [{ TOKEN: 'one' }, { TOKEN: 'two' }]);
  }
});

test('[S-2] a split that names the newer version first keeps its order', async (t) => {
  const { control, ids } = await aRollout(t, 2);
  const shares = [
    { version_id: ids[1]!, percentage: 30 },
    { version_id: ids[0]!, percentage: 70 },
  ];
  accepted(
    await deploy(control, ADA, {
      worker: 'hello',
      shares,
      message: '',
      force: false,
      expectedActive: undefined,
      triggeredBy: 'deployment',
    }),
  );
  const { versions, deployment } = accepted(await changeSecrets(control, ADA, SET));
  assert.deepEqual(deployment?.split, [
    { versionId: versions[1]!.id, share: 30_000, lineage: ids[1] },
    { versionId: versions[0]!.id, share: 70_000, lineage: ids[0] },
  ]);
});

test('[S-8] however often secrets change in a split, keys and objects stay with the code they fell to; so they do where a changed version is deployed for the one it came from', async (t) => {
  const { control, ids } = await aRollout(t, 2, 50, 50);
  const keys = Array.from({ length: 100 }, (_, n) => `visitor-${n}`);
  /** By the code that each falls to. */
  const dealt = async (): Promise<readonly string[]> => {
    const split = await activeSplit(control);
    const digestOf = async (id: string) => (await control.store.read.versions.byId(id))?.modules[0]?.digest ?? '';
    const code = new Map(await Promise.all(split.map(async ({ versionId }) => [versionId, await digestOf(versionId)] as const)));
    return keys.map((key) => code.get(pickForObject(split, key) ?? '') ?? '');
  };
  const deployed = async (...[one, other]: readonly string[]) => {
    const shares = [one!, other!].map((version_id) => ({ version_id, percentage: 50 }));
    const split = { worker: 'hello', shares, message: '', force: true, expectedActive: undefined, triggeredBy: 'deployment' };
    accepted(await deploy(control, ADA, split));
  };
  const before = await dealt();
  assert.equal(new Set(before).size, 2);
  for (const text of ['two', 'three']) {
    accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: { text } } }));
    assert.deepEqual(await dealt(), before);
  }
  const [stays] = await activeSplit(control);
  const { versions } = accepted(await changeSecretsOfNewest(control, ADA, SET));
  await deployed(stays!.versionId, versions[0]!.id);
  assert.deepEqual(await dealt(), before);
  await deployed(...ids);
  assert.deepEqual(await dealt(), before, 'the versions that all came from have them too');
});

test('[P-12] new code under old settings is dealt by its own id, like any upload', async (t) => {
  const { control } = await aRollout(t, 2, 50, 50);
  accepted(await changeSecrets(control, ADA, SET));
  const revised = await revise(control, ADA, {
    worker: 'hello',
    change: accept,
    of: 'main',
    annotations: {},
    triggeredBy: 'upload',
    action: 'content.put',
    detail: {},
  });
  const [version] = accepted(revised).versions;
  assert.equal(version!.lineage, undefined);
  assert.deepEqual(await activeSplit(control), [{ versionId: version!.id, share: 100_000 }]);
});

test('[S-8] what a change makes before the first deployment keeps the lineage through further ones', async (t) => {
  const plane = await aControlPlane(t);
  plane.ids.areScattered = true;
  const { control } = plane;
  const { version } = await uploaded(control, aScriptUpload(control, 'hello', { deploy: false }));
  for (const text of ['one', 'two']) {
    const { versions } = accepted(await changeSecretsOfNewest(control, ADA, { worker: 'hello', changes: { TOKEN: { text } } }));
    assert.equal(versions[0]!.lineage, version.id);
  }
  const { versions, deployment } = accepted(await changeSecrets(control, ADA, SET));
  assert.deepEqual(deployment?.split, [{ versionId: versions[0]!.id, share: 100_000, lineage: version.id }]);
});

test('[S-3] the newest version, where it is not deployed, gets the change too, in a version of its own', async (t) => {
  const { control, ids } = await aRollout(t, 3, 90, 10);
  const { versions, deployment } = accepted(await changeSecrets(control, ADA, SET));
  assert.deepEqual(
    versions.map(({ number }) => number),
    [4, 5, 6],
  );
  assert.deepEqual(versions[2]?.modules, (await control.store.read.versions.byId(ids[2]!))?.modules);
  assert.equal((await envOf(control, versions[2]!.id))['TOKEN'], 'two');
  assert.deepEqual(
    deployment?.split.map(({ versionId }) => versionId),
    [versions[0]!.id, versions[1]!.id],
    'and stays undeployed',
  );
  const next = await uploaded(control, aVersionUpload(control, 'hello'));
  assert.equal((await envOf(control, next.version.id))['TOKEN'], 'two', 'so the next upload takes the new value over');
});

test('[S-4] secrets can be changed before the first deployment, at 100 %, in a split, and with a newer version waiting', async (t) => {
  const states: readonly (readonly [number, ...number[]])[] = [[1], [1, 100], [2, 50, 50], [2, 0, 100], [3, 50, 50]];
  for (const [versions, ...percentages] of states) {
    const { control } = await aRollout(t, versions, ...percentages);
    accepted(await changeSecrets(control, ADA, SET));
    for (const { versionId } of await activeSplit(control)) assert.deepEqual(await envOf(control, versionId), { TOKEN: 'two' });
  }
});

test('[S-4] changes made at the same time all count', async (t) => {
  const { control } = await aRollout(t, 2, 50, 50);
  const names = ['A', 'B', 'C', 'D', 'E'];
  await Promise.all(
    names.map(async (name) => accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { [name]: { text: name } } }))),
  );
  for (const { versionId } of await activeSplit(control)) {
    assert.deepEqual(await envOf(control, versionId), { TOKEN: 'one', A: 'A', B: 'B', C: 'C', D: 'D', E: 'E' });
  }
});

test('[S-4] a change counts also where an upload or a deployment is made at the same time', async (t) => {
  const { control, plane, ids } = await aRollout(t, 2, 100);
  let overtakes = 1;
  plane.trial = async () => {
    // Somebody deploys while the change is being tried.
    if (overtakes-- > 0) {
      const shares = [{ version_id: ids[1]!, percentage: 100 }];
      accepted(
        await deploy(control, ADA, {
          worker: 'hello',
          shares,
          message: '',
          force: false,
          expectedActive: undefined,
          triggeredBy: 'deployment',
        }),
      );
    }
    return STARTED;
  };
  const [, next] = await Promise.all([
    changeSecrets(control, ADA, SET),
    uploaded(control, aVersionUpload(control, 'hello', { code: 'next' })),
  ]);
  for (const { versionId } of await activeSplit(control)) {
    assert.deepEqual(await envOf(control, versionId), { TOKEN: 'two' });
    assert.deepEqual(
      (await control.store.read.versions.byId(versionId))?.modules,
      (await control.store.read.versions.byId(ids[1]!))?.modules,
    );
  }
  assert.deepEqual(await envOf(control, next.version.id), { TOKEN: 'two' });
});

test('[S-7] a newest version that waits and cannot take the change holds nothing back, and going to it later names the secret of which it has an old value', async (t) => {
  const { control, plane, ids } = await aRollout(t, 2, 50, 50);
  const asVariable = aVersionUpload(control, 'hello', {
    metadata: { bindings: [{ type: 'plain_text', name: 'TOKEN', text: 'no secret' }] },
  });
  const { version: waiting } = await uploaded(control, asVariable);
  const { versions, deployment } = accepted(await changeSecrets(control, ADA, SET));
  assert.deepEqual(
    versions.map(({ modules }) => modules),
    (await Promise.all(ids.map((id) => control.store.read.versions.byId(id)))).map((version) => version?.modules),
  );
  assert.deepEqual(
    deployment?.split.map(({ versionId }) => versionId),
    versions.map(({ id }) => id),
  );
  const broken = await uploaded(control, aVersionUpload(control, 'hello', { code: 'breaks' }));
  const breaks = broken.version.modules[0]!.digest;
  plane.trial = ({ modules }) => Promise.resolve(modules[0]?.digest === breaks ? { ok: false, failure: { message: 'no more' } } : STARTED);
  assert.equal(accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: { text: 'three' } } })).versions.length, 2);
  const goTo = (id: string) => {
    const shares = [{ version_id: id, percentage: 100 }];
    return deploy(control, ADA, {
      worker: 'hello',
      shares,
      message: '',
      force: false,
      expectedActive: undefined,
      triggeredBy: 'deployment',
    });
  };
  const { id } = broken.version;
  assert.deepEqual(refused(await goTo(id)), { code: 'secrets_changed', versionId: id, names: ['TOKEN'] });
  accepted(await goTo(waiting.id));
});

test('[S-7] a secret that is a variable in the other version of a split can be deleted, and the variable stays', async (t) => {
  const { control, ids } = await aRollout(t, 1);
  const variable: RequestedBinding = { type: 'plain_text', name: 'TOKEN', text: 'no secret' };
  const { version } = await uploaded(control, aVersionUpload(control, 'hello', { metadata: { bindings: [variable] } }));
  const shares = [ids[0]!, version.id].map((version_id) => ({ version_id, percentage: 50 }));
  const split = { worker: 'hello', shares, message: '', force: false, expectedActive: undefined, triggeredBy: 'deployment' };
  accepted(await deploy(control, ADA, split));
  accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: null } }));
  const [first, second] = await activeSplit(control);
  assert.deepEqual([await envOf(control, first!.versionId), await envOf(control, second!.versionId)], [{}, { TOKEN: 'no secret' }]);
});

test('[S-5] a change of the newest version’s secrets deploys nothing', async (t) => {
  const { control } = await aRollout(t, 3, 90, 10);
  const before = await activeSplit(control);
  const { versions, deployment } = accepted(
    await changeSecretsOfNewest(control, ADA, {
      worker: 'hello',
      changes: { TOKEN: null, NEW: { text: 'n' } },
      message: 'Updated secret',
      tag: 'v4',
    }),
  );
  assert.deepEqual([deployment, await activeSplit(control)], [undefined, before]);
  assert.deepEqual([versions.length, versions[0]?.number, versions[0]?.message, versions[0]?.tag], [1, 4, 'Updated secret', 'v4']);
  assert.deepEqual(await envOf(control, versions[0]!.id), { NEW: 'n' });
});

test('[S-6] after a rotation of the keys old secrets open, new ones are sealed with the new key, and both compare', async (t) => {
  const { control, plane } = await aRollout(t, 1);
  const old = (await readFile(join(plane.folder, 'secrets.key'), 'utf8')).trim();
  await control.store.close();
  const fresh = Buffer.alloc(32, 7).toString('base64');
  const again = await aControlPlane(t, { folder: plane.folder });
  const rotated = { ...again.control, vault: await openVault('', `${fresh}\n${old}`), ids: plane.ids };
  const [{ versionId }] = (await activeSplit(rotated)) as [Split[number]];
  assert.deepEqual(await envOf(rotated, versionId), { TOKEN: 'one' });
  accepted(await changeSecrets(rotated, ADA, { worker: 'hello', changes: { TOKEN: { text: 'one' } } }));
  const shares = [{ version_id: versionId, percentage: 100 }];
  accepted(
    await deploy(rotated, ADA, {
      worker: 'hello',
      shares,
      message: '',
      force: false,
      expectedActive: undefined,
      triggeredBy: 'deployment',
    }),
  );
});

test('a change that is refused changes nothing: bad names, names that are taken, a version that no longer starts', async (t) => {
  const { control, plane } = await aRollout(t, 1);
  await uploaded(control, aScriptUpload(control, 'hello', { metadata: { bindings: [{ type: 'plain_text', name: 'V', text: 'a' }] } }));
  const state = async () => [
    await control.store.read.meta.generation(),
    await control.store.read.audit.count(),
    await activeSplit(control),
  ];
  const before = await state();
  const change = async (name: string) =>
    refused(await changeSecrets(control, ADA, { worker: 'hello', changes: { [name]: { text: 'x' } } }));
  assert.deepEqual(await change('a b'), { code: 'secret_name_invalid', name: 'a b' });
  assert.deepEqual(await change('V'), { code: 'secret_name_taken', name: 'V', type: 'plain_text' });
  plane.trial = () => Promise.resolve({ ok: false, failure: { message: 'TOKEN is too short' } });
  assert.deepEqual(await change('TOKEN'), { code: 'trial_failed', message: 'TOKEN is too short' });
  assert.equal(refused(await changeSecrets(control, ADA, { ...SET, worker: 'nobody' })).code, 'worker_not_found');
  assert.deepEqual(await state(), before);
});

test('secrets beyond the most bindings of a version are refused before any is sealed, and deletions do not count', async (t) => {
  const { control } = await aRollout(t, 1);
  const many = Object.fromEntries(Array.from({ length: MOST_BINDINGS }, (_, at) => [`S${at}`, { text: '' }]));
  const set = (changes: SecretChanges) => changeSecrets(control, ADA, { worker: 'hello', changes });
  const sealing = t.mock.method(control.vault, 'seal');
  assert.deepEqual(refused(await set(many)), { code: 'too_many_bindings', count: MOST_BINDINGS + 1, limit: MOST_BINDINGS });
  assert.equal(sealing.mock.callCount(), 0);
  accepted(await set({ ...many, TOKEN: null }));
  assert.equal(accepted(await secretsOf(control.store.read, 'hello')).length, MOST_BINDINGS);
});

test('the names of secrets are those of what serves, each once', async (t) => {
  const { control } = await aRollout(t, 2, 50, 50);
  accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { ALPHA: { text: 'a' } } }));
  accepted(await changeSecretsOfNewest(control, ADA, { worker: 'hello', changes: { LATER: { text: 'l' } } }));
  assert.deepEqual(accepted(await secretsOf(control.store.read, 'hello')), ['ALPHA', 'TOKEN']);
  assert.equal(refused(await secretsOf(control.store.read, 'nobody')).code, 'worker_not_found');
});
