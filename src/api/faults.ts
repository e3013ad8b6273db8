import type { z } from 'zod';

/** A client that sends more wrong than this has enough to mend. */
const MOST_FAULTS = 10;

/** What is wrong with a body, one fault with its path each: `body.versions.0.percentage: expected number, received string`. */
export const faultsIn = (error: z.ZodError, where?: string): readonly string[] =>
  error.issues
    .slice(0, MOST_FAULTS)
    .map(({ path, message }) => `${[...(where === undefined ? [] : [where]), ...path].join('.')}: ${plain(message)}`);

/** zod's words without what the sentence around them says already. */
const plain = (message: string): string =>
  message
    .replace(/^(?:Invalid (?:input|option|key in record)|Too (?:small|big)): /, '')
    .replace(/^expected (.+), received undefined$/, 'missing, expected $1')
    .replaceAll('"|"', '", "');

/** Deeper than anything people write, and far from what recursion over it could not take. */
const MOST_LEVELS = 100;

export const isTooDeep = (value: unknown): boolean => {
  let level = [value];
  for (let depth = 0; depth <= MOST_LEVELS; depth += 1) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length === 0) return false;
  }
  return true;
};

export const TOO_DEEP = `nested deeper than ${MOST_LEVELS} levels`;
