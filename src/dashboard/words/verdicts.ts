import type { Result } from '../api/index.ts';
import { count, counted, duration, rate } from './numbers.ts';

type Comparison = Result<'compareVersions'>;
type Errors = Pick<Comparison['error_rate'], 'verdict' | 'difference' | 'interval' | 'missing' | 'shows_from'>;
type Latency = Comparison['latency'][number];

/** Two versions as they are called, with how many requests each had. */
export interface Compared {
  readonly version: { readonly name: string; readonly requests: number };
  readonly baseline: { readonly name: string; readonly requests: number };
  /** From when on they were counted: `since 11:02`. */
  readonly since?: string;
}

/** What a picture means, in a sentence: what is known of it, strong, then how well. */
export interface Verdict {
  readonly sign: 'follows' | 'same' | 'up' | 'down' | 'failing' | 'early';
  readonly strong: string;
  readonly more: string;
}

const said = (sign: Verdict['sign'], strong: string, more = ''): Verdict => ({ sign, strong, more });

/** Points of a rate, with as many digits as tell something: `0.07 points`. */
const points = (value: number): string => `${pointsAlone(value)} points`;
/** As precise as the greater of what stands together. */
const pointsAlone = (value: number, greatest = value): string => {
  const all = Math.abs(value) * 100;
  if (all === 0) return '0';
  return all < 0.01 ? String(Number(all.toPrecision(1))) : all.toFixed(Math.abs(greatest) >= 0.1 ? 1 : 2);
};

type Interval = Latency['interval'];

/** `between 9 and 29`, of a difference whose direction is said already. An end that is open is none. */
const between = ({ lower, upper }: Interval, isLess: boolean, say: (value: number, greatest: number) => string): string => {
  const [least, most] = isLess ? [upper, lower] : [lower, upper];
  if (least === null) return '';
  const [low, high] = [least, most ?? least].map(Math.abs) as [number, number]; // Two went in.
  return most === null ? ` (${say(low, low)} or more)` : ` (between ${say(low, high)} and ${say(high, high)})`;
};

/** Nobody waits for more than these: how many more says nothing. */
const MANY = 1_000_000;

/** `Too early: 240 requests since 11:02, about 2,000 are needed.` They are fewer where a minute that was shared is no longer counted. */
const tooEarly = ({ missing }: Pick<Latency, 'missing'>, { version, baseline, since = 'so far' }: Compared): Verdict => {
  if (missing === null) return said('early', 'Too early:', 'nothing can be told apart so far.');
  const isOwn = missing.version > 0;
  const side = isOwn ? version : baseline;
  const needed = roundedUp(side.requests + (isOwn ? missing.version : missing.baseline));
  const who = isOwn ? '' : ` to ${baseline.name}`;
  if (needed > MANY)
    return said('early', 'Too early:', `${counted(side.requests, 'request')}${who} ${since}, and it takes millions to tell them apart.`);
  const wait = missing.seconds === null ? '' : ` At this traffic that takes about ${duration(missing.seconds * 1_000)}.`;
  return said('early', 'Too early:', `${counted(side.requests, 'request')}${who} ${since}, about ${count(needed)} are needed.${wait}`);
};

/** To two digits: more would say that it is known. */
const roundedUp = (value: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / step) * step;
};

/** Whether one version fails more often than another. */
export const errorsVerdict = (errors: Errors, compared: Compared): Verdict => {
  const { name, requests } = compared.version;
  const since = compared.since === undefined ? '' : ` ${compared.since}`;
  const by = (isLess: boolean): string => `by ${points(errors.difference ?? 0)}${between(errors.interval, isLess, pointsAlone)}.`;
  switch (errors.verdict) {
    case 'worse':
      return said('failing', `${name} fails more often`, by(false));
    case 'better':
      return said('down', `${name} fails less often`, by(true));
    case 'too_early':
      return tooEarly(errors, compared);
    case 'no_clear_difference':
      return said(
        'same',
        'No clear difference.',
        `${name} has had ${counted(requests, 'request')}${since}${errors.shows_from === null ? '' : `, enough to show a gap of ${points(errors.shows_from)}`}.`,
      );
  }
};

/** Whether the slowest requests of a version take longer than another's, and what its median does. */
export const latencyVerdict = (latency: readonly Latency[], compared: Compared, quantile = 0.99): Verdict => {
  const [slowest, median] = [quantile, 0.5].map((wanted) => latency.find((each) => each.quantile === wanted));
  if (slowest === undefined) return said('early', 'Too early:', 'no request over HTTP so far.');
  const { name } = compared.version;
  const also = median === undefined || median === slowest ? '' : medianInWords(median);
  const by = (isLess: boolean): string =>
    `by ${duration(Math.abs(slowest.difference ?? 0))}${between(slowest.interval, isLess, milliseconds)}. ${also}`.trim();
  switch (slowest.verdict) {
    case 'worse':
      return said('up', `${name} is slower`, by(false));
    case 'better':
      return said('down', `${name} is faster`, by(true));
    case 'too_early':
      return tooEarly(slowest, compared);
    case 'no_clear_difference':
      return said('same', 'No clear difference.', `${gapThatShows(slowest, name)}${also}`.trim());
  }
};

/** Whole beside what is; but what is clear of nothing does not become nothing. */
const milliseconds = (value: number, greatest: number): string => (greatest < 10 || value < 0.5 ? value.toFixed(1) : count(value));

const gapThatShows = ({ shows_from: ratio }: Latency, name: string): string =>
  ratio === null ? '' : `It would show if ${name} took ${count((ratio - 1) * 100)}% longer. `;

const medianInWords = ({ verdict, difference }: Latency): string => {
  const by = duration(Math.abs(difference ?? 0));
  if (verdict === 'worse') return `The median is slower by ${by}.`;
  if (verdict === 'better') return `The median is faster by ${by}.`;
  return verdict === 'too_early' ? '' : 'Median is the same.';
};

/** How far a measured share may be from the one that is set without a word: of a key that many share, more falls to one version. */
const NEAR = 0.02;

/** Whether traffic goes where the split sends it. `measured` is from 0 to 1, as what it may be in truth is. */
export const trafficVerdict = (
  name: string,
  set: number,
  measured: { readonly share: number; readonly between: readonly [lower: number, upper: number] } | undefined,
): Verdict => {
  if (measured === undefined) return said('early', 'No requests', 'in the last 5 minutes.');
  const [lower, upper] = measured.between;
  const isNear = Math.abs(measured.share - set) <= NEAR || (lower <= set && set <= upper);
  if (isNear) return said('follows', '', 'Traffic follows the split.');
  return said(
    measured.share > set ? 'up' : 'down',
    `${name} received ${rate(measured.share)}`,
    `of the last 5 minutes, and ${rate(set)} is set. Keys that many requests share, and overrides, move it.`,
  );
};
