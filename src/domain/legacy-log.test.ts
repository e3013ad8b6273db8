import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aDeployment, uuid } from '../../test/support/builders.ts';
import { hyphenated, legacyLog, mainVersion } from './legacy-log.ts';

/** Deployments with these numbers, newest first. */
const stored = (...numbers: number[]) => numbers.map((number) => Object.assign(aDeployment(number), { number }));

test('[L-1] the log is derived from deployments: oldest first, ten latest, the last is active', () => {
  const log = legacyLog(stored(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
  assert.deepEqual(
    log.map(({ number }) => number),
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  );
  assert.equal(log.at(-1)?.id, uuid(1012));
  assert.deepEqual(legacyLog([]), []);
});

test('[L-1] an entry keeps the number it was made under when an earlier one is deleted', () => {
  assert.deepEqual(
    legacyLog(stored(5, 3, 1)).map(({ id, number }) => [id, number]),
    [
      [uuid(1001), 1],
      [uuid(1003), 3],
      [uuid(1005), 5],
    ],
  );
});

test('[L-1] the one version such a client can show is the one with the greatest share', () => {
  const mains: readonly (readonly [readonly number[], number])[] = [
    [[100], 1],
    [[90, 10], 1],
    [[10, 90], 2],
    [[50, 50], 1],
    [[0, 100], 2],
  ];
  for (const [shares, version] of mains) assert.equal(mainVersion(aDeployment(1, { shares })), uuid(version));
});

test('[L-3] an id counts with hyphens or without, in either case', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      for (const printed of [id, id.replaceAll('-', ''), id.toUpperCase(), id.replaceAll('-', '').toUpperCase()])
        assert.equal(hyphenated(printed), id);
    }),
  );
  for (const other of ['', 'latest', '1234', 'g'.repeat(32), 'a'.repeat(33)]) assert.equal(hyphenated(other), other);
});
