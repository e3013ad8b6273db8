import assert from 'node:assert/strict';
import test from 'node:test';
import { looksAt, minutes, seededRandom, type Rollout } from '../../../test/support/simulated-rollout.ts';
import { gapsBetween, type Gaps } from './gaps.ts';

const ROLLOUTS = Number(process.env['SWITCHBACK_ROLLOUTS'] ?? 40);

interface Finding {
  readonly what: string;
  readonly rollout: Rollout;
  /** After how many requests of both, with a look each minute, nine of ten rollouts must have shown it. */
  readonly within: number;
  readonly isFound: (gaps: Gaps) => boolean;
}

const errorRates = (version: number, baseline: number): Pick<Rollout, 'version' | 'baseline'> => ({
  version: { errorRate: version },
  baseline: { errorRate: baseline },
});

const failsMore = ({ errorRate }: Gaps): boolean => errorRate.interval.lower > 0;

const slowedDown = {
  version: { errorRate: 0, latency: { medianMs: 26, spread: 0.7 } },
  baseline: { errorRate: 0, latency: { medianMs: 20, spread: 0.7 } },
};

const newException = {
  version: { errorRate: 0, exceptionRates: [0.01, 0.01, 0.01] },
  baseline: { errorRate: 0, exceptionRates: [0.01, 0.01, 0] },
};

const isSlower =
  (at: number) =>
  ({ latency }: Gaps): boolean =>
    (latency[at]?.difference.lower ?? 0) > 0;

const FINDINGS: readonly Finding[] = [
  {
    what: '3 % instead of 1 % fail, half of the requests each',
    rollout: { requestsPerMinute: 100, minutes: minutes(60, 0.5), ...errorRates(0.03, 0.01) },
    within: 5_000,
    isFound: failsMore,
  },
  {
    what: "3 % instead of 1 % fail, a tenth of the requests are the version's",
    rollout: { requestsPerMinute: 250, minutes: minutes(60, 0.1), ...errorRates(0.03, 0.01) },
    within: 13_000,
    isFound: failsMore,
  },
  {
    what: "5 % instead of none fail, a hundredth of the requests are the version's",
    rollout: { requestsPerMinute: 200, minutes: minutes(60, 0.01), ...errorRates(0.05, 0) },
    within: 10_000,
    isFound: failsMore,
  },
  {
    what: "half of the requests fail instead of 0.1 %, a hundredth are the version's",
    rollout: { requestsPerMinute: 50, minutes: minutes(60, 0.01), ...errorRates(0.5, 0.001) },
    within: 1_000,
    isFound: failsMore,
  },
  {
    what: 'half of the errors are gone, which were 10 %',
    rollout: { requestsPerMinute: 100, minutes: minutes(60, 0.5), ...errorRates(0.05, 0.1) },
    within: 4_000,
    isFound: ({ errorRate }) => errorRate.interval.upper < 0,
  },
  {
    what: 'a new exception of 1 %, beside others',
    rollout: { requestsPerMinute: 100, minutes: minutes(60, 0.5), ...newException },
    within: 5_000,
    isFound: ({ exceptions }) => exceptions.some(({ id, interval }) => id === '2' && interval.lower > 0),
  },
  {
    what: 'the median is 1.3 times as slow',
    rollout: { requestsPerMinute: 100, minutes: minutes(60, 0.5), ...slowedDown },
    within: 3_000,
    isFound: isSlower(0),
  },
  {
    what: 'nine tenths are 1.3 times as slow',
    rollout: { requestsPerMinute: 200, minutes: minutes(60, 0.5), ...slowedDown },
    within: 5_000,
    isFound: isSlower(1),
  },
];

for (const { what, rollout, within, isFound } of FINDINGS) {
  test(`[OB-43] what differs is found within ${within} requests: ${what}`, (t) => {
    const random = seededRandom(1);
    const requests = Array.from({ length: ROLLOUTS }, () => {
      for (const sides of looksAt(rollout, random)) {
        if (isFound(gapsBetween(sides))) return sides.version.requests + sides.baseline.requests;
      }
      return Infinity;
    }).toSorted((a, b) => a - b);
    const nth = (part: number): number => requests[Math.ceil(part * ROLLOUTS) - 1] ?? Infinity;
    t.diagnostic(`half of ${ROLLOUTS} rollouts show it after ${nth(0.5)} requests, nine of ten after ${nth(0.9)}`);
    assert.ok(nth(0.9) <= within, `nine of ten after ${nth(0.9)}`);
  });
}
