import assert from 'node:assert/strict';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ModuleStore, openVault } from '../files/index.ts';
import { ControlClient } from './control-client.ts';
import { FakeControl } from './fake-control.ts';
import { Specs } from './specs.ts';
import { aFolder, aLog, aTable, until, V1, V2 } from './testing.ts';

const SECRET = 'correct horse battery staple';

const aSetting = async () => {
  const folder = await aFolder();
  const control = await FakeControl.open(aTable([]));
  control.addVersion(V1, 'hello', 'export default {}', { bindings: [{ type: 'secret_text', name: 'KEY', text: SECRET }] });
  control.addVersion(V2, 'hello', 'export default { second: true }');
  const client = new ControlClient({ controlUrl: control.url, edgeToken: control.token, edge: 'e1' });
  const modules = new ModuleStore(join(folder.path, 'modules'));
  const vault = await openVault(join(folder.path, 'edge.key'));
  const log = aLog();
  const versions = join(folder.path, 'versions');
  const open = (): Specs => new Specs({ control: client, folder: versions, vault, modules, log });
  const dispose = async (): Promise<void> => {
    await client.close();
    await control[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { control, modules, log, versions, open, [Symbol.asyncDispose]: dispose };
};

test('[E-61] a version is fetched once with its modules, and started later without the control plane, secrets sealed on disk', async () => {
  await using setting = await aSetting();
  const { control, modules } = setting;
  const specs = setting.open();
  const [spec, same] = await Promise.all([specs.load(V1), specs.load(V1)]);
  assert.equal(spec, same);
  assert.equal(control.asked.filter((asked) => asked.includes(V1)).length, 1);
  assert.ok(await modules.has(spec.modules[0]?.digest ?? ''));
  assert.equal((await readFile(join(setting.versions, V1), 'utf8')).includes(SECRET), false);
  await control.go();
  const later = await setting.open().load(V1);
  assert.deepEqual(later.bindings, [{ type: 'secret_text', name: 'KEY', text: SECRET }]);
});

test('[E-62] versions of active deployments are fetched ahead, again and again until they are there', async () => {
  await using setting = await aSetting();
  const { control } = setting;
  await control.go();
  const specs = setting.open();
  specs.prefetch(new Set([V1, V2]));
  await until(() => setting.log.lines.some(({ level }) => level === 'warn'), 'it failed once');
  await control.comeBack();
  await until(
    async () => (await readdir(setting.versions).catch(() => [])).filter((name) => !name.endsWith('.tmp')).length === 2,
    'both are on disk',
  );
  await specs.close();
});

test('[E-63] a module with other bytes than its digest says is not taken', async () => {
  await using setting = await aSetting();
  const digest = setting.control.specs.get(V1)?.modules[0]?.digest ?? '';
  setting.control.modules.set(digest, Buffer.from('something else'));
  await assert.rejects(setting.open().load(V1), /other bytes/);
  assert.equal(await setting.modules.has(digest), false);
});

test('[E-64] a damaged copy on disk is fetched again, and an id that is no id is refused', async () => {
  await using setting = await aSetting();
  await setting.open().load(V1);
  await writeFile(join(setting.versions, V1), 'sb1.damaged');
  assert.equal((await setting.open().load(V1)).script, 'hello');
  assert.ok(setting.log.lines.some(({ level }) => level === 'warn'));
  await assert.rejects(setting.open().load('../../etc/passwd'), /not the id/);
});

test('[E-65] what left every deployment long ago is forgotten on disk, what is active or recent stays', async () => {
  await using setting = await aSetting();
  const specs = setting.open();
  await specs.load(V1);
  await specs.load(V2);
  const old = new Date(Date.now() - 48 * 60 * 60_000);
  await utimes(join(setting.versions, V1), old, old);
  await utimes(join(setting.versions, V2), old, old);
  specs.prefetch(new Set([V2]));
  const needed = await specs.prune(new Date());
  assert.deepEqual(await readdir(setting.versions), [V2]);
  assert.deepEqual([...needed], [setting.control.specs.get(V2)?.modules[0]?.digest]);
  await specs.close();
});
