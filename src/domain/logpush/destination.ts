import { accept, refuse, type Result } from '../../base/index.ts';

/** Where batches go. */
export type LogpushDestination =
  | { readonly scheme: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly scheme: 's3';
      readonly bucket: string;
      /** Without slashes at its ends; `{DATE}` in it is the day. */
      readonly path: string;
      readonly region: string;
      readonly endpoint: string | undefined;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | undefined;
      readonly sse: string | undefined;
    }
  | { readonly scheme: 'file'; readonly path: string };

const MOST_CHARACTERS = 4_096;
const S3_PARAMETERS: readonly string[] = ['region', 'access-key-id', 'secret-access-key', 'session-token', 'endpoint', 'sse'];
const S3_CHARACTERS: Readonly<Record<string, RegExp>> = {
  region: /^[a-z0-9-]{1,64}$/,
  'access-key-id': /^[\x21-\x7e]+$/,
  'secret-access-key': /^[\x21-\x7e]+$/,
  'session-token': /^[\x21-\x7e]+$/,
  sse: /^[\x21-\x7e]+$/,
};
/** Headers that say how a request is carried, which is not for a destination to say. */
const CARRYING = /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*)$/i;

/** Reads a `destination_conf`: `s3://`, `https://`, `http://` or `file://`. */
export const readDestination = (conf: string): Result<LogpushDestination, string> => {
  if (conf.length > MOST_CHARACTERS) return refuse(`it has more than ${MOST_CHARACTERS} characters`);
  if (/[\p{Cc}\s]/u.test(conf)) return refuse('it holds blanks or control characters; write them as %20 and so on');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(conf)?.[1]?.toLowerCase();
  if (scheme === 's3') return readS3(conf);
  if (scheme === 'https' || scheme === 'http') return readHttp(conf);
  if (scheme === 'file') return readFile(conf);
  if (scheme === undefined) return refuse('it must be an address with its scheme, such as s3://, https:// or file://');
  return refuse(`${scheme}:// is not offered; s3:// (with its endpoint any store that speaks S3), https:// and file:// are`);
};

const readS3 = (conf: string): Result<LogpushDestination, string> => {
  const { address, params } = parted(conf);
  const unknown = [...params.keys()].filter((name) => !S3_PARAMETERS.includes(name));
  if (unknown.length > 0)
    return refuse(`${unknown.map((name) => JSON.stringify(name)).join(', ')} is none of its parameters (${S3_PARAMETERS.join(', ')})`);
  const [bucket = '', ...folders] = address.split('/');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}$/.test(bucket)) return refuse('it names no bucket: s3://<bucket>/<path>?region=…');
  const given = (name: string): string | undefined => params.get(name) || undefined;
  const missing = ['region', 'access-key-id', 'secret-access-key'].filter((name) => given(name) === undefined);
  if (missing.length > 0) return refuse(`it lacks ${missing.join(', ')}`);
  // What a signature or a header could not hold.
  const unfit = Object.entries(S3_CHARACTERS).flatMap(([name, fit]) => (fit.test(given(name) ?? 'x') ? [] : [name]));
  if (unfit.length > 0) return refuse(`its ${unfit.join(', ')} holds characters that none has`);
  const path = folders.filter((folder) => folder !== '').map(decoded);
  if (
    path
      .join('/')
      .split('/')
      .some((folder) => folder === '.' || folder === '..')
  )
    return refuse('its path must not hold "." or ".."');
  const endpoint = given('endpoint');
  const origin = endpoint === undefined ? undefined : originOf(endpoint);
  if (endpoint !== undefined && origin === undefined)
    return refuse('its endpoint must be a host, such as s3.example.com or https://s3.example.com:9000, without a path');
  return accept({
    scheme: 's3',
    bucket,
    path: path.join('/'),
    region: given('region') ?? '',
    endpoint: origin,
    accessKeyId: given('access-key-id') ?? '',
    secretAccessKey: given('secret-access-key') ?? '',
    sessionToken: given('session-token'),
    sse: given('sse'),
  });
};

