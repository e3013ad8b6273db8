import type { RequestBody } from '../../support/api.ts';
import { aWorker, MODULE, saying } from '../../support/worker-form.ts';
import { binding, metadata, uploading, type BadInput, type World } from './world.ts';

const BOUNDARY = 'x-boundary';
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

/** A form written by hand, because clients' own would never send it. */
const parts = (...written: readonly string[]): string =>
  `${written.map((part) => `--${BOUNDARY}\r\n${part}\r\n`).join('')}--${BOUNDARY}--\r\n`;
const part = (name: string, content: string, type = MODULE, filename = name): string =>
  `Content-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n${content}`;
const field = (name: string, content: string): string => `Content-Disposition: form-data; name="${name}"\r\n\r\n${content}`;
const METADATA = field('metadata', '{"main_module":"index.js"}');

const written = (body: string) => uploading(() => body, MULTIPART);
const withModule = (name: string, type?: string) => written(parts(METADATA, part('index.js', saying('a')), part(name, '', type)));

const script =
  (form: () => RequestBody, headers: Readonly<Record<string, string>> = {}) =>
  ({ api }: World) =>
    api.response('putScript', { script_name: 'hello' }, { body: form(), headers });

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ type: 'plain_text', name: `N${index}`, text: '' }));

const rateLimit = (wrong: Readonly<Record<string, unknown>>) => ({
  type: 'ratelimit',
  name: 'LIMITER',
  namespace_id: '1',
  simple: { limit: 1, period: 10 },
  ...wrong,
});

export const badForms: readonly BadInput[] = [
  { what: 'no body', send: uploading(() => '', MULTIPART) },
  { what: 'a body that is no form', send: uploading(() => '{}', { 'content-type': 'application/json' }) },
  { what: 'a form without a boundary', send: uploading(() => parts(METADATA), { 'content-type': 'multipart/form-data' }) },
  { what: 'a form whose boundary is not in its body', send: written('hello') },
  { what: 'a form that breaks off', send: written(parts(METADATA, part('index.js', saying('a'))).slice(0, -20)) },
  { what: 'a part without a header', send: written(`--${BOUNDARY}\r\n\r\nhello\r\n--${BOUNDARY}--\r\n`) },
  { what: 'no metadata', send: written(parts(part('index.js', saying('a')))) },
  { what: 'metadata that is not JSON', send: written(parts(field('metadata', '{main_module}'), part('index.js', saying('a')))) },
  { what: 'metadata that is a list', send: written(parts(field('metadata', '[]'), part('index.js', saying('a')))) },
  { what: 'metadata of more than a megabyte', send: written(parts(field('metadata', `{"main_module":"${'m'.repeat(1_100_000)}"}`))) },
  { what: 'metadata nested too deeply', send: binding({ type: 'json', name: 'A', json: JSON.parse(nested(2_000)) }) },
  { what: 'no main module in the metadata', send: metadata({ main_module: undefined }) },
  { what: 'a main module that was not uploaded', send: metadata({ main_module: 'main.js' }) },
  { what: 'a module uploaded twice', send: withModule('./index.js') },
  { what: 'a module name that leaves the folder', send: withModule('../../etc/passwd') },
  { what: 'a main module that leaves the folder', send: metadata({ main_module: '../index.js' }) },
  { what: 'a module name that is absolute', send: withModule('/etc/passwd') },
  { what: 'a module name with backslashes', send: withModule('..\\\\secrets.txt') },
  { what: 'a module name with a control character', send: withModule('a\u0001.js') },
  { what: 'a module name of 600 bytes', send: withModule('n'.repeat(600)) },
  { what: 'an empty module name', send: withModule('./') },
  { what: 'a module of an unknown type', send: withModule('a.css', 'text/css') },
  { what: 'a Python module', send: withModule('a.py', 'text/x-python') },
  { what: 'too many parts', send: written(parts(...Array.from({ length: 2_001 }, (_, index) => field(`n${index}`, '')))) },
  { what: 'an upload over the limit', send: uploading(() => aWorker({ code: `//${' '.repeat(3_000_000)}` })) },
  { what: 'a service worker as a version', send: metadata({ main_module: undefined, body_part: 'index.js' }) },
  {
    what: 'a service worker of two scripts',
    send: script(
      () =>
        parts(
          field('metadata', '{"body_part":"a.js"}'),
          part('a.js', 'addEventListener("fetch", () => {})', 'application/javascript'),
          part('b.js', '', 'application/javascript'),
        ),
      MULTIPART,
    ),
  },
  {
    what: 'a first upload by versions upload',
    send: ({ api }) => api.response('createVersion', { script_name: 'nobody' }, { body: aWorker() }),
  },
  {
    what: 'content without metadata',
    send: ({ api }) => api.response('putContent', { script_name: 'hello' }, { body: parts(), headers: MULTIPART }),
  },
];

