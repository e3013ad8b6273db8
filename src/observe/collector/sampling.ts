import { createHash } from 'node:crypto';

const RANGE = 2 ** 32;

/** Whether an invocation is drawn to be kept: the same each time, whoever asks, by the hash of its id. */
export const isDrawn = (id: string, sampleRate: number): boolean =>
  sampleRate >= 1 || createHash('sha256').update(id).digest().readUInt32BE() / RANGE < sampleRate;
