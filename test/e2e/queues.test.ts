/** Queues as people use them: by the real wrangler and the official SDK, and from Workers through their bindings and handlers. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { allOf, sdkFor } from '../support/sdk.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'queues');

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

const attempt = (project: string, ...args: readonly string[]) => server.client('4.164', args, { project, isCi: true });
const wrangler = async (project: string, ...args: readonly string[]) => succeeded(await attempt(project, ...args)).combined;
const ask = async (name: string, method: string, path: string, body = '') => {
  const url = `${server.edgeUrl}${path}`;
  const answer = await send({ url, method, headers: { host: server.host(name) }, body: Buffer.from(body) });
  return { status: answer.status, text: answer.body.toString() };
};
const backlog = async (queue: string) =>
  ((await server.api('GET', `queues/${queue}/metrics`)) as { readonly backlog_count: number }).backlog_count;
const isEmpty = (queue: string) => until(`nothing to wait in ${queue}`, async () => (await backlog(queue)) === 0);

/** `POST /` sends each line of its body; `queue()` writes down what it got, after doing what the message says. `GET /` answers it all. */
const WORKER = `
const retried = { retry: (m) => m.retry(), later: (m) => m.retry({ delaySeconds: 2 }) };
export default {
  async fetch(request, { QUEUE, SEEN }) {
    if (request.method === 'POST') {
      const lines = (await request.text()).split('\\n');
      await QUEUE.sendBatch(lines.map((body) => ({ body, contentType: 'text' })));
      return new Response('sent');
    }
    const seen = [];
    for (let cursor; ;) {
      const page = await SEEN.list({ cursor });
      seen.push(...page.keys.map(({ metadata }) => metadata));
      if (page.list_complete) return Response.json(seen);
      cursor = page.cursor;
    }
  },
  async queue(batch, { SEEN, META }) {
    const now = Date.now();
    for (const m of batch.messages) {
      const metadata = { body: m.body, attempts: m.attempts, now, size: batch.messages.length, queue: batch.queue, version: META.id };
      await SEEN.put(m.id + m.attempts + batch.queue, '', { metadata });
      retried[m.body.split(' ')[0]]?.(m);
      if (m.body === 'ack') m.ack();
    }
    if (batch.messages.some(({ body }) => body === 'throw')) throw new Error('as asked');
  },
};`;

interface Seen {
  readonly body: string;
  readonly attempts: number;
  readonly now: number;
  readonly size: number;
  readonly queue: string;
  readonly version: string;
}

const seenBy = async (name: string) => JSON.parse((await ask(name, 'GET', '/')).text) as readonly Seen[];
const attemptsAt = (seen: readonly Seen[], body: string) => seen.filter((each) => each.body === body).map(({ attempts }) => attempts);

/** A project of that Worker, which consumes the queue of its name; the queue is there. */
const aProject = async (name: string, consumer: Readonly<Record<string, unknown>> = {}) => {
  const { queue_id: id } = (await server.api('POST', 'queues', { queue_name: name })) as { queue_id: string };
  const { id: seen } = (await server.api('POST', 'storage/kv/namespaces', { title: name })) as { id: string };
  const config = {
    kv_namespaces: [{ binding: 'SEEN', id: seen }],
    version_metadata: { binding: 'META' },
    queues: {
      producers: [{ binding: 'QUEUE', queue: name }],
      consumers: [{ queue: name, max_batch_timeout: 0, max_retries: 1, ...consumer }],
    },
  };
  const project = makeProject({ dir: server.projectFolder(name), name, code: WORKER, config, format: 'jsonc' });
  return { project, id };
};

