import type { IncomingHttpHeaders } from 'node:http';
import { ANSWER_HEADER } from '../domain/index.ts';
import { namedIn } from './request-head.ts';

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What the edge adds to every answer, a Worker's or its own. */
export interface AnswerFacts {
  readonly ray: string;
  /** The value of `Switchback-Version`, where the request asked for it. */
  readonly version: string | undefined;
  /** The connection ends after this answer. */
  readonly isLast: boolean;
}

const ANSWER_NAME = ANSWER_HEADER.toLowerCase();

/** A Worker's headers for the visitor: names and values in turn, each Set-Cookie on its own, the edge's own in place of copies. */
export const responseHeaders = (headers: IncomingHttpHeaders, { ray, version, isLast }: AnswerFacts): string[] => {
  const answer: string[] = [];
  const named = headers.connection === undefined ? undefined : namedIn(headers.connection);
  for (const name in headers) {
    if (HOP_BY_HOP.has(name) || named?.has(name) || name === 'cf-ray' || name === ANSWER_NAME) continue;
    const value = headers[name];
    if (typeof value === 'string') answer.push(name, value);
    else if (value !== undefined) for (const each of value) answer.push(name, each);
  }
  answer.push('CF-Ray', ray);
  if (version !== undefined) answer.push(ANSWER_HEADER, version);
  if (isLast) answer.push('Connection', 'close');
  return answer;
};

/**
 * Whether this is workerd's own answer for a Worker that threw, or never would answer, before it gave a response. A Worker
 * cannot make the same: workerd writes `Connection: close` itself and drops it from a Worker's headers (workerd 2026-11,
 * tried). Its body is `Internal Server Error`.
 */
export const isUncaughtException = (statusCode: number, headers: IncomingHttpHeaders): boolean => {
  if (statusCode !== 500 || headers.connection !== 'close' || headers['content-length'] !== '21') return false;
  for (const name in headers) if (name !== 'connection' && name !== 'content-length') return false;
  return true;
};
