import { randomBytes } from 'node:crypto';
import type { DashboardFile, DashboardFiles } from './dashboard-files.ts';

/**
 * What a page of the dashboard may do: run what was built, and speak to this server. The editor makes its styles as it runs; they
 * show the nonce that stands in the page, and no others are taken.
 */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const SAFE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Names in here have a digest of what is in the file. */
const HASHED = '/assets/';

/** Paths of others. What they do not know is no page either. */
const ELSEWHERE = /^\/(?:client|switchback|edge|d1|tails|assets|healthz|readyz|metrics|openapi\.json)(?:\/|$)/;

/** The answer to a request for the dashboard; undefined where it is for something else. */
export const dashboardAnswer = ({ page, files }: DashboardFiles, { url, headers }: Request): Response | undefined => {
  const { pathname } = new URL(url);
  const file = files.get(pathname);
  if (file !== undefined) return fileAnswer(file, headers, pathname.startsWith(HASHED));
  const wantsPage = pathname === '/' || (headers.get('accept')?.includes('text/html') === true && !ELSEWHERE.test(pathname));
  return wantsPage ? pageAnswer(page) : undefined;
};

/** Which page of the dashboard it is, is in the path, and for its code to read. */
const pageAnswer = (page: string): Response => {
  const nonce = randomBytes(16).toString('base64');
  return new Response(page.replace('<head>', `<head>\n    <meta name="csp-nonce" content="${nonce}" />`), {
    headers: {
      ...SAFE,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policy(nonce),
    },
  });
};

const fileAnswer = ({ contentType, plain, br, gzip }: DashboardFile, headers: Headers, isHashed: boolean): Response => {
  const [encoding, bytes] = [['br', br] as const, ['gzip', gzip] as const].find(
    ([name, compressed]) => compressed !== undefined && takes(headers, name),
  ) ?? [undefined, plain];
  return new Response(bytes ?? plain, {
    headers: {
      ...SAFE,
      'content-type': contentType,
      'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
  });
};

const takes = (headers: Headers, encoding: string): boolean =>
  (headers.get('accept-encoding') ?? '').split(',').some((item) => {
    const [name = '', weight = 'q=1'] = item.split(';').map((part) => part.trim().toLowerCase());
    return name === encoding && Number(weight.slice('q='.length)) > 0;
  });

/**
 * What somebody stored is shown to whoever is signed in as bytes and nothing more: were it a page, it would be one of this server's,
 * and could do all that its reader can.
 */
export const inert = (answer: Response): Response => {
  const headers = new Headers(answer.headers);
  headers.set('content-security-policy', "default-src 'none'; sandbox");
  headers.set('x-content-type-options', 'nosniff');
  return new Response(answer.body, { status: answer.status, headers });
};
