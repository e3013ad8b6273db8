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

/** A message of many lines may stand before the frames. */
const MOST_LINES = 40;
const MOST_LINE = 500;

/** The first frame of a stack: `handler (src/index.ts:12:7)`; empty where there is none. A tenant wrote it: it is looked at line by line. */
export const topFrame = (stack = ''): string => {
  for (let line = 0, from = 0; line < MOST_LINES && from < stack.length; line += 1) {
    const end = stack.indexOf('\n', from);
    const text = stack.slice(from, Math.min(end === -1 ? stack.length : end, from + MOST_LINE)).trim();
    if (text.startsWith('at ')) return text.slice('at '.length).trim();
    if (end === -1) return '';
    from = end + 1;
  }
  return '';
};

/** Where it was thrown, but for the line: the next version has it elsewhere. */
const placeOf = (frame: string): string => frame.replace(/:\d+(:\d+)?(?=\)?$)/, '');

/** Exceptions that are one and the same fault have the same, in whatever version of a Worker they come. */
export const fingerprintOf = (script: string, { name, message, stack }: Pick<TraceException, 'name' | 'message' | 'stack'>): string =>
  createHash('sha256')
    .update(JSON.stringify([script, name, plainMessage(message), placeOf(topFrame(stack))]))
    .digest('hex')
    .slice(0, 16);
