import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'node:test';
import { DAMAGES, damaged, numbersOf } from '../../test/support/damage.ts';
import { DigestMismatch, ModuleStore, openVault } from '../files/index.ts';
import { ControlClient } from './control-client.ts';
import { FakeControl } from './fake-control.ts';
import { Snapshot } from './snapshot.ts';
import { Specs } from './specs.ts';
import { aFolder, aLog, aTable, aWorker, V1 } from './testing.ts';

test('[E-67] a damaged module is set aside and never served, and its bytes stored anew are', async () => {
  await using folder = await aFolder();
  const store = new ModuleStore(folder.path);
  const number = numbersOf('modules');
  const bytes = Buffer.from('export default { fetch: () => new Response("hello") };'.repeat(50));
  for (let round = 0; round < DAMAGES; round += 1) {
    const { digest } = await store.put(Readable.from([bytes]));
    await writeFile(store.path(digest), damaged(bytes, number));
    await assert.rejects(store.verifiedPath(digest), DigestMismatch, `round ${round}`);
    assert.equal(await store.has(digest), false);
  }
  const { digest } = await store.put(Readable.from([bytes]));
  assert.deepEqual(await readFile(await store.verifiedPath(digest)), bytes);
});

test('[E-67] a damaged routing table is noticed, and the one before it is served', async () => {
  await using folder = await aFolder();
  const snapshot = new Snapshot(folder.path, aLog());
  for (const generation of [1, 2]) {
    snapshot.save(aTable([aWorker('hello'), aWorker('other')], {}, generation));
    await snapshot.written();
  }
  const path = join(folder.path, 'table');
  const bytes = await readFile(path);
  const number = numbersOf('table');
  for (let round = 0; round < DAMAGES; round += 1) {
    await writeFile(path, damaged(bytes, number));
    const log = aLog();
    assert.equal((await new Snapshot(folder.path, log).read())?.generation, 1, `round ${round}`);
    assert.equal(log.lines.length, 1);
  }
});

test('[E-67] a damaged sealed version does not open: it is fetched again, or else does not run', async () => {
  await using folder = await aFolder();
  await using control = await FakeControl.open(aTable([]));
  control.addVersion(V1, 'hello', 'export default {}', { bindings: [{ type: 'secret_text', name: 'KEY', text: 'secret' }] });
  await using client = new ControlClientOf(control);
  const modules = new ModuleStore(join(folder.path, 'modules'));
  const vault = await openVault(join(folder.path, 'edge.key'));
  const versions = join(folder.path, 'versions');
  const log = aLog();
  const open = () => new Specs({ control: client.client, folder: versions, vault, modules, log });
  const good = await open().load(V1);
  const path = join(versions, V1);
  const bytes = await readFile(path);
  const number = numbersOf('specs');
  for (let round = 0; round < DAMAGES; round += 1) {
    const asked = control.asked.length;
    await writeFile(path, damaged(bytes, number));
    assert.deepEqual(await open().load(V1), good);
    assert.equal(control.asked.length, asked + 1, `round ${round}: it was fetched again`);
  }
  await control.go();
  await writeFile(path, damaged(bytes, number));
  await assert.rejects(open().load(V1));
  assert.equal(log.lines.length, DAMAGES + 1);
});

test('[E-67] a damaged key file is refused: it never gives another key, with which secrets would be sealed', async () => {
  await using folder = await aFolder();
  const path = join(folder.path, 'key');
  const sealed = (await openVault(path)).seal('secret', 'here');
  const bytes = await readFile(path);
  const number = numbersOf('key');
  let refused = 0;
  for (let round = 0; round < DAMAGES; round += 1) {
    await writeFile(path, damaged(bytes, number));
    const vault = await openVault(path).catch(() => undefined);
    refused += vault === undefined ? 1 : 0;
    // What touches the newline or the end alone leaves the key as it was.
    if (vault !== undefined) assert.equal(vault.open(sealed, 'here'), 'secret', `round ${round}`);
  }
  assert.ok(refused > DAMAGES * 0.8);
});

class ControlClientOf implements AsyncDisposable {
  readonly client: ControlClient;
  constructor(control: FakeControl) {
    this.client = new ControlClient({ controlUrl: control.url, edgeToken: control.token, edge: 'e1' });
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.client.close();
  }
}
