import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pickVersion } from './pick.ts';
import { WHOLE } from './split.ts';

/**
 * The edge draws with `Math.random`. V8 seeds it for each context, from this flag where it is set: so the very source that decides in
 * production is drawn from here, and is the same in every run. With other seeds one run in fifty would fail by chance.
 */
const seededMathRandom = (seed: number): (() => number) => {
  setFlagsFromString(`--random-seed=${seed}`);
  return runInNewContext('Math.random') as () => number; // It is.
};

/** All hundred seeds, half a minute: SWITCHBACK_DRAW_SEEDS=100 npm test -- pick-draws */
const SEEDS = process.env['SWITCHBACK_DRAW_SEEDS'] === '100' ? 100 : 10;
const DRAWS = 1_000_000;
/** In thousandths of a per cent: from the finest share there is to all but the finest. */
const SHARES = [1, 10, 100, 1000, 10_000, 33_333, 50_000, 90_000, 99_000, 99_900, 99_999] as const;

/**
 * Below and above which chi-square comes once in a thousand times each, by degrees of freedom: one for each seed
 * (https://www.itl.nist.gov/div898/handbook/eda/section3/eda3674.htm). Too good a fit would be no draw either.
 */
const CHI_SQUARE = { 10: [1.479, 29.588], 100: [61.918, 149.449] } as const;

const STABLE = '11111111-1111-4111-8111-111111111111';
const CANARY = '22222222-2222-4222-8222-222222222222';

/** How far a million draws lie from the share that was asked for, with one degree of freedom. */
const chiSquareOf = (share: number, random: () => number): number => {
  const split = [
    { versionId: STABLE, share: WHOLE - share },
    { versionId: CANARY, share },
  ];
  let hits = 0;
  for (let draw = 0; draw < DRAWS; draw += 1) if (pickVersion({ split, random })?.versionId === CANARY) hits += 1;
  const expected = (DRAWS * share) / WHOLE;
  return (hits - expected) ** 2 / expected + (hits - expected) ** 2 / (DRAWS - expected);
};

for (const share of SHARES) {
  test(`[P-4] a million draws at ${share / 1000} % fall as asked (chi-square, ${SEEDS} seeds together, p > 0.001)`, () => {
    let chiSquare = 0;
    // The samples are independent: their chi-squares add up, and their degrees of freedom too.
    for (let seed = 1; seed <= SEEDS; seed += 1) chiSquare += chiSquareOf(share, seededMathRandom(seed * WHOLE + share));
    const [least, most] = CHI_SQUARE[SEEDS];
    assert.ok(chiSquare > least && chiSquare < most, `chi-square ${chiSquare.toFixed(2)} is not between ${least} and ${most}`);
  });
}
