import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { accepted, ADA, aControlPlane, aScriptUpload, aVersionUpload, refused, uploaded } from '../../test/support/control-plane.ts';
import { tryVersion } from '../runtime/index.ts';
import { changeSecrets, upload } from './index.ts';

/** A control plane whose trials are run by the real runtime. */
const aWholeControlPlane = async (t: TestContext) => {
  const plane = await aControlPlane(t);
  const options = { runtimeDir: join(plane.folder, 'run'), modules: plane.control.modules };
  plane.trial = (spec) => tryVersion(spec, options);
  return plane.control;
};

test('[V-7] [V-15] what started once is stored with what it exports', async (t) => {
  const control = await aWholeControlPlane(t);
  const code = `export default { fetch: () => new Response('hello'), async scheduled() {} };`;
  const { version } = await uploaded(control, aScriptUpload(control, 'hello', { code }));
  assert.deepEqual(version.handlers, ['fetch', 'scheduled']);
  assert.ok(Number.isInteger(version.startupTimeMs) && version.startupTimeMs >= 0);
});

test('[V-7] a script that throws when it starts is refused in its own words, and what serves goes on', async (t) => {
  const control = await aWholeControlPlane(t);
  const { worker, deployment } = await uploaded(control, aScriptUpload(control, 'hello', { code: `export default { fetch() {} }` }));
  const code = `throw new Error('no configuration for the moon'); export default { fetch() {} }`;
  for (const request of [aScriptUpload(control, 'hello', { code }), aVersionUpload(control, 'hello', { code })]) {
    const refusal = refused(await upload(control, ADA, await request));
    assert.equal(refusal.code, 'trial_failed');
    assert.match('message' in refusal ? refusal.message : '', /no configuration for the moon/);
  }
  assert.equal((await control.store.read.deployments.active(worker.tag))?.id, deployment?.id);
  assert.equal(await control.store.read.versions.count(worker.tag), 1);
});

test('[V-7] a new secret with which the version no longer starts is refused, on both sides of a split or none', async (t) => {
  const control = await aWholeControlPlane(t);
  const code = `import { env } from 'cloudflare:workers';
    if (env.TOKEN.length < 3) throw new Error('TOKEN is too short');
    export default { fetch: () => new Response('hello') };`;
  const bindings = [{ type: 'secret_text' as const, name: 'TOKEN', text: 'long enough' }];
  const { worker } = await uploaded(control, aScriptUpload(control, 'hello', { code, metadata: { bindings } }));
  const refusal = refused(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: { text: 'x' } } }));
  assert.match('message' in refusal ? refusal.message : '', /TOKEN is too short/);
  assert.equal(await control.store.read.versions.count(worker.tag), 1);
  accepted(await changeSecrets(control, ADA, { worker: 'hello', changes: { TOKEN: { text: 'long enough too' } } }));
});
