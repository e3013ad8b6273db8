/** A control plane is killed while it tries a version. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { privateTrialFolder } from '../../src/main/trial-folder.ts';
import { VersionProcess } from '../../src/runtime/version-process.ts';
import { aWorkbench, HELLO } from '../../src/runtime/workbench.ts';
import { aFolder } from '../support/temporary.ts';

test('[C-12] the process of a trial that a killed control plane left running is ended by the next one', async (t) => {
  const folder = await aFolder(t);
  const bench = await aWorkbench(t);
  const { path } = await privateTrialFolder(folder);
  await using orphan = await VersionProcess.start(await bench.aVersion({ 'index.js': HELLO }), { ...bench, runtimeDir: path });
  const next = await privateTrialFolder(folder);
  assert.deepEqual(await orphan.exited, { code: null, signal: 'SIGKILL', fault: undefined });
  await next.remove();
  assert.equal(existsSync(path), false);
});