/** `s3.example.com` is meant as https. */
const originOf = (endpoint: string): string | undefined => {
  const url = URL.parse(endpoint.includes('://') ? endpoint : `https://${endpoint}`);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== '' ||
    url.password !== ''
  )
    return undefined;
  return url.origin;
};

const readHttp = (conf: string): Result<LogpushDestination, string> => {
  const url = URL.parse(conf);
  if (url === null || url.hostname === '') return refuse('it is no address');
  if (url.username !== '' || url.password !== '')
    return refuse('a user in front of its host is not offered; write it as header_Authorization');
  if (url.hash !== '') return refuse('what follows # never leaves here; write it as %23');
  const headers: Record<string, string> = {};
  // What is the destination's own stays as it was written.
  const own = url.search
    .slice(1)
    .split('&')
    .filter((part) => {
      const { name, value } = parameterOf(part);
      if (!name.startsWith('header_')) return part !== '';
      headers[name.slice('header_'.length).toLowerCase()] = value;
      return false;
    });
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return refuse(`header_${name} is no name of a header`);
    if (CARRYING.test(name)) return refuse(`header_${name} cannot be set`);
    if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) return refuse(`header_${name} holds characters that no header may hold`);
  }
  url.search = own.join('&');
  return accept({ scheme: 'http', url: url.href, headers });
};

/** Blanks are %20: a plus sign is one, as secrets in base64 have them. */
const parameterOf = (part: string): { readonly name: string; readonly value: string } => {
  const at = part.includes('=') ? part.indexOf('=') : part.length;
  return { name: decoded(part.slice(0, at)), value: decoded(part.slice(at + 1)) };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const readFile = (conf: string): Result<LogpushDestination, string> => {
  const path = /^file:\/\/(\/[^?#]*)$/i.exec(conf)?.[1];
  if (path === undefined) return refuse('it must be file:///<folder>, without host, query or #');
  const folders = path.split('/').map(decoded);
  if (folders.some((folder) => folder === '..' || folder === '.' || folder.includes('\u0000') || folder.includes('/')))
    return refuse('its folder must not hold "." or ".."');
  return accept({ scheme: 'file', path: folders.join('/') });
};

const parted = (conf: string): { readonly address: string; readonly params: ReadonlyMap<string, string> } => {
  const [head = '', ...query] = conf.slice(conf.indexOf('://') + 3).split('?');
  const parts = query
    .join('?')
    .split('&')
    .filter((part) => part !== '')
    .map(parameterOf);
  return { address: head, params: new Map(parts.map(({ name, value }) => [name, value])) };
};

export const HIDDEN = 'REDACTED';
const SHOWN_PARAMETERS: ReadonlySet<string> = new Set(['region', 'endpoint', 'sse']);
/** So long a part of a path is no word: it may be what lets one in, as in addresses of webhooks. */
const LONG_SEGMENT = 20;

/** A `destination_conf` as it is shown: everything that may let one in is hidden. */
export const redactedDestination = (conf: string): string => {
  const [address = '', ...query] = conf.split('?');
  const scheme = conf.slice(0, conf.indexOf('://'));
  const [origin = '', ...segments] = address.slice(scheme.length + 3).split('/');
  const path =
    scheme === 's3' || scheme === 'file' ? segments : segments.map((segment) => (segment.length >= LONG_SEGMENT ? HIDDEN : segment));
  const shown = `${scheme}://${[origin.replace(/^.*@/, ''), ...path].join('/')}`;
  if (query.length === 0) return shown;
  const parts = query.join('?').split('&');
  return `${shown}?${parts.map((part) => redactedParameter(part, scheme)).join('&')}`;
};

/** Its name stays, where it has a value: else it is a token by itself, which may end with equals signs. */
const redactedParameter = (part: string, scheme: string): string => {
  if (!/=[^=]/.test(part)) return HIDDEN;
  return scheme === 's3' && SHOWN_PARAMETERS.has(parameterOf(part).name) ? part : `${part.slice(0, part.indexOf('='))}=${HIDDEN}`;
};

/** `{DATE}` is the day on which a batch begins, in UTC. */
export const datedPath = (path: string, at: number): string =>
  path.replaceAll('{DATE}', new Date(at).toISOString().slice(0, 10).replaceAll('-', ''));
