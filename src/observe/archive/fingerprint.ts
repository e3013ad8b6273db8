import { createHash } from 'node:crypto';
import type { TraceException } from '../trace.ts';

const MOST_MESSAGE = 200;

/** What differs from one occurrence to the next: ids, addresses, numbers. Longer things first, for a number may be a part of them. */
const VARIABLE =
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\d+(?:\.\d+)*/gi;

/** A message without what differs each time. */
export const plainMessage = (message: string): string =>
  message
    .slice(0, 2 * MOST_MESSAGE)
    .replaceAll(VARIABLE, '#')
    .slice(0, MOST_MESSAGE);

/** The first frame of a stack: `handler (src/index.ts:12:7)`; empty where there is none. */
export const topFrame = (stack: string | undefined): string => /^\s*at (.+)$/m.exec(stack ?? '')?.[1]?.trim() ?? '';

/** Where it was thrown, but for the line: the next version has it elsewhere. */
const placeOf = (frame: string): string => frame.replace(/:\d+(:\d+)?(?=\)?$)/, '');

/** Exceptions that are one and the same fault have the same, in whatever version of a Worker they come. */
export const fingerprintOf = (script: string, { name, message, stack }: Pick<TraceException, 'name' | 'message' | 'stack'>): string =>
  createHash('sha256')
    .update(JSON.stringify([script, name, plainMessage(message), placeOf(topFrame(stack))]))
    .digest('hex')
    .slice(0, 16);
