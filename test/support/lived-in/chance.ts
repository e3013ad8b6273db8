/** Chance that is the same each time it is asked for by the same name. */
export interface Chance {
  /** From 0 to 1. */
  next(): number;
  /** A whole number near this one, as a count of things that come by themselves is. */
  about(expected: number): number;
  hex(digits: number): string;
}

/** mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c), seeded by the characters of the name. */
export const chance = (name: string): Chance => {
  let state = [...name].reduce((sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 16_777_619), 2_166_136_261);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  /** Twelve draws are near enough to a normal one. */
  const normal = (): number => Array.from({ length: 12 }, next).reduce((sum, draw) => sum + draw, -6);
  return {
    next,
    about: (expected) =>
      expected < 20
        ? Math.floor(expected * (0.8 + 0.4 * next()) + next())
        : Math.max(0, Math.round(expected + Math.sqrt(expected) * normal())),
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(''),
  };
};
