import { accept, refuse, type Result } from '../base/index.ts';
import { csrfTokenOf, sessionOf, type SignedIn } from '../control/index.ts';
import { CSRF_HEADER } from '../contract/index.ts';
import type { Refusal } from '../domain/index.ts';
import type { Api } from './api.ts';
import { ownUrl } from './own-url.ts';

const NAME = 'switchback_session';

/**
 * By https the name has a prefix with which a browser takes the cookie from this very host only, so that no other host of the domain
 * can put its own in place (RFC 6265bis, 4.1.3.2).
 */
const cookieName = (isHttps: boolean): string => (isHttps ? `__Host-${NAME}` : NAME);

const isHttps = (api: Api, headers: Headers): boolean => ownUrl(api, headers).startsWith('https:');

export const sessionCookie = (api: Api, headers: Headers, value: string, maxAgeMs: number): string => {
  const secure = isHttps(api, headers);
  const attributes = `HttpOnly; SameSite=Strict; Path=/; Max-Age=${Math.floor(maxAgeMs / 1000)}${secure ? '; Secure' : ''}`;
  return `${cookieName(secure)}=${value}; ${attributes}`;
};

export const sessionValue = (api: Api, headers: Headers): string | undefined => {
  const prefix = `${cookieName(isHttps(api, headers))}=`;
  const cookies = (headers.get('cookie') ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
};

/**
 * Who is signed in with the cookie that the request shows. A browser adds it by itself, so the page that asks must be ours: the browser
 * says so, and what changes something shows a token besides that only such a page can read.
 */
export const signedIn = async (api: Api, method: string, headers: Headers, value: string): Promise<Result<SignedIn, Refusal>> => {
  const isRead = method === 'GET' || method === 'HEAD';
  const from = foreignOrigin(headers, isRead);
  if (from !== undefined) return refuse({ code: 'request_foreign', from });
  const found = await sessionOf(api, value);
  if (found.ok && !isRead && headers.get(CSRF_HEADER) !== csrfTokenOf(value)) return refuse({ code: 'csrf_token_wrong' });
  return found;
};

/** A sign-in from a page of another site would make its visitor work in an account of that site's choice. */
export const fromOurPage = (headers: Headers): Result<undefined, Refusal> => {
  const from = foreignOrigin(headers, false);
  return from === undefined ? accept(undefined) : refuse({ code: 'request_foreign', from });
};

/**
 * What a page asks for by itself, and what a person opens. A page takes scripts and styles from its own host: what somebody stored must
 * not become one by being named in it.
 */
const USES: ReadonlySet<string> = new Set(['empty', 'document', 'websocket']);

/** Where a browser says that a request comes from, unless from a page of this server's. Programs do not say, and have no cookies of people. */
const foreignOrigin = (headers: Headers, isRead: boolean): string | undefined => {
  const site = headers.get('sec-fetch-site');
  // `none` is a person who typed the address; nobody types a change.
  if (site !== null && site !== 'same-origin' && !(isRead && site === 'none')) return `another page (${JSON.stringify(site.slice(0, 40))})`;
  const use = headers.get('sec-fetch-dest');
  if (use !== null && !USES.has(use)) return `a page that loads it as ${JSON.stringify(use.slice(0, 40))}`;
  const origin = headers.get('origin');
  if (origin === null) return undefined;
  // Not the scheme: a proxy in front may have ended TLS.
  const host = URL.canParse(origin) ? new URL(origin).host : undefined;
  const asked = headers.get('host')?.toLowerCase();
  if (host !== undefined && host === asked) return undefined;
  // A proxy that drops the port is the usual reason, and seen by this.
  return `a page of ${JSON.stringify(origin.slice(0, 200))} (this server was asked as ${JSON.stringify(asked?.slice(0, 200) ?? '')})`;
};
