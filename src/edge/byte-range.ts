/** The bytes from `start` up to, not including, `end`. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** One range (RFC 9110 14.2); none, several, or one that cannot be read, get the whole. Undefined where it lies outside of `size` bytes. */
export const partWithin = (range: string | undefined, size: number): Part | undefined => {
  const whole = { start: 0, end: size };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') ?? [];
  if (from === '' && to === '') return whole;
  if (from === '') return Number(to) === 0 || size === 0 ? undefined : { start: Math.max(0, size - Number(to)), end: size };
  const start = Number(from);
  if (to !== '' && Number(to) < start) return whole;
  return start >= size ? undefined : { start, end: to === '' ? size : Math.min(size, Number(to) + 1) };
};

/** RFC 9110 13.1.2: weak comparison, any of the list. */
export const isKnownEtag = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some((each) => each.trim() === '*' || opaque(each) === opaque(etag));

const opaque = (etag: string): string => etag.trim().replace(/^W\//, '');