test('every command of wrangler on queues and their consumers does what it says', async () => {
  const project = makeProject({ dir: server.projectFolder('deaf'), name: 'deaf', code: 'export default { fetch() {}, queue() {} };' });
  await wrangler(project, 'deploy');
  const run = (...args: readonly string[]) => wrangler(project, 'queues', ...args);
  assert.match(
    await run('create', 'first', '--delivery-delay-secs', '5', '--message-retention-period-secs', '600'),
    /Created queue 'first'/,
  );
  assert.match(refused(await attempt(project, 'queues', 'create', 'first')).combined, /exists already.*11009/s);
  await run('create', 'dead');
  assert.match(await run('list'), /first.*0.*0/s);
  await run('update', 'first', '--delivery-delay-secs', '7');
  await run('pause-delivery', 'first');
  const [queue] = (await server.api('GET', 'queues?name=first')) as { readonly queue_id: string; readonly settings: object }[];
  assert.deepEqual(queue?.settings, { delivery_delay: 7, delivery_paused: true, message_retention_period: 600 });
  await run('resume-delivery', 'first');

  await run('consumer', 'add', 'first', 'deaf', '--batch-size', '7', '--batch-timeout', '1', '--dead-letter-queue', 'dead');
  assert.match(refused(await attempt(project, 'queues', 'consumer', 'add', 'first', 'deaf')).combined, /has a consumer already.*11004/s);
  assert.match(await run('consumer', 'list', 'first'), /deaf.*dead.*7/s);
  assert.match(await run('info', 'first'), /Number of Consumers: 1[^]*worker:deaf/);
  assert.match(refused(await attempt(project, 'queues', 'delete', 'first')).combined, /in use.*deaf consumes it/s);
  assert.match(refused(await attempt(project, 'queues', 'consumer', 'http', 'add', 'dead')).combined, /does not offer HTTP pull consumers/);
  await run('consumer', 'remove', 'first', 'deaf');
  await server.api('POST', `queues/${queue?.queue_id}/messages`, { body: 'x' });
  await run('purge', 'first', '--force');
  assert.equal(await backlog('first'), 0);
  await run('delete', 'first');
  await run('delete', 'dead');
  assert.doesNotMatch(await run('list'), /first|dead/);
});

test('the official SDK makes a queue, sends to it, gives it a consumer and deletes it', async () => {
  const { project, id } = await aProject('by-sdk');
  await wrangler(project, 'deploy');
  const sdk = sdkFor(server.connection);
  const account = { account_id: server.connection.accountId };
  const { queue_id } = (await sdk('queues.create', { ...account, queue_name: 'sdk' })) as { queue_id: string };
  const listed = (await allOf(sdk('queues.list', account))) as readonly { queue_name: string }[];
  assert.deepEqual(
    listed.map(({ queue_name }) => queue_name).filter((name) => name.includes('sdk')),
    ['by-sdk', 'sdk'],
  );
  const changed = (await sdk('queues.edit', queue_id, { ...account, settings: { delivery_delay: 60 } })) as { settings: object };
  assert.deepEqual(changed.settings, { delivery_delay: 60, delivery_paused: false, message_retention_period: 345_600 });
  await sdk('queues.messages.push', queue_id, { ...account, body: 'one', content_type: 'text' });
  await sdk('queues.messages.bulkPush', queue_id, { ...account, messages: [{ body: { a: 1 }, content_type: 'json' }] });
  assert.equal(((await sdk('queues.getMetrics', queue_id, account)) as { backlog_count: number }).backlog_count, 2);
  await sdk('queues.purge.start', queue_id, { ...account, delete_messages_permanently: true });
  assert.equal(((await sdk('queues.purge.status', queue_id, account)) as { completed: string }).completed, 'true');
  const wanted = { ...account, type: 'worker', script_name: 'by-sdk' };
  const { consumer_id } = (await sdk('queues.consumers.create', queue_id, wanted)) as { consumer_id: string };
  const within = { ...account, queue_id };
  await sdk('queues.consumers.update', consumer_id, { ...wanted, queue_id, settings: { batch_size: 3 } });
  assert.equal(((await sdk('queues.consumers.get', consumer_id, within)) as { settings: { batch_size: number } }).settings.batch_size, 3);
  await sdk('queues.consumers.delete', consumer_id, within);
  await sdk('queues.delete', queue_id, account);
  // What is pushed over the API reaches the Worker.
  await sdk('queues.messages.push', id, { ...account, body: 'from outside', content_type: 'text' });
  await until('the message', async () => (await seenBy('by-sdk')).some(({ body }) => body === 'from outside'));
});