export const badMetadata: readonly BadInput[] = [
  { what: 'a tag of 101 bytes', send: metadata({ annotations: { 'workers/tag': 't'.repeat(101) } }) },
  { what: 'a tag of 34 characters and 102 bytes', send: metadata({ annotations: { 'workers/tag': '✓'.repeat(34) } }) },
  { what: 'a message of 1001 bytes', send: metadata({ annotations: { 'workers/message': 'm'.repeat(1001) } }) },
  { what: 'an alias with capitals', send: metadata({ annotations: { 'workers/alias': 'Blue' } }) },
  { what: 'an alias too long for a host', send: metadata({ annotations: { 'workers/alias': 'a'.repeat(60) } }) },
  { what: 'a main module that is a number', send: metadata({ main_module: 7 }) },
  { what: 'a usage model that does not exist', send: metadata({ usage_model: 'free' }) },
  { what: 'a CPU limit below zero', send: metadata({ limits: { cpu_ms: -1 } }) },
  { what: 'migrations', send: metadata({ migrations: { new_tag: 'v1', new_sqlite_classes: ['A'] } }) },
  { what: 'declared exports', send: metadata({ exports: { A: { type: 'durable-object', storage: 'sqlite' } } }) },
  { what: 'tail consumers', send: metadata({ tail_consumers: [{ service: 'other' }] }) },
  { what: 'streaming tail consumers', send: metadata({ streaming_tail_consumers: [{ service: 'other' }] }) },
  { what: 'containers', send: metadata({ containers: [{ class_name: 'A' }] }) },
  { what: 'a binding of a type that is not offered', send: binding({ type: 'hyperdrive', name: 'SQL', id: 'x' }) },
  { what: 'a binding to a namespace that is not there', send: binding({ type: 'kv_namespace', name: 'KV', namespace_id: 'x' }) },
  { what: 'a binding of a type that does not exist', send: binding({ type: 'teapot', name: 'TEA' }) },
  { what: 'a binding without a type', send: binding({ name: 'A', text: 'a' }) },
  { what: 'a text binding without its text', send: binding({ type: 'plain_text', name: 'A' }) },
  { what: 'a text binding whose text is a number', send: binding({ type: 'plain_text', name: 'A', text: 1 }) },
  { what: 'two bindings of one name', send: binding({ type: 'plain_text', name: 'A', text: '' }, { type: 'json', name: 'A', json: 1 }) },
  { what: 'a binding without a name', send: binding({ type: 'plain_text', name: '', text: '' }) },
  { what: 'a binding name with a space', send: binding({ type: 'plain_text', name: 'A B', text: '' }) },
  { what: 'a rate limit of no namespace', send: binding(rateLimit({ namespace_id: 'mine' })) },
  { what: 'a rate limit of nothing', send: binding(rateLimit({ simple: { limit: 0, period: 60 } })) },
  { what: 'a rate limit with another period', send: binding(rateLimit({ simple: { limit: 1, period: 30 } })) },
  { what: 'a rate limit with a penalty', send: binding(rateLimit({ simple: { limit: 1, period: 10, mitigation_timeout: 60 } })) },
  { what: 'a binding to a certificate that is not there', send: binding({ type: 'mtls_certificate', name: 'CERT', certificate_id: 'x' }) },
  { what: 'bindings that inherit from nothing', send: binding({ type: 'inherit', name: 'A' }, { type: 'inherit', name: 'B' }) },
  { what: 'more bindings than are allowed', send: binding(...many(513)) },
  { what: 'a blob binding whose part was not uploaded', send: binding({ type: 'text_blob', name: 'A', part: 'note.txt' }) },
  { what: 'a secret binding without a text or a predecessor', send: binding({ type: 'secret_text', name: 'KEY' }) },
];
