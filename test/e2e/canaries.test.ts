/** Secrets of every kind go through a whole life of a server; then everything that can be read of it is searched for them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { endpoints, ownEndpoints, type Endpoint } from '../../src/contract/index.ts';
import { aCanary, filesBelow, foundIn, processesBelow, type Places } from '../support/canaries.ts';
import { CODE, KEPT, MADE, OF_LOGPUSH, PASSING, SCRIPT, type Life } from '../support/canary-kinds.ts';
import { aSink } from '../support/canary-sink.ts';
import { makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aWorker } from '../support/worker-form.ts';

const folder = mkdtempSync(join(tmpdir(), 'sb-e2e-'));
const EDGE_TOKEN = aCanary();
// The runtime's private folder is below the temporary one. At this level everything is logged that ever can be.
const options = {
  folder,
  args: ['--allow-private-destinations'],
  env: { TMPDIR: folder, SWITCHBACK_LOG_LEVEL: 'trace', SWITCHBACK_EDGE_TOKEN: EDGE_TOKEN },
};
let server = await startServer(options);
const sink = await aSink();
after(async () => {
  sink[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

/** What is no secret: whoever does not find this looks in the wrong places. */
const DECOY = aCanary();
const canaries = new Map<string, string>([['the token of the edges', EDGE_TOKEN]]);
/** All that was answered, printed, and to be seen of processes. */
const seen = new Map<string, Buffer>();

const lookAt = (log: string): void => {
  for (const [place, bytes] of processesBelow(server.started.pid)) seen.set(place, bytes);
  seen.set(log, Buffer.from(server.output));
};

const keep = (name: string, head: object, body: string): void => {
  seen.set(`answer ${seen.size} to ${name}`, Buffer.from(`${JSON.stringify(head)}\n${body}`));
};

/** An answer that never ends tells enough in this time. */
const STREAMED_MS = 3_000;

const read = async (response: Response): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
  }
  return text;
};

const life: Life = {
  sink,
  ask: async (method, path, { body, headers } = {}) => {
    const { baseUrl, accountId, token } = server.connection;
    const url = path.startsWith('/') ? new URL(path, baseUrl).href : `${baseUrl}/accounts/${accountId}/${path}`;
    const asText = typeof body === 'string' || body instanceof FormData || body === undefined ? body : JSON.stringify(body);
    const signal = method === 'GET' ? AbortSignal.timeout(STREAMED_MS) : null;
    const init = {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal,
      ...(asText === undefined ? {} : { body: asText }),
    };
    const response = await fetch(url, init);
    const text = await read(response);
    keep(`${method} ${path}`, [response.status, ...response.headers], text);
    return response.headers.get('content-type')?.startsWith('application/json') === true
      ? (JSON.parse(text) as { result?: unknown }).result
      : text;
  },
  visit: async (worker, path, { body = '', headers = {} } = {}) => {
    const method = body === '' ? 'GET' : 'POST';
    const asked = {
      url: `${server.edgeUrl}${path}`,
      method,
      headers: { ...headers, host: server.host(worker) },
      body: Buffer.from(String(body)),
    };
    const answer = await send(asked);
    keep(`a visit of ${worker}${path}`, [answer.status, answer.headers], answer.body.toString());
    return answer.body.toString();
  },
  wrangler: async (args, input) => {
    const project = makeProject({ dir: server.projectFolder('hello'), name: 'hello', code: CODE, config: { vars: { DECOY } } });
    writeFileSync(join(project, '.dev.vars'), `LOCAL=${input}\n`);
    const { combined } = succeeded(await server.client('4.164', args, { project, input }));
    keep(`wrangler ${args.join(' ')}`, [], combined);
  },
};

const versionsOf = async () =>
  ((await life.ask('GET', `${SCRIPT}/versions?per_page=100`)) as { items: readonly { id: string }[] }).items.map(({ id }) => id);
const deploy = (shares: readonly (readonly [id: string | undefined, percentage: number])[], query = '') =>
  life.ask('POST', `${SCRIPT}/deployments${query}`, {
    body: { strategy: 'percentage', versions: shares.map(([version_id, percentage]) => ({ version_id, percentage })) },
  });

const digestOf = (text = ''): string => createHash('sha256').update(text).digest('hex');
/** What the Worker says it has, beside what is no secret. */
const arrived = async (): Promise<Readonly<Record<string, string>>> => {
  const { DECOY: _, ...texts } = JSON.parse(await life.visit('hello', '/')) as Record<string, string>;
  return texts;
};
const expected = () => Object.fromEntries(Object.keys(KEPT).map((name) => [name, digestOf(canaries.get(name))]));

/** What is observed tells of the visitor who showed a secret, and of what is none. */
const isTold = (texts: readonly string[]): boolean =>
  ['/throw', 'it went wrong', DECOY].every((wanted) => texts.some((text) => text.includes(wanted)));

