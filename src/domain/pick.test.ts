import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pickVersion } from './pick.ts';
import { WHOLE, type Split } from './split.ts';

const STABLE = '11111111-1111-4111-8111-111111111111';
const CANARY = '22222222-2222-4222-8222-222222222222';
const OTHER = '33333333-3333-4333-8333-333333333333';

const split = (canary: number): Split => [
  { versionId: STABLE, share: WHOLE - canary },
  { versionId: CANARY, share: canary },
];

const never = (): number => assert.fail('no draw is needed');
const byKey = (of: Split, key: string): string | undefined => pickVersion({ split: of, key, random: never })?.versionId;

/** Small generators of splits whose shares total the whole, of two to four versions. */
const shares = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 4 })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights): Split => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const whole = weights.map((weight) => Math.floor((weight * WHOLE) / total));
    const heaviest = weights.indexOf(Math.max(...weights));
    whole[heaviest] = (whole[heaviest] ?? 0) + WHOLE - whole.reduce((sum, share) => sum + share, 0);
    return whole.map((share, at) => ({ versionId: `${at}5b3c1d2-0f1e-4a2b-9c3d-${String(at).padStart(12, '0')}`, share }));
  });

test('[P-1] an override is served when its version is in the deployment, also at 0 %', () => {
  assert.deepEqual(pickVersion({ split: split(0), override: CANARY, key: 'ada', random: never }), { versionId: CANARY, why: 'override' });
  assert.deepEqual(pickVersion({ split: split(WHOLE), override: STABLE, random: never }), { versionId: STABLE, why: 'override' });
});

test('[P-2] an override for a version outside the deployment is ignored, and the answer says so', () => {
  assert.deepEqual(pickVersion({ split: split(10_000), override: OTHER, random: () => 0 }), {
    versionId: STABLE,
    why: 'random',
    overrideIgnored: 'not_in_deployment',
  });
});

test('[P-3] a version that has everything answers without a draw, with or without a key', () => {
  assert.deepEqual(pickVersion({ split: split(0), random: never }), { versionId: STABLE, why: 'only' });
  assert.deepEqual(pickVersion({ split: split(WHOLE), key: 'ada', random: never }), { versionId: CANARY, why: 'only' });
});

test('[P-4] the draw gives each thousandth of a per cent to exactly one version', () => {
  for (const canary of [1, 10_000, 33_333, 50_000, 99_999]) {
    let drawn = 0;
    for (let point = 0; point < WHOLE; point += 1) {
      const pick = pickVersion({ split: split(canary), random: () => (point + 0.5) / WHOLE });
      if (pick?.versionId === CANARY) drawn += 1;
    }
    assert.equal(drawn, canary);
  }
});

test('[P-5] a version at 0 % is never picked by key or draw', () => {
  fc.assert(
    fc.property(shares, fc.string(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (of, key, drawn) => {
      const zero = new Set(of.filter(({ share }) => share === 0).map(({ versionId }) => versionId));
      assert.equal(zero.has(byKey(of, key) ?? ''), false);
      assert.equal(zero.has(pickVersion({ split: of, random: () => drawn })?.versionId ?? ''), false);
    }),
  );
});

test('[P-6] the order in which versions are listed is irrelevant to a key', () => {
  fc.assert(fc.property(shares, fc.string(), (of, key) => assert.equal(byKey(of, key), byKey(of.toReversed(), key))));
});

test('[P-7] raising a share only ever moves keys towards it', () => {
  const ramps = fc
    .array(fc.integer({ min: 0, max: WHOLE }), { minLength: 2, maxLength: 6 })
    .map((steps) => steps.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(ramps, fc.string(), (steps, key) => {
      const onCanary = steps.map((canary) => byKey(split(canary), key) === CANARY);
      assert.deepEqual(onCanary, onCanary.toSorted());
    }),
  );
});

test('[P-8] keys fall in proportion to the shares', () => {
  const keys = 100_000;
  for (const [shape, keyOf] of Object.entries({
    numbers: (at: number) => String(at),
    addresses: (at: number) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
    sessions: (at: number) => `session-${at.toString(16).padStart(32, 'f')}`,
  })) {
    for (const canary of [1000, 5000, 25_000, 50_000, 90_000]) {
      let hits = 0;
      for (let at = 0; at < keys; at += 1) if (byKey(split(canary), keyOf(at)) === CANARY) hits += 1;
      const expected = (keys * canary) / WHOLE;
      const chiSquare = (hits - expected) ** 2 / expected + (hits - expected) ** 2 / (keys - expected);
      // One degree of freedom: 15.1 is exceeded by chance once in 10,000 tries, and these keys never change.
      assert.ok(chiSquare < 15.1, `${shape} at ${canary / 1000} %: ${hits} of ${keys}, chi-square ${chiSquare.toFixed(1)}`);
    }
  }
});

test('[P-9] a key falls on a version independently of how it fell between two others', () => {
  const [a, b] = [
    split(50_000),
    [
      { versionId: STABLE, share: WHOLE / 2 },
      { versionId: OTHER, share: WHOLE / 2 },
    ],
  ];
  let both = 0;
  const keys = 40_000;
  for (let at = 0; at < keys; at += 1) if (byKey(a, `u${at}`) !== STABLE && byKey(b, `u${at}`) !== STABLE) both += 1;
  // Of three equal waiting times the first one's is the longest with probability 1/3.
  assert.ok(Math.abs(both / keys - 1 / 3) < 0.01, `${both} of ${keys}`);
});
