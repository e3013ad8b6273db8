import assert from 'node:assert/strict';
import test from 'node:test';
import { probit } from 'simple-statistics';
import { minutes, shareShown, type Behaviour, type Minute, type Rollout } from '../../../test/support/simulated-rollout.ts';
import type { Interval } from './evidence.ts';
import { FALSE_ALARMS, gapsBetween, type Sides } from './gaps.ts';

/** More of them take minutes: SWITCHBACK_ROLLOUTS=10000 npm test -- false-alarms */
const ROLLOUTS = Number(process.env['SWITCHBACK_ROLLOUTS'] ?? 120);

const HOUR = 60;

const isClear = ({ lower, upper }: Interval): boolean => lower > 0 || upper < 0;

const isAlarm = (sides: Sides): boolean => {
  const { errorRate, latency, exceptions } = gapsBetween(sides);
  return [errorRate.interval, ...latency.map(({ difference }) => difference), ...exceptions.map(({ interval }) => interval)].some(isClear);
};

/** What most would do: compare two rates as if this was the only look. */
const isAlarmOfNaive = ({ version, baseline }: Sides): boolean => {
  const requests = version.requests + baseline.requests;
  const rate = (version.errors + baseline.errors) / requests;
  const deviation = Math.sqrt((rate * (1 - rate) * requests) / (version.requests * baseline.requests));
  const gap = Math.abs(version.errors / version.requests - baseline.errors / baseline.requests);
  return gap > probit(1 - FALSE_ALARMS / 2) * deviation;
};

/** Two versions that do the same. */
const alike = (both: Behaviour, requestsPerMinute: number, inMinutes: readonly Minute[]): Rollout => ({
  requestsPerMinute,
  minutes: inMinutes,
  version: both,
  baseline: both,
});

for (const requestsPerMinute of [5, 60, 300]) {
  for (const share of [0.5, 0.01]) {
    for (const errorRate of [0, 0.001, 0.05]) {
      const where = `${requestsPerMinute} requests a minute, ${share * 100} % of them the version's, ${errorRate * 100} % fail`;
      test(`[OB-41] a look each minute at equal error rates alarms in few rollouts: ${where}`, (t) => {
        const alarms = shareShown(ROLLOUTS, alike({ errorRate }, requestsPerMinute, minutes(HOUR, share)), isAlarm);
        t.diagnostic(`false alarms in ${(alarms * 100).toFixed(1)} % of ${ROLLOUTS} rollouts`);
        assert.ok(alarms <= FALSE_ALARMS, `${alarms}`);
      });
    }
  }
}

/** Everything that is compared. Wide buckets, so that many rollouts are simulated fast. */
const everything: Behaviour = { errorRate: 0.02, exceptionRates: [0.01, 0.005, 0.002], latency: { medianMs: 20, spread: 0.7 } };
const wide = { bucketRatio: 1.2 };

for (const share of [0.5, 0.05]) {
  test(`[OB-41] a look each minute at all that is compared alarms in few rollouts: ${share * 100} % are the version's`, (t) => {
    const alarms = shareShown(ROLLOUTS, { ...alike(everything, 20, minutes(HOUR, share)), ...wide }, isAlarm);
    t.diagnostic(`false alarms in ${(alarms * 100).toFixed(1)} % of ${ROLLOUTS} rollouts`);
    assert.ok(alarms <= FALSE_ALARMS, `${alarms}`);
  });
}

const MINUTES_OF_OTHER_ROLLOUTS = {
  'the share is raised twice': [...minutes(20, 0.01), ...minutes(20, 0.1), ...minutes(20, 0.5)],
  'one was deployed after the other': [...minutes(30, 0), ...minutes(30, 1)],
  'for ten minutes both are in trouble': [
    ...minutes(30, 0.3),
    ...Array.from({ length: 10 }, () => ({ share: 0.3, trouble: 8 })),
    ...minutes(20, 0.3),
  ],
} satisfies Record<string, readonly Minute[]>;

for (const [what, inMinutes] of Object.entries(MINUTES_OF_OTHER_ROLLOUTS)) {
  test(`[OB-41] a look each minute alarms in few rollouts also where ${what}`, (t) => {
    const alarms = shareShown(ROLLOUTS, { ...alike(everything, 20, inMinutes), ...wide }, isAlarm);
    t.diagnostic(`false alarms in ${(alarms * 100).toFixed(1)} % of ${ROLLOUTS} rollouts`);
    assert.ok(alarms <= FALSE_ALARMS, `${alarms}`);
  });
}

test('[OB-41] a test that is meant for one look fails what these hold', (t) => {
  const alarms = shareShown(ROLLOUTS, alike({ errorRate: 0.05 }, 60, minutes(HOUR, 0.5)), isAlarmOfNaive);
  t.diagnostic(`false alarms in ${(alarms * 100).toFixed(1)} % of ${ROLLOUTS} rollouts`);
  assert.ok(alarms > 4 * FALSE_ALARMS, `${alarms}`);
});

const holds = ({ lower, upper }: Interval, truth: number): boolean => lower <= truth && truth <= upper;

/** Two versions that differ in everything. */
const TRUTH: Rollout = {
  requestsPerMinute: 60,
  minutes: minutes(HOUR, 0.2),
  version: { errorRate: 0.08, exceptionRates: [0.03], latency: { medianMs: 30, spread: 0.5 } },
  baseline: { errorRate: 0.02, exceptionRates: [0.01], latency: { medianMs: 20, spread: 0.9 } },
};

const NORMAL_QUANTILES = [0.5, 0.9, 0.99].map((quantile) => probit(quantile));

test('[OB-42] the intervals hold the truth at every look, in all but few rollouts', (t) => {
  const rollouts = Math.ceil(ROLLOUTS / 5);
  const missed = shareShown(rollouts, TRUTH, (sides) => {
    const { errorRate, latency, exceptions } = gapsBetween(sides);
    const areRight =
      holds(errorRate.interval, 0.06) &&
      exceptions.every(({ interval }) => holds(interval, 0.02)) &&
      latency.every(({ difference, ratio }, at) => {
        const [own, other] = [30 * Math.exp(0.5 * (NORMAL_QUANTILES[at] ?? NaN)), 20 * Math.exp(0.9 * (NORMAL_QUANTILES[at] ?? NaN))];
        return holds(difference, own - other) && holds(ratio, own / other);
      });
    return !areRight;
  });
  t.diagnostic(`missed in ${(missed * 100).toFixed(1)} % of ${rollouts} rollouts`);
  assert.ok(missed <= FALSE_ALARMS, `${missed}`);
});