/** Each answer is what one call of the binding gave, or the words of its refusal. */
const PROBE = `
const tried = async (work) => { try { return await work(); } catch (error) { return String(error); } };
export default {
  async fetch(request, { QUEUE, SEEN }) {
    if (request.method === 'GET') return Response.json(await Promise.all((await SEEN.list()).keys.map(({ name }) => SEEN.get(name, 'json'))));
    await QUEUE.send('text', { contentType: 'text' });
    await QUEUE.send(new Uint8Array([0, 255]), { contentType: 'bytes' });
    await QUEUE.send({ a: [1, 'é'] });
    await QUEUE.send(new Map([['k', new Date(0)]]), { contentType: 'v8' });
    await QUEUE.sendBatch([{ body: 'batch 1' }, { body: 'batch 2', contentType: 'text' }]);
    return Response.json({
      large: await tried(() => QUEUE.send('x'.repeat(128001), { contentType: 'text' })),
      largest: typeof await tried(() => QUEUE.send('x'.repeat(128000), { contentType: 'text' })),
      heavy: await tried(() => QUEUE.sendBatch([1, 2, 3].map(() => ({ body: 'x'.repeat(100000), contentType: 'text' })))),
      many: await tried(() => QUEUE.sendBatch(Array.from({ length: 101 }, () => ({ body: 1 })))),
      late: await tried(() => QUEUE.send(1, { delaySeconds: 86401 })),
      waiting: (await QUEUE.metrics()).backlogCount >= 0,
    });
  },
  async queue({ queue, messages, metadata }, { SEEN }) {
    for (const { id, body, timestamp, attempts } of messages) {
      const shown = body instanceof Uint8Array || body instanceof ArrayBuffer ? [...new Uint8Array(body)] : body instanceof Map ? [...body] : body;
      const size = typeof shown === 'string' && shown.length > 100 ? shown.length : shown;
      const recent = Math.abs(Date.now() - timestamp) < 60000;
      await SEEN.put(id, JSON.stringify({ body: size, queue, recent, attempts, hasMetrics: metadata?.metrics?.backlogCount > 0 }));
    }
  },
};`;

test('a binding sends what it sends at Cloudflare, with the same limits, and the handler gets it as it was', async () => {
  const { project } = await aProject('probe');
  const config = { kv_namespaces: [{ binding: 'SEEN', id: await namespaceOf('probe') }], ...PROBE_QUEUES };
  makeProject({ dir: project, name: 'probe', code: PROBE, config: { ...config, compatibility_date: '2026-11-01' }, format: 'jsonc' });
  await wrangler(project, 'deploy');
  const answered = JSON.parse((await ask('probe', 'POST', '/')).text) as Record<string, unknown>;
  assert.deepEqual(answered, {
    large: 'Error: message length of 128001 bytes exceeds limit of 128000 (100380)',
    largest: 'object',
    heavy: 'Error: batch size of 300000 bytes exceeds limit of 256000 (100380)',
    many: 'Error: batch message count of 101 exceeds limit of 100 (100380)',
    late: 'Error: a delay must be from 0 to 86400 seconds (100380)',
    waiting: true,
  });
  await isEmpty('probe');
  const seen = JSON.parse((await ask('probe', 'GET', '/')).text) as { readonly body: unknown }[];
  const bodies = ['text', [0, 255], { a: [1, 'é'] }, [['k', '1970-01-01T00:00:00.000Z']], 'batch 1', 'batch 2', 128_000];
  assert.deepEqual(asTexts(seen), asTexts(bodies.map((body) => ({ body, queue: 'probe', recent: true, attempts: 1, hasMetrics: true }))));
});

const asTexts = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).toSorted();
const PROBE_QUEUES = {
  queues: { producers: [{ binding: 'QUEUE', queue: 'probe' }], consumers: [{ queue: 'probe', max_batch_timeout: 0 }] },
};
const namespaceOf = async (title: string) =>
  ((await server.api('GET', 'storage/kv/namespaces')) as { id: string; title: string }[]).find((each) => each.title === title)?.id;

