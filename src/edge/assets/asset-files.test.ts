import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import test from 'node:test';
import type { Asset } from '../../domain/index.ts';
import { ModuleStore } from '../../files/index.ts';
import { aFolder } from '../testing.ts';
import { AssetFiles } from './asset-files.ts';

const stored = async (modules: ModuleStore, bytes: Buffer): Promise<Asset> => {
  const { digest, size } = await modules.put(Readable.from([bytes]));
  return { path: '/file', digest, size, contentType: undefined, hash: '' };
};

const nowhere = () => Promise.reject(new Error('it is nowhere'));

for (const [what, size] of [
  ['small', 10],
  ['large', 300_000],
] as const) {
  test(`[K-5] a ${what} file that is damaged is set aside and never served`, async () => {
    await using folder = await aFolder();
    const modules = new ModuleStore(folder.path);
    const file = await stored(modules, Buffer.alloc(size, 'a'));
    await writeFile(modules.path(file.digest), Buffer.alloc(size, 'b'));
    const files = new AssetFiles({ modules, fetch: nowhere });
    await assert.rejects(files.load(file), { name: 'DigestMismatch' });
    assert.equal(files.atHand(file), undefined);
    await assert.rejects(files.load(file), /nowhere/);
  });
}

test('a file that is not here is brought once for all who ask, and then at hand', async () => {
  await using folder = await aFolder();
  await using other = await aFolder();
  const modules = new ModuleStore(folder.path);
  const file = await stored(new ModuleStore(other.path), Buffer.from('hello'));
  let fetched = 0;
  const fetch = async () => {
    fetched += 1;
    await modules.put(Readable.from([Buffer.from('hello')]));
  };
  const files = new AssetFiles({ modules, fetch });
  const [one, two] = await Promise.all([files.load(file), files.load(file)]);
  assert.deepEqual([one.bytes?.toString(), two.bytes?.toString(), fetched], ['hello', 'hello', 1]);
  assert.equal(files.atHand(file)?.bytes?.toString(), 'hello');
});
