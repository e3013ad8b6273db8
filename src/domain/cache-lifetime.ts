/** A response as somebody wants it cached: its status, and its headers by lower-case name. */
export interface CacheableResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

export interface CacheLifetime {
  /** How long it is fresh from now on. */
  readonly seconds: number;
  /** How old it is already, as its `Age` says. */
  readonly ageSeconds: number;
  /** Headers by lower-case name that must not be kept with it. */
  readonly without: ReadonlySet<string>;
}

/**
 * Seconds by status where a response says nothing itself: Cloudflare's
 * (https://developers.cloudflare.com/cache/concepts/default-cache-behavior/#edge-ttl). Others are not cached without a word.
 */
const USUAL_SECONDS: Readonly<Record<number, number>> = {
  200: 7200,
  301: 7200,
  302: 1200,
  303: 1200,
  404: 180,
  410: 180,
};

/** Of one part of it, and of what has not changed, nothing whole can be made. */
const NEVER: ReadonlySet<number> = new Set([206, 304]);

/** A year: no more has a meaning (RFC 2616 14.21), and more may be no number. */
const MOST_SECONDS = 31_536_000;

/**
 * How long a cache that many share may keep a response (RFC 9111 3 and 4.2), as Cloudflare's Cache API has it
 * (https://developers.cloudflare.com/workers/runtime-apis/cache/#headers); undefined where it may not. `stale-while-revalidate` and
 * `stale-if-error` prolong nothing, and what `Vary` names is not compared, there as here.
 */
export const cacheLifetime = ({ status, headers }: CacheableResponse, isAuthorized: boolean, now: number): CacheLifetime | undefined => {
  if (NEVER.has(status) || headers.get('vary')?.includes('*') === true) return undefined;
  const said = directivesIn(headers.get('cache-control') ?? '');
  if (said.has('no-store') || said.get('private') === '' || said.get('no-cache') === '') return undefined;
  // With names behind them, these two speak of headers alone.
  const without = new Set(['private', 'no-cache'].flatMap((directive) => namesIn(said.get(directive) ?? '')));
  if (headers.has('set-cookie') && !without.has('set-cookie')) return undefined;
  const mayShare = said.has('public') || said.has('must-revalidate') || said.has('s-maxage');
  if (isAuthorized && !mayShare) return undefined;
  const ageSeconds = secondsIn(headers.get('age')) ?? 0;
  const whole = secondsIn(said.get('s-maxage')) ?? secondsIn(said.get('max-age')) ?? untilExpiry(headers, now) ?? USUAL_SECONDS[status];
  const seconds = (whole ?? 0) - ageSeconds;
  return seconds > 0 ? { seconds, ageSeconds, without } : undefined;
};

/** `max-age=60, private="Set-Cookie"`: each directive in lower case, with what stands behind it, or nothing. The first of a kind counts. */
const directivesIn = (cacheControl: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [, name = '', quoted, plain = ''] of cacheControl.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g)) {
    const directive = name.toLowerCase();
    if (!found.has(directive)) found.set(directive, quoted ?? plain);
  }
  return found;
};

const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');

const secondsIn = (text: string | undefined): number | undefined =>
  text === undefined || !/^\s*\d+\s*$/.test(text) ? undefined : Math.min(Number(text), MOST_SECONDS);

/** A date that cannot be read is over (RFC 9111 5.3). */
const untilExpiry = (headers: ReadonlyMap<string, string>, now: number): number | undefined => {
  const expires = headers.get('expires');
  if (expires === undefined) return undefined;
  const date = Date.parse(headers.get('date') ?? '');
  const seconds = (Date.parse(expires) - (Number.isNaN(date) ? now : date)) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.min(seconds, MOST_SECONDS);
};