test('[Q-3] [Q-4] messages are acknowledged, tried again at once or later, and end in the dead letter queue, whose consumer gets them', async () => {
  const { project } = await aProject('fates', { max_batch_size: 10, dead_letter_queue: 'fates-dead' });
  await wrangler(project, 'deploy');
  // One batch of them: they are sent together.
  await ask('fates', 'POST', '/', ['ack', 'retry', 'later', 'fine'].join('\n'));
  await until('two to be buried', async () => (await backlog('fates-dead')) === 2);
  const seen = await seenBy('fates');
  assert.deepEqual(
    ['ack', 'fine', 'retry', 'later'].map((body) => attemptsAt(seen, body)),
    [[1], [1], [1, 2], [1, 2]],
  );
  const [first, second] = seen.filter(({ body }) => body === 'later').map(({ now }) => now);
  assert.ok((second ?? 0) - (first ?? 0) >= 2000, 'it waited as long as the Worker said');

  await ask('fates', 'POST', '/', ['ack', 'throw', 'with it'].join('\n'));
  await until('what a throw takes with it to be buried', async () => (await backlog('fates-dead')) === 4);
  const thrown = await seenBy('fates');
  assert.deepEqual(attemptsAt(thrown, 'ack'), [1, 1], 'what was acknowledged before the throw is done');

  await wrangler(project, 'queues', 'consumer', 'add', 'fates-dead', 'fates', '--batch-timeout', '0', '--message-retries', '0');
  await isEmpty('fates-dead');
  const dead = (await seenBy('fates')).filter(({ queue }) => queue === 'fates-dead');
  assert.deepEqual(dead.map(({ body, attempts }) => [body, attempts]).toSorted(), [
    ['later', 1],
    ['retry', 1],
    ['throw', 1],
    ['with it', 1],
  ]);
});

test('[Q-8] a paused queue keeps its messages, and a consumer that is set anew gets them', async () => {
  const { project } = await aProject('paused', { max_batch_size: 1 });
  await wrangler(project, 'deploy');
  await wrangler(project, 'queues', 'pause-delivery', 'paused');
  await ask('paused', 'POST', '/', Array.from({ length: 6 }, (_, index) => `m${index}`).join('\n'));
  assert.deepEqual([await backlog('paused'), (await seenBy('paused')).length], [6, 0]);
  const { id: seen } = { id: await namespaceOf('paused') };
  const config = {
    kv_namespaces: [{ binding: 'SEEN', id: seen }],
    version_metadata: { binding: 'META' },
    queues: {
      producers: [{ binding: 'QUEUE', queue: 'paused' }],
      consumers: [{ queue: 'paused', max_batch_size: 3, max_batch_timeout: 0 }],
    },
  };
  makeProject({ dir: project, name: 'paused', code: WORKER, config, format: 'jsonc' });
  await wrangler(project, 'deploy');
  assert.equal(await backlog('paused'), 6, 'a deployment resumes nothing');
  await wrangler(project, 'queues', 'resume-delivery', 'paused');
  await isEmpty('paused');
  assert.deepEqual(
    (await seenBy('paused')).map(({ body, size }) => [body, size]).toSorted(),
    [0, 1, 2, 3, 4, 5].map((index) => [`m${index}`, 3]),
  );
});

