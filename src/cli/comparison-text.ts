import type { compareEndpoints, ResultOf } from '../contract/index.ts';
import { oneLine, styled, table } from './terminal.ts';

export type Compared = ResultOf<(typeof compareEndpoints)['compareVersions']>;

type Rate = Compared['error_rate'];
type Latency = Compared['latency'][number];
type Measure = Rate | Latency;

/** Of the others there are figures in the JSON. */
const SHOWN_EXCEPTIONS = 10;

/** The table, and in a sentence what it means. */
export const comparisonText = (compared: Compared): string => {
  const { worker, version, baseline, since, until, error_rate: errors, latency, exceptions } = compared;
  const [own, other] = [nameOf(version), nameOf(baseline)];
  const rows = [
    ['requests', whole(version.requests), whole(baseline.requests), '', ''],
    ['errors', percent(errors.version), percent(errors.baseline), pointsOf(errors), wordsOf(errors)],
    ...latency.map((each) => [labelOf(each), duration(each.version), duration(each.baseline), ratioOf(each), wordsOf(each)]),
    ...exceptions
      .slice(0, SHOWN_EXCEPTIONS)
      .map((each) => [
        shortened(`${each.name}: ${each.message}`),
        percent(each.version),
        percent(each.baseline),
        pointsOf(each),
        wordsOf(each),
      ]),
  ];
  const more = exceptions.length - SHOWN_EXCEPTIONS;
  return [
    `${styled('bold', worker)}: version ${titleOf(version)} beside ${titleOf(baseline)}`,
    `${minute(since)} to ${minute(until)}`,
    '',
    table(['', own, other, 'DIFFERENCE (RANGE)', 'VERDICT'], rows),
    ...(more > 0 ? [`${more} more exceptions: --json`] : []),
    '',
    verdictText(compared),
  ].join('\n');
};

const verdictText = (compared: Compared): string => {
  const [own, other] = [nameOf(compared.version), nameOf(compared.baseline)];
  const found = (verdict: string): string => findings(compared, verdict).join('; ');
  switch (compared.verdict) {
    case 'worse':
      return `${styled('red', `${own} is worse than ${other}:`)} ${found('worse')}.`;
    case 'better':
      return `${styled('green', `${own} is better than ${other}:`)} ${found('better')}.`;
    case 'mixed':
      return `${styled('yellow', `${own} is worse than ${other} in some, and better in some.`)} Worse: ${found('worse')}. Better: ${found('better')}.`;
    case 'too_early':
      return `${styled('yellow', 'It is too early to tell.')} ${missingText(compared)}`;
    case 'no_clear_difference':
      return `No clear difference. ${showingText(compared)}`;
  }
};

/** What is so in the words of a sentence, by what it was measured by. */
const findings = ({ error_rate: errors, latency, exceptions }: Compared, verdict: string): readonly string[] => [
  ...(errors.verdict === verdict ? [`${percent(errors.version)} of its requests fail instead of ${percent(errors.baseline)}`] : []),
  ...latency
    .filter((each) => each.verdict === verdict)
    .map((each) => `its ${labelOf(each)} is ${duration(each.version)} instead of ${duration(each.baseline)}`),
  ...exceptions
    .filter((each) => each.verdict === verdict)
    .slice(0, SHOWN_EXCEPTIONS)
    .map((each) => `"${shortened(`${each.name}: ${each.message}`)}" in ${percent(each.version)} instead of ${percent(each.baseline)}`),
];

/** Of what is awaited that which takes most. */
const missingText = ({ version, baseline, error_rate: errors, latency }: Compared): string => {
  const missing = [errors, ...latency].flatMap((each) => (each.missing === null ? [] : [each.missing]));
  const most = (side: 'version' | 'baseline'): number => Math.max(0, ...missing.map((each) => each[side]));
  const sides = (['version', 'baseline'] as const).flatMap((side) => (most(side) > 0 ? [[most(side), side] as const] : []));
  const words = sides.map(
    ([count, side], at) => `${about(count)} ${at === 0 ? 'more requests ' : ''}of ${nameOf(side === 'version' ? version : baseline)}`,
  );
  const seconds = missing.map((each) => each.seconds);
  const known = seconds.every((each) => each !== null) ? `, at this traffic ${span(Math.max(...seconds))}` : '';
  return `It takes about ${words.join(' and ')}${known}.`;
};

/** A measure of which nothing would show is left out: there is nothing to say of it. */
const showingText = ({ error_rate: errors, latency }: Compared): string => {
  const slower = latency.flatMap((each) => (each.shows_from === null ? [] : [`a ${labelOf(each)} ${factor(each.shows_from)} as long`]));
  const failing = errors.shows_from === null ? [] : [`error rates ${points(errors.shows_from)} points apart`];
  return `These would already show: ${[...failing, ...slower].join(', ')}.`;
};

const WORDS = {
  better: styled('green', 'better'),
  worse: styled('red', 'worse'),
  no_clear_difference: 'no clear difference',
  too_early: styled('dim', 'too early'),
} as const satisfies Record<Measure['verdict'], string>;

const wordsOf = ({ verdict }: Measure): string => WORDS[verdict];

const nameOf = ({ number }: Compared['version']): string => `#${number}`;
const titleOf = (side: Compared['version']): string =>
  [
    nameOf(side),
    side.version_id.slice(0, 8),
    ...[side.tag, side.message].flatMap((text) => (text === null || text === '' ? [] : [`"${shortened(text)}"`])),
  ].join(' ');
const labelOf = ({ quantile }: Latency): string => `p${Math.round(quantile * 100)}`;

/** What somebody wrote, or a Worker threw. */
const shortened = (text: string): string => {
  const line = oneLine(text);
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};

const minute = (time: string): string => `${time.slice(0, 16)}Z`;

const whole = (count: number): string => count.toLocaleString('en-US');
/** Two digits that count: it is no more than that. */
const about = (count: number): string => whole(Number(count.toPrecision(2)));

/** With as many digits as tell one small rate from another. */
const points = (rate: number): string => {
  const hundredths = 100 * rate;
  return Math.abs(hundredths) >= 10 ? hundredths.toFixed(0) : Number(hundredths.toPrecision(2)).toString();
};
const percent = (rate: number | null): string => (rate === null ? '-' : `${points(rate)} %`);
const signed = (rate: number): string => (rate > 0 ? `+${points(rate)}` : points(rate));
const pointsOf = ({ difference, interval: { lower, upper } }: Rate): string =>
  difference === null ? '' : `${signed(difference)} (${signed(lower ?? -1)} to ${signed(upper ?? 1)}) points`;

const duration = (ms: number | null): string => (ms === null ? '-' : `${Number(ms.toPrecision(ms >= 100 ? 3 : 2))} ms`);
const factor = (ratio: number | null): string => (ratio === null ? '?' : `${ratio.toFixed(2)} times`);
const ratioOf = ({ ratio, ratio_interval: { lower, upper } }: Latency): string =>
  ratio === null ? '' : `${ratio.toFixed(2)} (${(lower ?? 0).toFixed(2)} to ${upper?.toFixed(2) ?? 'any'}) times`;

const span = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.ceil(seconds / 3600)} h` : `${Math.ceil(seconds / 86_400)} days`;
};
