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

/** A Worker's headers for the visitor: names and values in turn, as they came, with the edge's own in place of copies. */
export const responseHeaders = (headers: readonly string[], { ray, version, isLast }: AnswerFacts): string[] => {
  const answer: string[] = [];
  const named = namedByConnection(headers);
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const lower = name.toLowerCase();
    if (!endsHere(lower) && !named?.has(lower)) answer.push(name, headers[at + 1] ?? '');
  }
  answer.push('CF-Ray', ray);
  if (version !== undefined) answer.push(ANSWER_HEADER, version);
  if (isLast) answer.push('Connection', 'close');
  return answer;
};

/** What begins like this only the edge says: to a Worker that calls another, its answer would pass for the edge's refusal. */
const endsHere = (name: string): boolean => HOP_BY_HOP.has(name) || name === 'cf-ray' || name.startsWith('switchback-');

const namedByConnection = (headers: readonly string[]): ReadonlySet<string> | undefined => {
  let named: ReadonlySet<string> | undefined;
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === 'connection') named = namedIn(headers[at + 1] ?? '', named);
  }
  return named;
};

/**
 * Whether this is workerd's own answer for a Worker that threw, or never would answer, before it gave a response. A Worker
 * cannot make the same: workerd writes `Connection: close` itself and drops it from a Worker's headers (workerd 2026-11,
 * tried). Its body is `Internal Server Error`.
 */
export const isUncaughtException = (status: number, headers: readonly string[]): boolean =>
  status === 500 && headers.length === 4 && valueOf(headers, 'connection') === 'close' && valueOf(headers, 'content-length') === '21';

const valueOf = (headers: readonly string[], name: string): string | undefined => {
  const at = headers.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name);
  return at === -1 ? undefined : headers[at + 1];
};
