import assert from 'node:assert/strict';
import test from 'node:test';
import type { AssetsConfig, VersionSpec } from '../../domain/index.ts';
import { AssetIndexes } from './asset-indexes.ts';

const aSpec = (id: string, config: AssetsConfig): VersionSpec => ({
  id,
  script: 'site',
  tag: undefined,
  createdOn: '2026-11-01T10:00:00.000001Z',
  syntax: 'modules',
  mainModule: 'index.js',
  modules: [],
  bindings: [],
  compatibilityDate: '2026-11-01',
  compatibilityFlags: [],
  limits: {},
  assets: { manifest: id, count: 0, config },
});

const someIndexes = (config: AssetsConfig, manifest: string, mostBytes: number) => {
  const loads: string[] = [];
  const indexes = new AssetIndexes({
    loadSpec: (id) => Promise.resolve(aSpec(id, config)),
    readManifest: (digest) => {
      loads.push(digest);
      return Promise.resolve(manifest);
    },
    mostBytes,
  });
  return { indexes, loads };
};

const KINDS = {
  rules: [{ _headers: `/*\n  X-Long: ${'x'.repeat(1_900)}` }, '[]'],
  files: [{}, JSON.stringify(Array.from({ length: 200 }, (_, at) => ({ path: `/${at}.txt`, digest: 'd'.repeat(64), size: 1, hash: '' })))],
  neither: [{}, '[]'],
} as const satisfies Record<string, readonly [AssetsConfig, string]>;

for (const [kind, [config, manifest]] of Object.entries(KINDS)) {
  test(`[K-9] the assets of versions that have ${kind} are laid out for so many at a time as have room, those used last`, async () => {
    const { indexes, loads } = someIndexes(config, manifest, 500_000);
    const ids = Array.from({ length: 600 }, (_, at) => `version ${at}`);
    for (const id of ids) {
      await indexes.load(id);
      assert.notEqual(indexes.atHand('version 0'), undefined, 'one that is asked all the time stays');
    }
    const atHand = ids.filter((id) => indexes.atHand(id) !== undefined);
    assert.ok(atHand.length >= 3 && atHand.length < 300, `${atHand.length} at hand`);
    assert.deepEqual(atHand, ['version 0', ...ids.slice(1 - atHand.length)]);
    await indexes.load('version 1');
    assert.equal(loads.length, 601, 'what went is read again');
  });
}

test('[K-9] one that has no room is there as long as nothing else is asked for', async () => {
  const { indexes } = someIndexes(...KINDS.files, 1);
  await indexes.load('a');
  assert.notEqual(indexes.atHand('a'), undefined);
  await indexes.load('b');
  assert.deepEqual([indexes.atHand('a') === undefined, indexes.atHand('b') === undefined], [true, false]);
});
