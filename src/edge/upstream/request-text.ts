import type { Readable } from 'node:stream';
import { UpstreamFailure } from './failure.ts';

/** A request as a version's process gets it. */
export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn; among them the body's length, where it is known. */
  readonly headers: readonly string[];
  readonly body: Readable | null;
  /** The body's length is not known. */
  readonly isChunked: boolean;
}

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NOT_IN_PATH = /[^\x21-\x7e\x80-\xff]/;
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The head of a request (RFC 9112 3), to be written in latin1. What the visitor's side let through and would read as something
 * else when written down is thrown, however it came: a line's end, or a character that is a line's end once it is one byte.
 */
export const requestText = ({ method, path, headers, isChunked }: UpstreamRequest): string => {
  if (!METHOD.test(method) || NOT_IN_PATH.test(path)) throw unsendable('its first line');
  let text = `${method} ${path} HTTP/1.1\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (NOT_IN_PATH.test(name) || NOT_IN_VALUE.test(value)) throw unsendable(`its header ${JSON.stringify(name)}`);
    text += `${name}: ${value}\r\n`;
  }
  return isChunked ? `${text}transfer-encoding: chunked\r\n\r\n` : `${text}\r\n`;
};

const unsendable = (what: string): UpstreamFailure => new UpstreamFailure('unsendable', `The request cannot be sent on: ${what}.`);
