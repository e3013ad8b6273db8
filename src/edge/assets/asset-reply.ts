import { isKnownEtag, partWithin, type Part } from '../byte-range.ts';
import { withHeaderRules, type Asset, type AssetAnswer, type AssetIndex, type AssetRequest } from '../../domain/index.ts';

/** The headers of a request that change how a file is answered. */
export interface Conditions {
  readonly ifNoneMatch: string | undefined;
  readonly ifRange: string | undefined;
  readonly range: string | undefined;
  readonly isAuthorized: boolean;
}

/** A head, and which bytes of the file follow it; none for a redirect, a 304 and a HEAD. */
export interface AssetReply {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly part: Part | undefined;
}

/** Browsers ask each time whether it has changed, as Cloudflare has it; a rule of `_headers` says otherwise. */
const CACHE_CONTROL = 'public, max-age=0, must-revalidate';

export const redirectReply = (index: AssetIndex, request: AssetRequest, answer: Extract<AssetAnswer, { kind: 'redirect' }>): AssetReply => {
  const own = new Map([
    ['location', headerSafe(answer.location)],
    ['content-length', '0'],
  ]);
  return { status: answer.status, headers: headersFor(own, index, request), part: undefined };
};

export const fileReply = (
  index: AssetIndex,
  request: AssetRequest,
  { file, status }: Pick<Extract<AssetAnswer, { kind: 'file' }>, 'file' | 'status'>,
  conditions: Conditions,
): AssetReply => {
  const etag = etagOf(file);
  const own = new Map([['etag', etag]]);
  if (file.contentType !== undefined) own.set('content-type', headerSafe(file.contentType));
  if (!conditions.isAuthorized) own.set('cache-control', CACHE_CONTROL);
  if (status === 200 && conditions.ifNoneMatch !== undefined && isKnownEtag(conditions.ifNoneMatch, etag))
    return { status: 304, headers: headersFor(own, index, request), part: undefined };
  const whole = { start: 0, end: file.size };
  const part = status === 200 ? partFor(conditions, file, etag) : whole;
  if (part === undefined) {
    own.set('content-range', `bytes */${file.size}`).set('content-length', '0');
    return { status: 416, headers: headersFor(own, index, request), part: undefined };
  }
  const isWhole = part.start === 0 && part.end === file.size;
  if (status === 200) own.set('accept-ranges', 'bytes');
  if (!isWhole) own.set('content-range', `bytes ${part.start}-${part.end - 1}/${file.size}`);
  own.set('content-length', String(part.end - part.start));
  const headers = headersFor(own, index, request);
  return { status: isWhole ? status : 206, headers, part: request.method === 'HEAD' ? undefined : part };
};

/** What a file holds names it, whoever uploaded it and under whatever hash. */
const etagOf = ({ digest }: Asset): string => `"${digest.slice(0, 32)}"`;

const partFor = ({ range, ifRange }: Conditions, { size }: Asset, etag: string): Part | undefined =>
  partWithin(ifRange === undefined || ifRange === etag ? range : undefined, size);

/** The length and the range of what follows are no rule's to change: the next answer on the connection would be read wrong. */
const OURS: ReadonlySet<string> = new Set(['content-length', 'content-range', 'connection', 'transfer-encoding']);

const headersFor = (own: ReadonlyMap<string, string>, index: AssetIndex, { host, path }: AssetRequest): string[] => {
  const list: string[] = [];
  if (index.headers.length === 0) {
    for (const [name, value] of own) list.push(name, value);
    return list;
  }
  for (const [name, values] of withHeaderRules(own, index, host, path)) {
    if (!OURS.has(name)) for (const value of values) list.push(name, headerSafe(value));
  }
  for (const [name, value] of own) if (OURS.has(name)) list.push(name, value);
  return list;
};

/** A value made of what a visitor sent: what cannot stand in a header is encoded. */
const headerSafe = (value: string): string =>
  value.toWellFormed().replace(/[^\t\x20-\x7e]/gu, (character) => encodeURIComponent(character));
