import { malformed } from './failure.ts';

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly words: string;
  /** Names and values in turn, as they came. */
  readonly headers: string[];
  /** Bytes of the body, or that it comes in chunks (RFC 9112 6.3). */
  readonly body: number | 'chunked';
  /** The connection carries another request after this one. */
  readonly isKept: boolean;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) ?([\t\x20-\x7e\x80-\xff]*)$/;
const COLON = 58;
const CR = 13;
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;
const DIGITS = /^\d{1,15}$/;

/**
 * `text` is all before the empty line, in latin1. Strict, because the runtime writes it: what two readers could read in two
 * ways is thrown as malformed, and so is a body that ends with its connection, since one that was cut would look whole.
 */
export const parseAnswerHead = (text: string, isHead: boolean): AnswerHead => {
  const lineEnd = endOfLine(text, 0);
  const line = STATUS_LINE.exec(text.slice(0, lineEnd));
  if (line === null) throw malformed('its first line is no status line');
  const status = Number(line[1]);
  const headers: string[] = [];
  let length: number | undefined;
  let isChunked = false;
  let isKept = true;
  for (let at = lineEnd + 2; at < text.length;) {
    const end = endOfLine(text, at);
    const colon = text.indexOf(':', at);
    if (colon <= at || colon > end || !isToken(text, at, colon)) throw malformed('a line of its head is no header');
    const name = text.slice(at, colon);
    const value = valueIn(text, colon + 1, end);
    headers.push(name, value);
    // Names of other lengths need not be looked at closely.
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = sameLength(length, value);
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') isChunked = onlyChunked(value, isChunked);
    else if (name.length === 10 && name.toLowerCase() === 'connection') isKept &&= !CLOSE.test(value);
    at = end + 2;
  }
  if (isChunked && length !== undefined) throw malformed('it has two lengths');
  const body = isHead || hasNoBody(status) ? 0 : isChunked ? 'chunked' : length;
  if (body === undefined) throw malformed('it does not say where it ends');
  return { status, words: line[2] ?? '', headers, body, isKept };
};

const hasNoBody = (status: number): boolean => status < 200 || status === 204 || status === 304;

/** A line feed that stands alone is none of HTTP's; a carriage return that does is refused when the value is written again. */
const endOfLine = (text: string, from: number): number => {
  const feed = text.indexOf('\n', from);
  if (feed === -1) return text.length;
  if (feed === from || text.charCodeAt(feed - 1) !== CR) throw malformed('a line of its head ends in a bare line feed');
  return feed - 1;
};

/** Whether the name holds no blank and no control character, so that it is neither a folded line nor another header's end. */
const isToken = (text: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code >= 127 || code === COLON) return false;
  }
  return true;
};

const isBlank = (code: number): boolean => code === 32 || code === 9;

const valueIn = (text: string, from: number, to: number): string => {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

const sameLength = (before: number | undefined, value: string): number => {
  if (!DIGITS.test(value) || (before !== undefined && before !== Number(value))) throw malformed('its length is unclear');
  return Number(value);
};

const onlyChunked = (value: string, already: boolean): true => {
  if (already || value.toLowerCase() !== 'chunked') throw malformed('its transfer coding is not just chunked');
  return true;
};
