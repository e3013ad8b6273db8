import assert from 'node:assert/strict';
import test from 'node:test';
import { duration } from './numbers.ts';
import { errorsVerdict, type Compared } from './verdicts.ts';

test('a long time is told in hours and days', () => {
  const minutes = [33, 119, 688, 26_092].map((each) => duration(each * 60_000));
  assert.deepEqual(minutes, ['33 min', '119 min', '11 h', '18 days']);
  assert.deepEqual([0, 38, 1_200].map(duration), ['0 ms', '38 ms', '1.2 s']);
});

test('too early says from when on the requests were counted, and how long the rest takes', () => {
  const sides: Compared = { version: { name: 'v2', requests: 26 }, baseline: { name: 'v1', requests: 240 } };
  const missing = { version: 800, baseline: 0, seconds: 688 * 60 };
  const errors = { verdict: 'too_early', difference: null, interval: { lower: null, upper: null }, missing, shows_from: null } as const;
  assert.equal(
    errorsVerdict(errors, { ...sides, since: 'since 04:42' }).more,
    '26 requests since 04:42, about 830 are needed. At this traffic that takes about 11 h.',
  );
  assert.match(errorsVerdict(errors, sides).more, /^26 requests so far, about 830/);
});
