import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import test from 'node:test';
import { accepted, ADA, aControlPlane, aFile, aScriptUpload, aVersionUpload, uploaded } from '../../test/support/control-plane.ts';
import { collectModules, deleteVersion, deleteWorker } from './index.ts';

const LONG_AGO = new Date('2020-01-01');

test('[W-3] modules go with the last version that refers to them, and an upload under way keeps its own', async (t) => {
  const { control, clock } = await aControlPlane(t);
  clock.move(Date.now() - clock.now().getTime());
  const first = await uploaded(control, aScriptUpload(control, 'hello', { code: 'shared' }));
  const second = await uploaded(control, aVersionUpload(control, 'hello', { code: 'own' }));
  await uploaded(control, aScriptUpload(control, 'other', { code: 'shared' }));
  const [shared, own] = [first, second].map(({ version }) => version.modules[0]!.digest) as [string, string];
  const underWay = await aFile(control, 'index.js', 'about to be referred to');
  for (const digest of [shared, own]) await utimes(control.modules.path(digest), LONG_AGO, LONG_AGO);
  assert.equal(await collectModules(control), 0);
  accepted(await deleteVersion(control, ADA, 'hello', second.version.id));
  accepted(await deleteWorker(control, ADA, 'hello'));
  assert.equal(await collectModules(control), 1);
  assert.deepEqual(await Promise.all([shared, own, underWay.digest].map((digest) => control.modules.has(digest))), [true, false, true]);
});
