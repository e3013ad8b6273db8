import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { pickForObject } from './pick.ts';
import { WHOLE, type Split } from './split.ts';

const OBJECTS = 20_000;

/** Ids as workerd makes them: 64 hex digits. */
const IDS = Array.from({ length: OBJECTS }, (_, n) => createHash('sha256').update(`object ${n}`).digest('hex'));
const anId = fc.integer({ min: 0, max: OBJECTS - 1 }).map((index) => IDS[index] ?? '');
const twoVersions = fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 2 });
const aShare = fc.integer({ min: 0, max: WHOLE });

const splitOf = ([one = '', other = '']: readonly string[], share: number): Split => [
  { versionId: one, share: WHOLE - share },
  { versionId: other, share },
];

test('[Y-12] raising a share moves objects only towards it, in whichever order the versions are listed', () => {
  fc.assert(
    fc.property(twoVersions, anId, aShare, aShare, (versions, id, one, other) => {
      const [lower, higher] = one < other ? [one, other] : [other, one];
      const before = pickForObject(splitOf(versions, lower), id);
      const after = pickForObject(splitOf(versions, higher).toReversed(), id);
      assert.ok(after === before || after === versions[1], `${before} went to ${after}`);
    }),
  );
});

test('[Y-12] a version without a share has no object, and one that has everything has all', () => {
  fc.assert(
    fc.property(twoVersions, anId, (versions, id) => {
      assert.equal(pickForObject(splitOf(versions, 0), id), versions[0]);
      assert.equal(pickForObject(splitOf(versions, WHOLE), id), versions[1]);
      assert.equal(pickForObject(splitOf(versions, WHOLE).slice(1), id), versions[1]);
    }),
  );
});

test(`[Y-12] of ${OBJECTS} objects each version has as many as its share`, () => {
  const versions = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  for (const percent of [1, 10, 25, 50, 90]) {
    const split = splitOf(versions, percent * 1000);
    const share = IDS.filter((id) => pickForObject(split, id) === versions[1]).length / OBJECTS;
    // Five standard deviations of a draw for each.
    const spread = 5 * Math.sqrt(((percent / 100) * (1 - percent / 100)) / OBJECTS);
    assert.ok(Math.abs(share - percent / 100) < spread, `${percent} % came out as ${share * 100} %`);
  }
});