/** Each call that only reads, with the ids that exist put in: a new one is read by itself. */
const readEverything = async (): Promise<void> => {
  const [version_id = ''] = await versionsOf();
  const { deployments } = (await life.ask('GET', `${SCRIPT}/deployments`)) as { deployments: readonly { id: string }[] };
  const [held] = (await life.ask('GET', 'mtls_certificates')) as readonly { id: string }[];
  const invocations = () => life.ask('GET', '/switchback/v1/workers/hello/invocations?search=called');
  const ray = await until('an invocation that is kept', async () => /"id":"(\w+-SB)"/.exec(JSON.stringify(await invocations()))?.[1]);
  const ids: Readonly<Record<string, string | undefined>> = {
    account_id: server.connection.accountId,
    script_name: 'hello',
    worker: 'hello',
    name: 'hello',
    environment: 'production',
    version_id,
    deployment_id: deployments[0]?.id,
    certificate_id: held?.id,
    secret_name: 'BY_PUT',
    job_id: '1',
    ray,
    dataset_id: 'workers_trace_events',
  };
  const pathOf = (base: string, { path }: Endpoint) => base + path.replaceAll(/:(\w+)/g, (_, param: string) => ids[param] ?? 'x');
  const reads = [
    ...Object.values<Endpoint>(endpoints).map((endpoint) => [pathOf('/client/v4', endpoint), endpoint.method]),
    ...Object.values<Endpoint>(ownEndpoints).map((endpoint) => [pathOf('/switchback/v1', endpoint), endpoint.method]),
    ...['/', '/openapi.json', '/healthz', '/readyz', '/metrics', '/nowhere'].map((path) => [path, 'GET']),
  ];
  for (const [path = '', method] of reads) if (method === 'GET') await life.ask('GET', path);
  await life.ask('GET', `/client/v4/accounts/${ids['account_id']}/${SCRIPT}/deployments/preflight?versions=${version_id}`);
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const response = await fetch(`${server.started.edge_admin_url}${path}`);
    keep(`the edge's ${path}`, [response.status], await response.text());
  }
};

test('[S-1] every kind of secret comes in, and those that a Worker has reach it', async () => {
  const bindings = [{ type: 'plain_text', name: 'DECOY', text: DECOY }];
  await life.ask('PUT', SCRIPT, { body: aWorker({ code: CODE, metadata: { bindings } }) });
  await life.ask('POST', `${SCRIPT}/subdomain`, { body: { enabled: true, previews_enabled: true } });
  for (const [kind, plant] of Object.entries(KEPT)) {
    canaries.set(kind, aCanary());
    await plant(life, canaries.get(kind) ?? '');
  }
  const [newest] = await versionsOf();
  await deploy([[newest, 100]]);
  assert.deepEqual(await arrived(), expected());
  for (const [kind, make] of Object.entries(MADE)) canaries.set(kind, await make(life));
  for (const [kind, plant] of Object.entries({ ...OF_LOGPUSH, ...PASSING })) {
    canaries.set(kind, aCanary());
    await plant(life, canaries.get(kind) ?? '');
  }
  assert.deepEqual(await arrived(), expected());
});

test('[S-1] a split, a change within it, a rollback, errors, crashes and a start after a power cut pass', async () => {
  const [newest, before, ...earlier] = await versionsOf();
  await deploy([
    [newest, 50],
    [before, 50],
  ]);
  canaries.set('a value that was replaced', canaries.get('BY_PUT') ?? '');
  canaries.set('BY_PUT', aCanary());
  await life.ask('PUT', `${SCRIPT}/secrets`, { body: { name: 'BY_PUT', text: canaries.get('BY_PUT') } });
  await life.ask('DELETE', `${SCRIPT}/secrets/BY_BULK`);
  const serving = (await versionsOf())[0];
  const { BY_BULK: _, ...left } = expected();
  await deploy([[newest, 100]]);
  assert.deepEqual(await arrived(), left, 'a rollback to values that were replaced is refused');
  await deploy([[newest, 100]], '?force=true');
  assert.deepEqual(await arrived(), { ...expected(), BY_PUT: digestOf(canaries.get('a value that was replaced')) });
  await deploy([[earlier.at(-1), 100]]);
  assert.deepEqual(await arrived(), {}, 'the first version had no secret');
  await deploy([[serving, 100]]);
  assert.deepEqual(await arrived(), left);
  for (const path of ['/throw', '/later']) await life.visit('hello', path);
  await until('a tail to tell of it', () => isTold(sink.tailed));
  for (const pid of server.runtimes()) process.kill(pid, 'SIGKILL');
  await until('a process again', async () => (await life.visit('hello', '/')).startsWith('{'));
  await readEverything();
  lookAt('log before the power cut');
  await server.killAll();
  server = await startServer(options);
  assert.deepEqual(await arrived(), left);
});

test('[S-1] a secret stands in no answer, log, audit row, error page, routing table, file or list of processes', async () => {
  await readEverything();
  await life.ask('GET', '/edge/v1/feed?edge=reader', { headers: { authorization: `Bearer ${EDGE_TOKEN}` } });
  for (const command of [['audit', '--limit', '1000'], ['audit', '--json'], ['status'], ['status', 'hello']])
    keep(command.join(' '), [], succeeded(await server.cli([...command, '--data', server.data])).combined);
  lookAt('log after it');
  await until('Logpush to tell of it', () => isTold(sink.pushed), 60_000);
  seen.set('what Logpush sent', Buffer.from(sink.pushed.join('\n')));
  seen.set('a tail', Buffer.from(sink.tailed.join('\n')));
  // What clients keep is theirs.
  const places: Places = new Map([...seen, ...filesBelow(folder, ['projects', 'home'])]);
  const decoys = foundIn(places, new Map([['decoy', DECOY]]));
  for (const where of [
    'log before the power cut',
    'log after it',
    join('data', 'switchback.db'),
    '/settings',
    'what Logpush sent',
    'a tail',
    '/invocations?',
    '/invocations/',
  ])
    assert.ok(
      decoys.some((found) => found.includes(where)),
      `what is no secret is found in ${where}`,
    );

  canaries.set('the token of the operator', server.connection.token);
  const found = foundIn(places, canaries).map((each) => each.replace(/answer \d+/, 'answer').replace(server.connection.accountId, '~'));
  assert.deepEqual(found, [
    'an API token: answer to POST tokens',
    `the address of a tail: answer to POST ${SCRIPT}/tails`,
    `the address of a tail: answer to GET /client/v4/accounts/~/${SCRIPT}/tails`,
    `the token of the operator: ${join('data', 'credentials')}`,
  ]);
});
