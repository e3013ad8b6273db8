import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LOOKS, looksOf } from './looks.ts';
import { aHistory, hour } from './testing.ts';

/** How all versions of a history look so many hours after its first deployment. */
const looks = (hours: number, ...lines: readonly string[]): string =>
  [...looksOf(aHistory(...lines), Date.parse(hour(hours)), ['v99'])]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, look]) => `${id} ${look}`)
    .join(', ');

const RAMP = ['v38 100', 'v39 10, v38 90', 'v39 100', 'v40 10, v39 90', 'v39 100', 'v41 10, v39 90', 'v41 100', 'v42 10, v41 90'];

test('[OV-4] the version of the latest rollout is new, the one it shares with settled, what a rollback left is back, the rest past', () => {
  assert.equal(looks(900, ...RAMP), 'v38 past, v39 past, v40 back, v41 stable, v42 new, v99 idle');
});

test('[OV-4] a version that has all traffic is new for 24 hours, and settled then', () => {
  assert.equal(looks(8 + 23.9, ...RAMP, 'v42 100'), 'v38 past, v39 past, v40 back, v41 stable, v42 new, v99 idle');
  assert.equal(looks(8 + 24, ...RAMP, 'v42 100'), 'v38 past, v39 past, v40 back, v41 past, v42 stable, v99 idle');
  assert.equal(looks(23, 'v1 100'), 'v1 new, v99 idle');
  assert.equal(looks(24, 'v1 100'), 'v1 stable, v99 idle');
});

test('[OV-4] what is deployed again, or gets a new secret, is new no longer than it was', () => {
  assert.equal(looks(24, 'v1 100', 'v1 100'), 'v1 stable, v99 idle');
  assert.equal(looks(25, 'v1 100', 'v2 from v1 100 by secret'), 'v1 past, v2 stable, v99 idle');
  assert.equal(
    looks(3, 'v1 100', 'v2 10, v1 90', 'v4 from v2 10, v3 from v1 90 by secret'),
    'v1 past, v2 past, v3 stable, v4 new, v99 idle',
  );
});

test('[OV-4] a newer version that takes traffic is the new one at once', () => {
  assert.equal(looks(2, 'v1 100', 'v2 100', 'v3 5, v2 95'), 'v1 past, v2 stable, v3 new, v99 idle');
  assert.equal(looks(2, 'v1 100', 'v2 50, v1 50', 'v3 5, v1 95'), 'v1 stable, v2 past, v3 new, v99 idle');
});

test('[OV-4] after a rollback the version that serves is settled; one that comes again is new again', () => {
  assert.equal(looks(2, 'v1 100', 'v2 100', 'v1 100'), 'v1 stable, v2 back, v99 idle');
  assert.equal(looks(4, 'v1 100', 'v2 100', 'v1 100', 'v2 10, v1 90'), 'v1 stable, v2 new, v99 idle');
  // Its last service ended in no rollback.
  assert.equal(looks(99, 'v1 100', 'v2 100', 'v1 100', 'v2 100', 'v3 100'), 'v1 past, v2 past, v3 stable, v99 idle');
});

test('[OV-4] one at 0 % beside one that has everything is the new one', () => {
  assert.equal(looks(99, 'v1 100', 'v2 0, v1 100'), 'v1 stable, v2 new, v99 idle');
  assert.equal(looks(99, 'v1 100', 'v2 10, v1 90', 'v2 0, v1 100'), 'v1 stable, v2 new, v99 idle');
  assert.equal(looks(99, 'v1 100', 'v2 0, v1 100', 'v1 100'), 'v1 stable, v2 idle, v99 idle');
  assert.equal(looks(24, 'v1 0, v2 100'), 'v1 idle, v2 stable, v99 idle');
});

test('[OV-4] one that is lowered beside an older one stays the new one', () => {
  assert.equal(looks(99, 'v1 100', 'v2 100', 'v1 50, v2 50'), 'v1 stable, v2 new, v99 idle');
});

test('nothing that was deployed leaves all versions idle', () => {
  assert.equal(looks(1), 'v99 idle');
});

const anEvent = fc
  .record({ one: fc.integer({ min: 1, max: 4 }), other: fc.integer({ min: 1, max: 4 }), share: fc.integer({ min: 0, max: 100 }) })
  .map(({ one, other, share }) => (one === other ? `v${one} 100` : `v${one} ${share}, v${other} ${100 - share}`));

test('[OV-4] of any history at most one version is new and one settled beside it, and who serves is one of these', () => {
  fc.assert(
    fc.property(fc.array(anEvent, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 80 }), (lines, hours) => {
      const history = aHistory(...lines);
      const all = looksOf(history, Date.parse(hour(lines.length + hours)));
      const count = (look: string): number => [...all.values()].filter((each) => each === look).length;
      assert.ok(count('new') <= 1 && count('stable') <= 1);
      const serving = history[0]?.split.filter(({ share }) => share > 0).map(({ versionId }) => all.get(versionId)) ?? [];
      assert.ok(
        serving.every((look) => look === 'new' || look === 'stable'),
        serving.join(),
      );
      assert.equal(new Set(serving).size, serving.length);
      assert.ok([...all.values()].every((look) => LOOKS.includes(look)));
    }),
  );
});
