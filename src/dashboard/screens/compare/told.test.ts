import assert from 'node:assert/strict';
import test from 'node:test';
import type { Compared } from '../../words/verdicts.ts';
import type { Comparison, Differences } from './compare.tsx';
import { configurationRows } from './configuration-rows.ts';
import { basis, exceptionRates, headline, newExceptions } from './headline.ts';
import { measuresOf } from './measures.ts';

const COMPARED: Compared = { version: { name: 'v42', requests: 32_300 }, baseline: { name: 'v41', requests: 512_700 } };

type Verdict = Comparison['verdict'] & Comparison['error_rate']['verdict'];

const aMeasure = (verdict: Verdict, baseline: number, version: number, lower: number, upper: number) => ({
  baseline,
  version,
  difference: version - baseline,
  interval: { lower, upper },
  verdict,
  missing: null,
});

interface Told {
  readonly errors: Verdict;
  readonly slowest: Verdict;
}

const aComparison = ({ errors, slowest }: Told): Comparison => {
  const side = { version_id: '', number: 1, tag: null, message: null };
  return {
    worker: 'shop',
    since: '2026-11-22T00:00:00Z',
    until: '2026-11-22T01:00:00Z',
    version: { ...side, requests: 32_300 },
    baseline: { ...side, requests: 512_700 },
    verdict: 'mixed',
    error_rate: { ...aMeasure(errors, 0.0027, 0.0031, -0.0002, 0.001), shows_from: 0.001, hits: { version: 100, baseline: 1384 } },
    latency: [
      {
        quantile: 0.5,
        ...aMeasure('no_clear_difference', 38, 38, -2, 2),
        ratio: 1,
        ratio_interval: { lower: 0.9, upper: 1.1 },
        shows_from: 1.06,
      },
      { quantile: 0.99, ...aMeasure(slowest, 184, 203, 9, 29), ratio: 1.1, ratio_interval: { lower: 1, upper: 1.2 }, shows_from: 1.06 },
    ],
    exceptions: [],
  };
};

type Exception = Comparison['exceptions'][number];

const anException = (version: number, baseline: number): Exception => ({
  id: `${version} ${baseline}`,
  name: 'TypeError',
  message: 'no such hat',
  ...aMeasure('worse', baseline / 10_000, version / 10_000, 0, 1),
  shows_from: null,
  hits: { version, baseline },
});

test('a comparison is told in a sentence or two', () => {
  const told = (errors: Verdict, slowest: Verdict): string => headline(aComparison({ errors, slowest }), COMPARED);
  assert.equal(told('no_clear_difference', 'worse'), 'No clear difference in errors. The slowest 1% of requests take 19 ms longer on v42.');
  assert.equal(told('worse', 'no_clear_difference'), 'v42 fails more often. Latency is about the same.');
  assert.equal(told('better', 'better'), 'v42 fails less often. The slowest 1% of requests take 19 ms less on v42.');
  assert.equal(told('too_early', 'too_early'), 'Too early to say whether it fails more often.');
  assert.equal(basis(COMPARED, 'today since 07:00'), 'From 32,300 requests to v42 and 512,700 to v41, today since 07:00.');
});

test('an exception is told by its rate on both, and is new where only the newer version has it', () => {
  const [own, both, gone] = [anException(19, 0), anException(4, 2), anException(0, 3)];
  assert.ok(own !== undefined && both !== undefined && gone !== undefined);
  assert.deepEqual(newExceptions({ ...aComparison({ errors: 'worse', slowest: 'worse' }), exceptions: [own, both, gone] }), [own]);
  assert.equal(exceptionRates(own, COMPARED), '19.0 per 10,000 requests');
  assert.equal(exceptionRates(both, COMPARED), '4.0 per 10,000 requests on v42, 2.0 on v41');
  assert.equal(exceptionRates(gone, COMPARED), '3.0 per 10,000 requests');
});

test('each measure says both values, how they differ, and in words whether that is known', () => {
  const [errors, median, slowest] = measuresOf(aComparison({ errors: 'no_clear_difference', slowest: 'worse' }), COMPARED);
  assert.deepEqual([errors?.baseline, errors?.version, errors?.difference], ['0.27%', '0.31%', '+0.04 points']);
  assert.equal(errors?.whisker?.isClear, false);
  assert.deepEqual([median?.name, median?.difference], ['Latency p50', '0 ms']);
  assert.deepEqual([slowest?.difference, slowest?.whisker?.isClear], ['+19 ms', true]);
  assert.deepEqual([slowest?.verdict.strong, slowest?.verdict.more], ['v42 is slower', 'By 19 ms (between 9 and 29).']);
});

test('where nothing was measured there is no number and no picture', () => {
  const comparison = aComparison({ errors: 'too_early', slowest: 'worse' });
  const nothing = { version: null, baseline: null, difference: null, interval: { lower: null, upper: null } };
  const [errors] = measuresOf({ ...comparison, error_rate: { ...comparison.error_rate, ...nothing } }, COMPARED);
  assert.deepEqual([errors?.baseline, errors?.version, errors?.difference, errors?.whisker], ['–', '–', '–', undefined]);
});

const side = {
  version_id: '',
  number: 1,
  author: 'jo',
  source: 'api',
  at: '',
  message: null,
  tag: null,
  look: 'idle',
  percentage: null,
} as const;

const differing = (more: Partial<Differences>): Differences => ({
  worker: 'shop',
  version: side,
  baseline: side,
  bindings: { same: 0, differing: [] },
  compatibility_date: null,
  compatibility_flags: { added: [], removed: [] },
  usage_model: null,
  limits: null,
  placement: null,
  main_module: null,
  classes: { added: [], removed: [], changed: [] },
  modules: { same: 0, bytes: { before: 0, after: 0 }, differing: [] },
  assets: { same: 0, differing: 0, files: [], settings: [] },
  ...more,
});

test('what differs of the configuration is a line each, of a secret the name only', () => {
  const cache = {
    binding: { type: 'kv_namespace', name: 'PRICES', namespace_id: 'id' },
    resource: { id: 'id', name: 'price-cache' },
  } as const;
  const secret = { binding: { type: 'secret_text', name: 'KEY' }, resource: null } as const;
  const gone = { ...cache, resource: { id: 'id', name: null } } as const;
  const rows = configurationRows(
    differing({
      bindings: {
        same: 3,
        differing: [
          { name: 'PRICES', change: 'added', before: null, after: cache },
          { name: 'KEY', change: 'removed', before: secret, after: null },
          { name: 'OLD', change: 'changed', before: gone, after: cache },
        ],
      },
      compatibility_date: { before: '2026-09-01', after: '2026-11-02' },
      compatibility_flags: { added: ['nodejs_compat'], removed: [] },
    }),
  );
  assert.deepEqual(
    rows.map(({ name, before, after, change, absent }) => [name, before ?? absent, after ?? absent, change]),
    [
      ['PRICES', 'not bound', 'price-cache', 'Added'],
      ['KEY', 'a value that is never shown', 'not set', 'Removed'],
      ['OLD', 'id, which no longer exists', 'price-cache', 'Changed'],
      ['compatibility_date', '2026-09-01', '2026-11-02', 'Newer'],
      ['nodejs_compat', 'not set', 'there', 'Added'],
    ],
  );
});
