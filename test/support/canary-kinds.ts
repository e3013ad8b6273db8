import type { Sink } from './canary-sink.ts';
import { pem } from './certificates.ts';
import { aWorker, MODULE, type WorkerForm } from './worker-form.ts';

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server in use. Everything that it answers is kept, and searched at the end. */
export interface Life {
  /** One request to the control plane; the `result` of its answer, whatever it is. A path without a slash in front is one of the account's. */
  ask(method: string, path: string, sent?: Sent): Promise<unknown>;
  /** One request to a Worker. */
  visit(worker: string, path: string, sent?: Sent): Promise<string>;
  /** The real wrangler, in the Worker's project; the text stands in the project's `.dev.vars` too. */
  wrangler(args: readonly string[], input: string): Promise<void>;
  readonly sink: Sink;
}

/** Tells which of its texts it has without telling them, and logs one that is no secret. */
export const CODE = `
  const digest = async (text) =>
    [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  export default {
    async fetch(request, env, ctx) {
      const { pathname } = new URL(request.url);
      console.log('called at', pathname, 'with', env.DECOY);
      if (pathname === '/throw') throw new TypeError('it went wrong');
      if (pathname === '/later') ctx.waitUntil(Promise.reject(new Error('it went wrong later')));
      const texts = Object.entries(env).filter(([, value]) => typeof value === 'string');
      return Response.json(Object.fromEntries(await Promise.all(texts.map(async ([name, text]) => [name, await digest(text)]))));
    },
  };`;

export const SCRIPT = 'workers/scripts/hello';
const WORKER = 'workers/workers/hello';

/** Whatever may be recorded of the Worker is. */
const OBSERVED = { logpush: true, observability: { enabled: true, head_sampling_rate: 1 } };

const secret = (name: string, text: string) => ({ type: 'secret_text', name, text });
const form = ({ metadata, ...worker }: WorkerForm) => ({
  body: aWorker({ code: CODE, ...worker, metadata: { ...OBSERVED, ...metadata } }),
});
const holding = (...bindings: readonly object[]) => ({ metadata: { bindings, keep_bindings: ['plain_text', 'secret_text'] } });

type Plant = (life: Life, canary: string) => Promise<unknown>;

/** Secrets that a Worker has, by their names there: each comes to it in another way. */
export const KEPT: Readonly<Record<string, Plant>> = {
  BY_UPLOAD: ({ ask }, text) => ask('PUT', SCRIPT, form(holding(secret('BY_UPLOAD', text)))),
  BY_VERSION: ({ ask }, text) => ask('POST', `${SCRIPT}/versions`, form(holding(secret('BY_VERSION', text)))),
  BY_JSON: ({ ask }, text) => {
    const modules = [{ name: 'index.js', content_type: MODULE, content_base64: btoa(CODE) }];
    const bindings = [secret('BY_JSON', text)];
    return ask('POST', `${WORKER}/versions?deploy=true`, { body: { main_module: 'index.js', modules, bindings } });
  },
  BY_SETTINGS: ({ ask }, text) => {
    const kept = ['BY_UPLOAD', 'BY_VERSION', 'BY_JSON'].map((name) => ({ type: 'inherit', name }));
    return ask('PATCH', `${SCRIPT}/settings`, { body: { bindings: [secret('BY_SETTINGS', text), ...kept] } });
  },
  BY_PUT: ({ ask }, text) => ask('PUT', `${SCRIPT}/secrets`, { body: { name: 'BY_PUT', text } }),
  BY_BULK: ({ ask }, text) => ask('PATCH', `${SCRIPT}/secrets-bulk`, { body: { secrets: { BY_BULK: { text }, NEVER: null } } }),
  BY_LATEST: ({ ask }, text) => ask('PATCH', `${WORKER}/versions/latest`, { body: { env: { BY_LATEST: secret('BY_LATEST', text) } } }),
  BY_WRANGLER: ({ wrangler }, text) => wrangler(['versions', 'secret', 'put', 'BY_WRANGLER'], text),
};

/** A Logpush job that is tried, stored, and used: by its settings as soon as anything happens. */
const pushing = ({ ask }: Life, name: string, destination_conf: string): Promise<unknown> => {
  const output_options = { field_names: ['Event', 'Outcome', 'Exceptions', 'Logs', 'ScriptName', 'ScriptVersion'] };
  return ask('POST', 'logpush/jobs', { body: { name, dataset: 'workers_trace_events', enabled: true, destination_conf, output_options } });
};

/** What lets Logpush into its destinations. */
export const OF_LOGPUSH: Readonly<Record<string, Plant>> = {
  'a header for a destination': (life, text) => pushing(life, 'header', `${life.sink.url}/logs?header_Authorization=Bearer%20${text}`),
  'the address of a webhook': (life, text) => pushing(life, 'webhook', `${life.sink.url}/hooks/${text}`),
  'the key of a bucket': (life, text) =>
    pushing(life, 'bucket', `s3://logs/a?region=x&access-key-id=a&secret-access-key=${text}&endpoint=${life.sink.url}`),
  'the id of a key of a bucket': (life, text) =>
    pushing(life, 'key', `s3://logs/b?region=x&access-key-id=${text}&secret-access-key=s&session-token=${text}&endpoint=${life.sink.url}`),
  'a header that its destination repeats': (life, text) =>
    pushing(life, 'repeats', `${life.sink.url}/refuse?header_Authorization=Bearer%20${text}&token=${text}`),
  'a header for a destination that is not offered': (life, text) =>
    pushing(life, 'none', `gopher://example.com/?header_Authorization=${text}`),
  'a destination of wrong syntax': (life, text) => pushing(life, 'wrong', `https://user:${text}@example.com/logs`),
  'a parameter that is none': (life, text) => pushing(life, 'parameter', `s3://logs/c?region=x&acces-key=${text}`),
  'a header beside options that are none': async ({ ask, sink }, text) =>
    ask('POST', 'logpush/jobs', {
      body: { dataset: 'none', destination_conf: `${sink.url}/?header_Authorization=${text}`, filter: `{"${text}`, logpull_options: text },
    }),
};

