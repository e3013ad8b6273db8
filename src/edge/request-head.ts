import { DEBUG_HEADER, KEY_HEADER, OVERRIDES_HEADER } from '../domain/index.ts';

/** A request's head after one walk over its headers: what goes on to the Worker, and what the edge itself reads. */
export interface RequestHead {
  /** Names and values in turn, without the ones that end here. */
  readonly forward: string[];
  host: string | undefined;
  overrides: string | undefined;
  key: string | undefined;
  isDebug: boolean;
  contentLength: number | undefined;
  isChunked: boolean;
  forwardedFor: string | undefined;
  forwardedProto: string | undefined;
  /**
   * Not to be answered, because two readers could see two requests in it: it has two Host headers (RFC 9112 3.2), or a
   * transfer coding that is not just `chunked` (6.1).
   */
  isAmbiguous: boolean;
}

/** What becomes of a header: most are `forward`ed; the others end here, read or unread. */
type Fate =
  | 'drop'
  | 'drop_untrusted'
  | 'host'
  | 'overrides'
  | 'key'
  | 'debug'
  | 'connection'
  | 'content_length'
  | 'transfer_encoding'
  | 'forwarded_for'
  | 'forwarded_proto';

const FATES: ReadonlyMap<string, Fate> = new Map<string, Fate>([
  // Hop-by-hop (RFC 9110 7.6.1), and what undici and workerd settle between themselves.
  ['connection', 'connection'],
  ['transfer-encoding', 'transfer_encoding'],
  ['keep-alive', 'drop'],
  ['proxy-connection', 'drop'],
  ['proxy-authorization', 'drop'],
  ['te', 'drop'],
  ['trailer', 'drop'],
  ['upgrade', 'drop'],
  ['http2-settings', 'drop'],
  ['expect', 'drop'],
  ['content-length', 'content_length'],
  ['host', 'host'],
  [OVERRIDES_HEADER, 'overrides'],
  [KEY_HEADER, 'key'],
  [DEBUG_HEADER, 'debug'],
  // The edge sets these itself; a proxy it trusts may hand on what it knows.
  ['x-forwarded-for', 'forwarded_for'],
  ['x-forwarded-proto', 'forwarded_proto'],
  ['x-real-ip', 'drop'],
  ['true-client-ip', 'drop_untrusted'],
  ['forwarded', 'drop_untrusted'],
  ['x-forwarded-host', 'drop_untrusted'],
  ['x-forwarded-port', 'drop_untrusted'],
]);

/** `raw` holds names and values in turn, as Node gives them; HTTP/2's pseudo-headers among them. */
export const readHead = (raw: readonly string[], isTrusted: boolean): RequestHead => {
  const head = emptyHead();
  let named: ReadonlySet<string> | undefined;
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const value = raw[at + 1] ?? '';
    const fate = FATES.get(name) ?? (isOurs(name) ? 'drop' : undefined);
    if (fate === undefined) {
      head.forward.push(name, value);
    } else if (fate === 'connection') {
      named = namedIn(value, named);
    } else if (fate !== 'drop') {
      readOwn(head, fate, name, value, isTrusted);
    }
  }
  if (named !== undefined) dropNamed(head.forward, named);
  return head;
};

const emptyHead = (): RequestHead => ({
  forward: [],
  host: undefined,
  overrides: undefined,
  key: undefined,
  isDebug: false,
  contentLength: undefined,
  isChunked: false,
  forwardedFor: undefined,
  forwardedProto: undefined,
  isAmbiguous: false,
});

const readOwn = (head: RequestHead, fate: Exclude<Fate, 'drop' | 'connection'>, name: string, value: string, isTrusted: boolean): void => {
  switch (fate) {
    case 'host':
      head.isAmbiguous ||= head.host !== undefined;
      head.host = value;
      return;
    case 'overrides':
      // One header over several lines is one list (RFC 8941 4.2).
      head.overrides = head.overrides === undefined ? value : `${head.overrides}, ${value}`;
      return void head.forward.push(name, value);
    case 'key':
      head.key ??= value;
      return void head.forward.push(name, value);
    case 'debug':
      head.isDebug = value.trim() === '1';
      return;
    case 'content_length':
      head.contentLength = Number(value);
      return void head.forward.push(name, value);
    case 'transfer_encoding':
      head.isChunked = true;
      head.isAmbiguous ||= value.toLowerCase() !== 'chunked';
      return;
    case 'forwarded_for':
      if (isTrusted) head.forwardedFor = head.forwardedFor === undefined ? value : `${head.forwardedFor}, ${value}`;
      return;
    case 'forwarded_proto':
      if (isTrusted) head.forwardedProto ??= value.split(',', 1)[0]?.trim().toLowerCase();
      return;
    case 'drop_untrusted':
      if (isTrusted) head.forward.push(name, value);
  }
};

const COLON = 58;

/**
 * Pseudo-headers of HTTP/2, and the names that only the edge may say: `cf-…` (a visitor's address, country, identity, or
 * which Worker called) and `switchback-…` (among them the one that carries `request.cf`).
 */
const isOurs = (name: string): boolean => name.charCodeAt(0) === COLON || name.startsWith('cf-') || name.startsWith('switchback-');

/** What a Connection header names is meant for this hop alone. */
export const namedIn = (connection: string, already?: ReadonlySet<string>): ReadonlySet<string> | undefined => {
  if (connection === 'keep-alive' || connection === 'close') return already;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  return new Set([...(already ?? []), ...names.filter((name) => !MUST_STAY.has(name))]);
};

/** Naming one of these in Connection would make the Worker see another request than the edge did. */
const MUST_STAY: ReadonlySet<string> = new Set([
  '',
  'close',
  'keep-alive',
  'host',
  'content-length',
  'content-type',
  'authorization',
  'cookie',
]);

const dropNamed = (headers: string[], named: ReadonlySet<string>): void => {
  let kept = 0;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (named.has(name)) continue;
    headers[kept] = name;
    headers[kept + 1] = headers[at + 1] ?? '';
    kept += 2;
  }
  headers.length = kept;
};
