import type { IncomingHttpHeaders } from 'node:http';
import { isKnownEtag, partWithin } from '../byte-range.ts';
import type { KeptResponse } from './kept-responses.ts';

export interface MatchReply {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer | undefined;
}

/** By this header alone workerd tells what was kept from what was not: a 504 may have been kept. */
export const STATUS_HEADER = 'CF-Cache-Status';

const NO_BODY: ReadonlySet<number> = new Set([204, 205]);

/** What `match()` gets: the response, a 304 where the request knows it already, or the part it asks for. */
export const matchReply = (kept: KeptResponse, asked: IncomingHttpHeaders, now: number): MatchReply => {
  const { status, statusText, body } = kept;
  const headers = [...kept.headers, 'Age', String(kept.ageSeconds + Math.floor((now - kept.storedAt) / 1000)), STATUS_HEADER, 'HIT'];
  if (status !== 200) {
    const length = NO_BODY.has(status) ? [] : ['Content-Length', String(body.length)];
    return { status, statusText, headers: [...headers, ...length], body };
  }
  const [etag, modified] = [valueOf(kept, 'etag'), valueOf(kept, 'last-modified')];
  if (isKnown(asked, etag, modified)) return { status: 304, statusText: 'Not Modified', headers, body: undefined };
  const range = asked['if-range'] === undefined || asked['if-range'] === etag ? asked.range : undefined;
  const part = partWithin(range, body.length);
  if (part === undefined) {
    const outside = ['Content-Range', `bytes */${body.length}`, 'Content-Length', '0', STATUS_HEADER, 'HIT'];
    return { status: 416, statusText: 'Range Not Satisfiable', headers: outside, body: undefined };
  }
  const { start, end } = part;
  headers.push('Content-Length', String(end - start));
  if (start === 0 && end === body.length) return { status, statusText, headers, body };
  headers.push('Content-Range', `bytes ${start}-${end - 1}/${body.length}`);
  return { status: 206, statusText: 'Partial Content', headers, body: body.subarray(start, end) };
};

const valueOf = ({ headers }: KeptResponse, name: string): string | undefined =>
  headers.find((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);

/** RFC 9110 13.2.2: a tag that is asked about counts alone. */
const isKnown = (asked: IncomingHttpHeaders, etag: string | undefined, modified: string | undefined): boolean => {
  const { 'if-none-match': tags, 'if-modified-since': since } = asked;
  if (tags !== undefined) return etag !== undefined && isKnownEtag(tags, etag);
  // What is no date is neither before nor after one.
  return since !== undefined && modified !== undefined && Date.parse(modified) <= Date.parse(since);
};
