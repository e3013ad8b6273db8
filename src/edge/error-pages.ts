import { STATUS_CODES } from 'node:http';

/** Everything the edge answers by itself. */
export type Page =
  | 'bad_request'
  | 'unknown_host'
  | 'unknown_worker'
  | 'disabled'
  | 'previews_disabled'
  | 'excluded'
  | 'no_deployment'
  | 'deployed_version_only'
  | 'no_table'
  | 'body_too_large'
  | 'worker_threw'
  | 'worker_hung'
  | 'worker_gone'
  | 'could_not_start'
  | 'keeps_failing'
  | 'crowded'
  | 'asset_not_found'
  | 'asset_read_only'
  | 'asset_unreadable';

interface Words {
  readonly status: number;
  readonly title: string;
  /** For visitors: what happened, and what they can do. Reasons go to the log, under the same ray. */
  readonly sentence: string;
}

export const PAGES = {
  bad_request: { status: 400, title: 'Bad request', sentence: 'This request is not valid HTTP, so it was not passed on.' },
  unknown_host: {
    status: 404,
    title: 'Nothing here',
    sentence:
      'No Worker answers at this address: Workers are told apart by host name. Check it, or the routes and custom domains of the Worker.',
  },
  unknown_worker: {
    status: 404,
    title: 'No such Worker',
    sentence: 'There is no Worker, version or alias of this name. Check the first part of the host name.',
  },
  disabled: {
    status: 404,
    title: 'Not enabled',
    sentence: 'The Worker is not enabled at this address. Its owner can enable it in the Worker’s settings.',
  },
  previews_disabled: {
    status: 404,
    title: 'Version URLs are off',
    sentence: 'The versions of this Worker have no addresses of their own. Its owner can enable preview URLs.',
  },
  excluded: { status: 404, title: 'Nothing here', sentence: 'A route without a Worker covers this address, so no Worker answers.' },
  no_deployment: { status: 404, title: 'Nothing deployed', sentence: 'The Worker exists, but none of its versions is deployed yet.' },
  deployed_version_only: {
    status: 404,
    title: 'No version URLs',
    sentence: 'The versions of this Worker have no addresses of their own: its Durable Objects live in the deployed version alone.',
  },
  no_table: {
    status: 503,
    title: 'Starting',
    sentence: 'This server is starting and does not know its Workers yet. Try again in a few seconds.',
  },
  body_too_large: { status: 413, title: 'Request too large', sentence: 'The body of this request is larger than this server accepts.' },
  worker_threw: {
    status: 500,
    title: 'The Worker failed',
    sentence: 'The Worker threw an exception, or would never have answered. Its owner finds the reason in the Worker’s logs.',
  },
  worker_hung: {
    status: 524,
    title: 'The Worker took too long',
    sentence: 'The Worker did not begin its answer in time. Try again later.',
  },
  worker_gone: {
    status: 502,
    title: 'The Worker stopped',
    sentence: 'The Worker stopped before it answered. It is being restarted; try again.',
  },
  could_not_start: {
    status: 503,
    title: 'The Worker could not start',
    sentence: 'The version of the Worker that should answer does not start. It is tried again shortly.',
  },
  keeps_failing: {
    status: 503,
    title: 'The Worker keeps failing',
    sentence: 'The version of the Worker that should answer keeps failing, so it gets no requests for now. It is tried again shortly.',
  },
  crowded: {
    status: 503,
    title: 'The Worker is busy',
    sentence: 'The Worker has as many requests in hand as it may have at once. Try again in a few seconds.',
  },
  asset_not_found: { status: 404, title: 'Not found', sentence: 'There is no file at this address.' },
  asset_read_only: { status: 405, title: 'Method not allowed', sentence: 'This is a file: it can be read with GET and HEAD only.' },
  asset_unreadable: {
    status: 500,
    title: 'The file could not be read',
    sentence: 'The file exists, but the server cannot read it. Try again later.',
  },
} as const satisfies Record<Page, Words>;

export interface RenderedPage {
  readonly status: number;
  readonly headers: string[];
  readonly body: string;
}

/** A page as the visitor prefers it: HTML, JSON, or else plain text. */
export const renderPage = (page: Page, accept: string | undefined, ray: string, retryAfterS?: number): RenderedPage => {
  const { status, title, sentence } = PAGES[page];
  const form = preferredForm(accept ?? '');
  const body = FORMS[form].render({ page, status, title, sentence, ray });
  const headers = ['Content-Type', FORMS[form].type, 'Content-Length', String(Buffer.byteLength(body))];
  headers.push('Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', 'Vary', 'Accept', 'CF-Ray', ray);
  if (retryAfterS !== undefined) headers.push('Retry-After', String(retryAfterS));
  return { status, headers, body };
};

export const statusText = (status: number): string => STATUS_CODES[status] ?? 'A Timeout Occurred';

type Form = 'html' | 'json' | 'text';
type Told = Words & { readonly page: Page; readonly ray: string };

const FORMS: Record<Form, { readonly type: string; readonly render: (told: Told) => string }> = {
  html: {
    type: 'text/html; charset=utf-8',
    render: ({ status, title, sentence, ray }) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1.5rem}h1{font-size:1.5rem}p:last-child{opacity:.7}</style>
<h1>${title}</h1>
<p>${sentence}</p>
<p>${status} · Ray ID <code>${ray}</code></p>
</html>
`,
  },
  json: {
    type: 'application/json',
    render: ({ page, status, title, sentence, ray }) =>
      `${JSON.stringify({ error: { code: page, status, title, message: sentence, ray } })}\n`,
  },
  text: {
    type: 'text/plain; charset=utf-8',
    render: ({ status, title, sentence, ray }) => `${status} ${title}\n${sentence}\nRay ID: ${ray}\n`,
  },
};

/** The highest quality wins, then what stands first; `*` alone, curl's, is text. */
const preferredForm = (accept: string): Form => {
  let best: Form = 'text';
  let bestQuality = 0;
  for (const range of accept.slice(0, MOST_ACCEPT).split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    const form = formOf(type);
    if (form === undefined || !(quality > bestQuality)) continue;
    best = form;
    bestQuality = quality;
  }
  return best;
};

const MOST_ACCEPT = 1024;

const formOf = (type: string): Form | undefined => {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  return type === 'text/plain' || type === '*/*' || type === 'text/*' ? 'text' : undefined;
};
