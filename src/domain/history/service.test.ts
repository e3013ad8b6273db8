import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { WHOLE } from '../split.ts';
import { servicesIn, shareIn, type Service, type Told } from './service.ts';
import { aHistory, hour } from './testing.ts';

/** As it is defined: of one version, every deployment is asked what share it had. */
const serviceOf = (deployments: readonly Told[], versionId: string): Service | undefined => {
  const oldestFirst = deployments.toReversed().map(({ createdOn, split }) => ({ createdOn, share: shareIn(split, versionId) }));
  const serves = (at: number): boolean => (oldestFirst[at]?.share ?? 0) > 0;
  const lastWhole = oldestFirst.findLastIndex(({ share }) => share === WHOLE);
  const first = oldestFirst.find(({ share }) => share > 0);
  const from = oldestFirst.findLast((_, at) => serves(at) && !serves(at - 1));
  if (first === undefined || from === undefined) return undefined;
  return {
    since: first.createdOn,
    from: from.createdOn,
    until: oldestFirst.find(({ createdOn, share }) => createdOn > from.createdOn && share === 0)?.createdOn,
    isWhole: oldestFirst.some(({ share }) => share === WHOLE),
    wholeUntil: lastWhole < 0 ? undefined : oldestFirst[lastWhole + 1]?.createdOn,
    share: oldestFirst.findLast(({ share }) => share > 0)?.share ?? 0,
  };
};

const aSplitText = fc
  .record({ one: fc.integer({ min: 1, max: 5 }), other: fc.integer({ min: 1, max: 5 }), share: fc.integer({ min: 0, max: 100 }) })
  .map(({ one, other, share }) => (one === other ? `v${one} 100` : `v${one} ${share}, v${other} ${100 - share}`));

test('[OV-14] when a version first served, began the last time and left is what each deployment says of its share', () => {
  fc.assert(
    fc.property(fc.array(aSplitText, { maxLength: 16 }), (lines) => {
      const history = aHistory(...lines);
      const services = servicesIn(history);
      for (const id of ['v1', 'v2', 'v3', 'v4', 'v5']) assert.deepEqual(services.get(id), serviceOf(history, id));
    }),
  );
});

test('a long history of versions that come once each is told in one walk', () => {
  const count = 20_000;
  const history: readonly Told[] = Array.from({ length: count }, (_, at) => ({
    createdOn: hour(count - at),
    split: [{ versionId: `v${count - at}`, share: WHOLE }],
    triggeredBy: 'deployment',
  }));
  const began = performance.now();
  assert.equal(servicesIn(history).size, count);
  // Two hundred million steps, one for each version and deployment, take several seconds.
  assert.ok(performance.now() - began < 1_000);
});
