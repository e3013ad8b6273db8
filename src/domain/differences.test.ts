import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aModule, aSecret, aVariable, aVersion } from '../../test/support/builders.ts';
import type { Asset, AssetsConfig } from './assets/index.ts';
import type { Binding } from './binding.ts';
import { differencesBetween, type Compared, type Differences } from './differences.ts';
import type { VersionCode } from './version.ts';

const NONE = { added: [], removed: [], changed: [] };
const UNCHANGED: Differences = {
  bindings: NONE,
  secrets: NONE,
  modules: NONE,
  codeSize: { before: 42, after: 42 },
  assets: NONE,
  assetCount: { before: 0, after: 0 },
  assetSettings: NONE,
  classes: NONE,
  compatibilityDate: undefined,
  compatibilityFlags: { added: [], removed: [] },
  limits: undefined,
  placement: undefined,
};

const file = (path: string, digest: string): Asset => ({ path, digest, size: 1, contentType: 'text/plain', hash: digest });
const withFiles = (files: readonly Asset[], config: AssetsConfig): Compared => ({
  ...aVersion(1, { assets: { manifest: 'm', count: files.length, config } }),
  files,
});
const withClasses = (...names: readonly (readonly [string, string])[]) =>
  aVersion(1, { durableObjects: names.map(([className, namespaceId]) => ({ className, namespaceId, storage: 'sqlite' })) });

const shapes = (value: unknown): Binding => ({ type: 'json', name: 'SHAPES', json: value });

test('[R-10] two versions that run the same do not differ, whoever made them and in whatever order their members were written', () => {
  const [before, after] = [shapes({ a: 1, b: { c: 2, d: 3 } }), shapes({ b: { d: 3, c: 2 }, a: 1 })];
  const [secret, same] = [aSecret('KEY', 'k'), { ...aSecret('KEY', 'k'), sealed: 'sealed anew' }];
  assert.deepEqual(
    differencesBetween(aVersion(1, { bindings: [before, secret] }), aVersion(2, { message: 'again', bindings: [same, after] })),
    UNCHANGED,
  );
});

test('[R-10] everything that changes how a version runs is told: bindings, secrets by name, compatibility, limits, placement, code', () => {
  const before = aVersion(1, {
    bindings: [aVariable('COLOUR', 'red'), aVariable('SHAPE', 'round'), aSecret('KEY', 'old'), aSecret('OLD', 'o')],
    modules: [aModule(), aModule({ name: 'lib.js', size: 8 })],
    compatibilityFlags: ['nodejs_compat'],
  });
  const after = aVersion(2, {
    bindings: [aVariable('COLOUR', 'blue'), { type: 'kv_namespace', name: 'CACHE', namespace_id: 'kv' }, aSecret('KEY', 'new')],
    modules: [aModule({ digest: 'b'.repeat(64), size: 100 }), aModule({ name: 'index.js.map', kind: 'sourcemap', size: 9000 })],
    compatibilityDate: '2026-11-15',
    compatibilityFlags: ['global_navigator'],
    limits: { cpu_ms: 50 },
    placement: { mode: 'smart' },
  });
  assert.deepEqual(differencesBetween(before, after), {
    bindings: { added: ['CACHE'], removed: ['SHAPE'], changed: ['COLOUR'] },
    secrets: { added: [], removed: ['OLD'], changed: ['KEY'] },
    modules: { added: ['index.js.map'], removed: ['lib.js'], changed: ['index.js'] },
    codeSize: { before: 50, after: 100 },
    assets: NONE,
    assetCount: { before: 0, after: 0 },
    assetSettings: NONE,
    classes: NONE,
    compatibilityDate: { before: '2026-11-01', after: '2026-11-15' },
    compatibilityFlags: { added: ['global_navigator'], removed: ['nodejs_compat'] },
    limits: { before: {}, after: { cpu_ms: 50 } },
    placement: { before: undefined, after: { mode: 'smart' } },
  });
});

test('[R-10] files that came, went or hold something else are told by their paths, and settings by their names', () => {
  const before = withFiles([file('/a.txt', '1'), file('/b.txt', '2'), file('/c.txt', '3')], { html_handling: 'none', _headers: '/* x: y' });
  const after = withFiles([file('/a.txt', '1'), file('/b.txt', '4')], { html_handling: 'none', run_worker_first: ['/api/*'] });
  const { assets, assetCount, assetSettings } = differencesBetween(before, after);
  assert.deepEqual(assets, { added: [], removed: ['/c.txt'], changed: ['/b.txt'] });
  assert.deepEqual(assetCount, { before: 3, after: 2 });
  assert.deepEqual(assetSettings, { added: ['run_worker_first'], removed: ['_headers'], changed: [] });
  assert.deepEqual(differencesBetween(before, aVersion(2)).assets.removed, ['/a.txt', '/b.txt', '/c.txt'], 'one may have none');
});

test('[R-10] classes are told by their names: one whose objects are others has changed', () => {
  const { classes: told } = differencesBetween(withClasses(['Room', 'n1'], ['Log', 'n2']), withClasses(['Room', 'n3'], ['Game', 'n4']));
  assert.deepEqual(told, { added: ['Game'], removed: ['Log'], changed: ['Room'] });
});

test('[R-10] a variable that became a secret is a binding that went and a secret that came', () => {
  const { bindings, secrets } = differencesBetween(
    aVersion(1, { bindings: [aVariable('KEY', 'open')] }),
    aVersion(2, { bindings: [aSecret('KEY', 'open')] }),
  );
  assert.deepEqual([bindings.removed, secrets.added], [['KEY'], ['KEY']]);
});

test('[R-10] there and back are the same differences, seen from the other side, and never hold a value', () => {
  const name = fc.constantFrom('A', 'B', 'C');
  const value = fc.constantFrom('value-1', 'value-2');
  const binding = fc
    .record({ name, value, isSecret: fc.boolean() })
    .map((each): Binding => (each.isSecret ? aSecret(each.name, each.value) : aVariable(each.name, each.value)));
  const code: fc.Arbitrary<VersionCode> = fc
    .record({
      bindings: fc.uniqueArray(binding, { selector: (each) => each.name }),
      compatibilityFlags: fc.uniqueArray(fc.constantFrom('x', 'y')),
      limits: fc.constantFrom({}, { cpu_ms: 5 }),
      modules: fc.array(fc.nat(100), { maxLength: 3 }).map((sizes) => sizes.map((size, at) => aModule({ name: `${at}.js`, size }))),
    })
    .map((more) => aVersion(1, more));
  fc.assert(
    fc.property(code, code, (one, two) => {
      const [there, back] = [differencesBetween(one, two), differencesBetween(two, one)];
      for (const list of ['bindings', 'secrets', 'modules'] as const) {
        assert.deepEqual(
          [there[list].added, there[list].removed, there[list].changed],
          [back[list].removed, back[list].added, back[list].changed],
        );
      }
      assert.deepEqual([there.limits?.before, there.codeSize.before], [back.limits?.after, back.codeSize.after]);
      assert.ok(!/value-[12]/.test(JSON.stringify(there)));
    }),
  );
});
