const MS_OF = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of a duration as people write it, `90m`, `12h`, `1d` or `2w`; undefined for anything else. */
export const durationMs = (text: string): number | undefined => {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  // The pattern lets no other unit through.
  return count === undefined ? undefined : Number(count) * MS_OF[unit as keyof typeof MS_OF];
};
