import assert from 'node:assert/strict';
import test from 'node:test';
import { comparisonText, type Compared } from './comparison-text.ts';

type Rate = Compared['error_rate'];
type Latency = Compared['latency'][number];

const aRate = (changes: Partial<Rate> = {}): Rate => ({
  version: 0.001,
  baseline: 0.00125,
  difference: -0.00025,
  interval: { lower: -0.0025, upper: 0.0017 },
  hits: { version: 20, baseline: 25 },
  shows_from: 0.00154,
  verdict: 'no_clear_difference',
  missing: null,
  ...changes,
});

const aLatency = (quantile: number, changes: Partial<Latency> = {}): Latency => ({
  quantile,
  version: 15.2,
  baseline: 15.2,
  difference: 0,
  interval: { lower: -0.4, upper: 0.4 },
  ratio: 1,
  ratio_interval: { lower: 0.97, upper: 1.03 },
  shows_from: 1.03,
  verdict: 'no_clear_difference',
  missing: null,
  ...changes,
});

const tooEarly = (version: number, baseline: number, seconds: number | null) =>
  ({ verdict: 'too_early', missing: { version, baseline, seconds } }) as const;

const text = (changes: Partial<Compared> = {}): string =>
  comparisonText({
    worker: 'shop',
    since: '2026-11-21T20:10:00.000Z',
    until: '2026-11-21T20:41:13.123Z',
    version: { version_id: '22222222-2222-4222-8222-222222222222', number: 4, tag: 'v4', message: 'New cart', requests: 20_000 },
    baseline: { version_id: '11111111-1111-4111-8111-111111111111', number: 3, tag: null, message: '', requests: 20_000 },
    verdict: 'no_clear_difference',
    error_rate: aRate(),
    latency: [aLatency(0.5), aLatency(0.9), aLatency(0.99, { ratio_interval: { lower: 0.6, upper: null }, shows_from: null })],
    exceptions: [],
    ...changes,
  });

const lastLine = (printed: string): string => printed.split('\n').at(-1) ?? '';

test('[OB-45] where there is no clear difference the table says what was seen, and the last line what would already show', () => {
  assert.equal(
    text(),
    `shop: version #4 22222222 "v4" "New cart" beside #3 11111111
2026-11-21T20:10Z to 2026-11-21T20:41Z

          #4      #3      DIFFERENCE (RANGE)              VERDICT
requests  20,000  20,000
errors    0.1 %   0.13 %  -0.025 (-0.25 to +0.17) points  no clear difference
p50       15 ms   15 ms   1.00 (0.97 to 1.03) times       no clear difference
p90       15 ms   15 ms   1.00 (0.97 to 1.03) times       no clear difference
p99       15 ms   15 ms   1.00 (0.60 to any) times        no clear difference

No clear difference. These would already show: error rates 0.15 points apart, a p50 1.03 times as long, a p90 1.03 times as long.`,
  );
});

test('[OB-45] what is worse, and what is better, is said in a sentence', () => {
  const worse = {
    error_rate: aRate({ version: 0.05, baseline: 0.01, verdict: 'worse' }),
    latency: [aLatency(0.5), aLatency(0.9, { version: 390, baseline: 301, verdict: 'worse' })],
  };
  assert.equal(
    lastLine(text({ ...worse, verdict: 'worse' })),
    '#4 is worse than #3: 5 % of its requests fail instead of 1 %; its p90 is 390 ms instead of 301 ms.',
  );
  const long = {
    id: 'f',
    name: 'TypeError',
    message: '\u001b[2JCannot read\nproperties of undefined (reading price)',
    ...aRate({ version: 0, baseline: 0.123, difference: -0.123, interval: { lower: -0.15, upper: -0.1 }, verdict: 'better' }),
  };
  const mixed = text({ ...worse, verdict: 'mixed', exceptions: [long] });
  assert.match(mixed, /^TypeError: Cannot read properties of un… {2}0 % +12 % +-12 \(-15 to -10\) points +better$/m);
  assert.equal(
    lastLine(mixed),
    '#4 is worse than #3 in some, and better in some. Worse: 5 % of its requests fail instead of 1 %; its p90 is 390 ms instead of 301 ms. ' +
      'Better: "TypeError: Cannot read properties of un…" in 0 % instead of 12 %.',
  );
  const better = { verdict: 'better', error_rate: aRate({ version: 0.001, baseline: 0.067, verdict: 'better' }) } as const;
  assert.equal(lastLine(text(better)), '#4 is better than #3: 0.1 % of its requests fail instead of 6.7 %.');
});

test('[OB-45] too early says which requests are missing, and how long they take at this traffic', () => {
  const early = (errors: ReturnType<typeof tooEarly>, slow: ReturnType<typeof tooEarly>): string =>
    lastLine(text({ verdict: 'too_early', error_rate: aRate(errors), latency: [aLatency(0.5, slow), aLatency(0.9)] }));
  assert.equal(
    early(tooEarly(479, 0, 900), tooEarly(2412, 0, 43_400)),
    'It is too early to tell. It takes about 2,400 more requests of #4, at this traffic 13 h.',
  );
  assert.equal(
    early(tooEarly(30, 0, 60), tooEarly(0, 40, 80)),
    'It is too early to tell. It takes about 30 more requests of #4 and 40 of #3, at this traffic 80 s.',
  );
  assert.equal(
    early(tooEarly(0, 30, 700), tooEarly(0, 3, 70)),
    'It is too early to tell. It takes about 30 more requests of #3, at this traffic 12 min.',
  );
  assert.equal(
    early(tooEarly(816, 816, null), tooEarly(38, 38, null)),
    'It is too early to tell. It takes about 820 more requests of #4 and 820 of #3.',
  );
});

test('[OB-45] what was not requested has no figures, and of many exceptions the first ten are shown', () => {
  const nothing = { version: null, difference: null, interval: { lower: -1, upper: 1 }, ...tooEarly(800, 0, null) };
  const many = Array.from({ length: 12 }, (_, at) => ({ id: `${at}`, name: 'Error', message: `${at}`, ...aRate(nothing) }));
  const printed = text({ error_rate: aRate(nothing), exceptions: many, verdict: 'too_early' });
  assert.match(printed, /^errors +- +0\.13 % +too early$/m);
  assert.match(printed, /^Error: 9 .*\n2 more exceptions: --json$/m);
});
