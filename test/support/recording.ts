import { isUtf8 } from 'node:buffer';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname } from 'node:path';
import type { HttpAnswer, HttpRequest } from './send.ts';

/** A body as it stands in a recording: readable where it is text, so that a person can review it. */
export type RecordedBody = { readonly text: string } | { readonly base64: string };

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** One request and its answer: one line of a recording. The path begins behind `/client/v4`. */
export type Exchange = {
  readonly request: { readonly method: string; readonly path: string; readonly headers: Headers; readonly body: RecordedBody };
  readonly response: { readonly status: number; readonly headers: Headers; readonly body: RecordedBody };
};

/** Stands in a recording for the id of the account it was made with, so that it fits any account. */
export const ACCOUNT_PLACEHOLDER = '{account}';

/** What says who asks, and what belongs to one connection or one moment only. */
const NOT_RECORDED = new Set(['authorization', 'x-auth-key', 'x-auth-email', 'cookie', 'set-cookie', 'host', 'date', 'accept-encoding']);
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect', 'upgrade']);

/** Headers that may go on to the next hop. */
export function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name) && name !== 'host'));
}

export function exchangeOf(request: HttpRequest, path: string, answer: HttpAnswer, accountId: string): Exchange {
  const anonymous = (text: string) => text.replaceAll(accountId, ACCOUNT_PLACEHOLDER);
  return {
    request: {
      method: request.method,
      path: anonymous(path),
      headers: recordedHeaders(request.headers),
      body: recordedBody(request.body, anonymous),
    },
    response: { status: answer.status, headers: recordedHeaders(answer.headers), body: recordedBody(answer.body, anonymous) },
  };
}

function recordedHeaders(headers: IncomingHttpHeaders): Headers {
  const kept = Object.entries(passedOn(headers)).filter(([name, value]) => !NOT_RECORDED.has(name) && value !== undefined);
  return Object.fromEntries(kept) as Headers; // The undefined ones are gone.
}

/** Bytes that are not text cannot hold a placeholder: the account's id is only ever in paths and JSON. */
function recordedBody(body: Buffer, anonymous: (text: string) => string): RecordedBody {
  return isUtf8(body) ? { text: anonymous(body.toString()) } : { base64: body.toString('base64') };
}

export const bytesOf = (body: RecordedBody): Buffer => ('text' in body ? Buffer.from(body.text) : Buffer.from(body.base64, 'base64'));

export function beginRecording(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

/** In one piece and at once: a client that is killed leaves all it sent before. */
export const addToRecording = (file: string, exchange: Exchange): void => appendFileSync(file, `${JSON.stringify(exchange)}\n`);

export function readRecording(file: string): readonly Exchange[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Exchange); // Only addToRecording writes such a file.
}