test('[Q-1] [Q-7] what was sent is delivered: to two versions of a split, after kill -9 of everything under sends, and after a rollback', async () => {
  const { project } = await aProject('shop', { max_batch_size: 1, max_retries: 5 });
  const one = idAfter('Current Version ID:', await wrangler(project, 'deploy'));
  const two = idAfter('Worker Version ID:', await wrangler(project, 'versions', 'upload'));
  await wrangler(project, 'versions', 'deploy', `${one}@50`, `${two}@50`, '-y');
  await ask('shop', 'POST', '/', Array.from({ length: 40 }, (_, index) => `split-${index}`).join('\n'));
  await isEmpty('shop');
  assert.deepEqual(new Set((await seenBy('shop')).map(({ version }) => version)), new Set([one, two]));

  const acknowledged: string[] = [];
  const killed = new AbortController();
  const senders = Array.from({ length: 8 }, async (_, sender) => {
    for (let index = 0; !killed.signal.aborted; index += 1) {
      const name = `w${sender}-${index}`;
      const answer = await ask('shop', 'POST', '/', name).catch(() => undefined);
      if (answer?.status === 200) acknowledged.push(name);
      if (acknowledged.length >= 200) killed.abort();
    }
  });
  await once(killed.signal, 'abort');
  await server.killAll();
  await Promise.all(senders);
  server = await startServer({ folder: server.folder });
  await isEmpty('shop');
  const delivered = new Set((await seenBy('shop')).map(({ body }) => body));
  assert.deepEqual(
    acknowledged.filter((name) => !delivered.has(name)),
    [],
    'each acknowledged message was delivered',
  );

  await wrangler(project, 'rollback', one, '-y');
  await ask('shop', 'POST', '/', 'after the rollback');
  await isEmpty('shop');
  assert.equal((await seenBy('shop')).find(({ body }) => body === 'after the rollback')?.version, one);
});

test('[Q-1] each process killed in turn under sends: every acknowledged message is delivered', async () => {
  const { project } = await aProject('turns', { max_batch_size: 5, max_retries: 20 });
  await wrangler(project, 'deploy');
  const acknowledged: string[] = [];
  const over = new AbortController();
  const senders = Array.from({ length: 4 }, async (_, sender) => {
    for (let index = 0; !over.signal.aborted; index += 1) {
      const name = `w${sender}-${index}`;
      const answer = await ask('turns', 'POST', '/', name).catch(() => undefined);
      if (answer?.status === 200) acknowledged.push(name);
    }
  });
  const more = async () => {
    const before = acknowledged.length;
    await until('sends to be acknowledged', () => acknowledged.length > before + 20);
  };
  try {
    await more();
    for (const half of ['data', 'edge', 'control', 'data'] as const) {
      process.kill(await until(`the ${half} process`, () => server.half(half)), 'SIGKILL');
      await more();
      for (const version of server.runtimes()) process.kill(version, 'SIGKILL');
      await more();
    }
  } finally {
    over.abort();
    await Promise.all(senders);
  }
  await isEmpty('turns');
  const delivered = new Set((await seenBy('turns')).map(({ body }) => body));
  assert.deepEqual(
    acknowledged.filter((name) => !delivered.has(name)),
    [],
    'each acknowledged message was delivered',
  );
});

test('the example: wrangler makes its queue, sets its consumer anew with each deploy, and what fails is buried', async () => {
  const project = server.projectFolder('queues');
  cpSync(EXAMPLE, project, { recursive: true });
  assert.match(await wrangler(project, 'deploy'), /Producer for jobs[^]*Consumer for jobs/);
  await wrangler(project, 'deploy');
  for (const task of ['sweep', 'fail']) assert.equal((await ask('queues', 'POST', '/', task)).status, 202);
  await until('the failed task to be buried', async () => (await backlog('jobs-failed')) === 1);
  assert.equal((await ask('queues', 'GET', '/')).text, '["sweep"]');
});

test('[Q-11] wrangler does not delete a Worker that consumes a queue, until its consumer was removed or it is forced', async () => {
  const project = server.projectFolder('queues');
  const said = refused(await attempt(project, 'delete')).combined;
  assert.match(said, /script still in use as a consumer for a queue \(jobs\)[^]*10064/);
  assert.match(said, /wrangler queues consumer remove jobs queues/);
  assert.equal((await ask('queues', 'GET', '/')).text, '["sweep"]', 'and it answers as before');
  await wrangler(project, 'queues', 'consumer', 'remove', 'jobs', 'queues');
  assert.match(await wrangler(project, 'delete'), /Successfully deleted queues/);
});