/** A line of a key tells it from all others. */
const lineOf = (key: string): string => pem(key).split('\n')[1] ?? '';
const certificate = (key: string) => ({ body: { ca: false, certificates: pem('ec.pem'), private_key: key } });

/** Secrets that the product makes itself, or that look like what they are: each answers what to look for. */
export const MADE: Readonly<Record<string, (life: Life) => Promise<string>>> = {
  'an API token': async ({ ask }) => {
    const { id, value } = (await ask('POST', 'tokens', { body: { name: 'ci' } })) as { id: string; value: string };
    const headers = { authorization: `Bearer ${value}` };
    await ask('GET', '/client/v4/user', { headers });
    await ask('DELETE', `tokens/${id}`, { headers });
    await ask('GET', '/client/v4/user', { headers });
    return value;
  },
  'the key of a certificate': async ({ ask }) => {
    const { id } = (await ask('POST', 'mtls_certificates', certificate(pem('ec.key')))) as { id: string };
    await ask('PUT', SCRIPT, form(holding({ type: 'mtls_certificate', name: 'CERT', certificate_id: id })));
    return lineOf('ec.key');
  },
  'the address of a tail': async ({ ask, sink }) => {
    const { url } = (await ask('POST', `${SCRIPT}/tails`, { body: { filters: [] } })) as { url: string };
    await sink.watch(url);
    return new URL(url).pathname.split('/').at(-1) ?? '';
  },
  'a key of another certificate': async ({ ask }) => {
    await ask('POST', 'mtls_certificates', certificate(pem('rsa.key')));
    return lineOf('rsa.key');
  },
};

const NO_START = `throw new Error('it does not start');`;
const bearing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const asVisitor = (text: string) => ({
  headers: { authorization: `Bearer ${text}`, cookie: `session=${text}`, 'x-api-key': text },
  body: text,
});

/** Secrets that are refused, or only ever pass by. */
export const PASSING: Readonly<Record<string, Plant>> = {
  'a variable of local development': ({ wrangler }, text) => wrangler(['versions', 'upload'], text),
  'a secret of an upload that does not start': ({ ask }, text) =>
    ask('PUT', SCRIPT, form({ code: NO_START, ...holding(secret('A', text)) })),
  'a secret of a version that does not start': ({ ask }, text) =>
    ask('POST', `${SCRIPT}/versions`, form({ code: NO_START, ...holding(secret('A', text)) })),
  'a secret beside a binding that is not offered': ({ ask }, text) =>
    ask('PUT', SCRIPT, form(holding(secret('A', text), { type: 'ai', name: 'AI', token: text }))),
  'a secret with a NUL': ({ ask }, text) => ask('PUT', `${SCRIPT}/secrets`, { body: { name: 'BAD', text: `${text}\0` } }),
  'a secret under a bad name': ({ ask }, text) => ask('PATCH', `${SCRIPT}/secrets-bulk`, { body: { secrets: { 'B D': { text } } } }),
  'a secret of a wrong shape': ({ ask }, text) => ask('PUT', `${SCRIPT}/secrets`, { body: { name: { text }, text: [text], type: text } }),
  'a secret in JSON that is cut off': ({ ask }, text) => ask('PUT', `${SCRIPT}/secrets`, { body: `{"name":"KEY","text":"${text}` }),
  'a secret in JSON without its quotes': ({ ask }, text) => ask('PUT', `${SCRIPT}/secrets`, { body: `{"name":"KEY","text":${text}}` }),
  'a secret in metadata that is no JSON': ({ ask }, text) => {
    const body = new FormData();
    body.set('metadata', `{"main_module":"index.js","bindings":[{"type":"secret_text","text":${text}`);
    return ask('PUT', SCRIPT, { body });
  },
  'a secret for nobody': ({ ask }, text) => ask('PUT', 'workers/scripts/nobody/secrets', { body: { name: 'KEY', text } }),
  'a secret on a path that is none': ({ ask }, text) => ask('POST', `${SCRIPT}/sekrets`, { body: { name: 'KEY', text } }),
  'a key that is none': ({ ask }, text) =>
    ask('POST', 'mtls_certificates', certificate(`-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`)),
  'a token that is none': ({ ask }, text) => ask('PUT', `${SCRIPT}/secrets`, { ...bearing(text), body: { name: 'KEY', text } }),
  'a password': ({ ask }, text) => ask('GET', '/client/v4/user', { headers: { authorization: `Basic ${btoa(`ada:${text}`)}` } }),
  'a key of the old kind': ({ ask }, text) => ask('GET', '/client/v4/user', { headers: { authorization: '', 'x-auth-key': text } }),
  'the token of an edge that is none': ({ ask }, text) => ask('GET', '/edge/v1/feed', bearing(text)),
  'the token of an upload that is none': ({ ask }, text) =>
    ask('POST', 'workers/assets/upload?base64=true', { ...bearing(text), body: text }),
  'what a visitor shows to a Worker that throws': ({ visit }, text) => visit('hello', '/throw', asVisitor(text)),
  'what a visitor shows where nobody is': ({ visit }, text) => visit('nobody', '/', asVisitor(text)),
};
