import assert from 'node:assert/strict';
import test from 'node:test';
import { tryVersion } from './trial.ts';
import { VersionProcess } from './version-process.ts';
import { aWorkbench, ask } from './workbench.ts';

const HANDLES = `export default {
  fetch: () => Response.json(globalThis.seen ?? null),
  async scheduled(controller) {
    const { cron, scheduledTime } = controller;
    if (cron === 'throw') throw new Error('on purpose');
    if (cron === 'noRetry') controller.noRetry();
    globalThis.seen = { cron, scheduledTime };
  },
  async queue({ queue, messages, retryAll }) {
    globalThis.seen = { queue, messages: messages.map(({ id, timestamp, attempts, body }) =>
      ({ id, timestamp, attempts, body: body instanceof Uint8Array ? [...body] : body })) };
    for (const message of messages) {
      if (message.id === 'acked') message.ack();
      if (message.id === 'again') message.retry({ delaySeconds: 7 });
    }
  },
};`;

const HANDLERS = ['fetch', 'scheduled', 'queue'];

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test("[X-35] a version's scheduled() is called with cron and time, and its outcome is told", async (t) => {
  const bench = await aWorkbench(t);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': HANDLES }, { handlers: HANDLERS }), bench);
  const scheduled = async (cron: string) =>
    JSON.parse(await ask(running.eventSocketPath, '/scheduled', {}, JSON.stringify({ cron, scheduledTime: 1_780_000_000_000 })));
  assert.deepEqual(await scheduled('*/5 * * * *'), { outcome: 'ok', noRetry: false });
  assert.deepEqual(JSON.parse(await ask(running.socketPath)), { cron: '*/5 * * * *', scheduledTime: 1_780_000_000_000 });
  assert.deepEqual(await scheduled('noRetry'), { outcome: 'ok', noRetry: true });
  assert.equal((await scheduled('throw')).outcome, 'exception');
});

test("[X-35] a version's queue() gets bodies of every type, and what it settles is told", async (t) => {
  const bench = await aWorkbench(t);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': HANDLES }, { handlers: HANDLERS }), bench);
  const timestamp = Date.parse('2026-11-21T00:00:00Z');
  const message = (id: string, contentType: string, body: string) => ({ id, timestamp, attempts: 2, contentType, body });
  const messages = [
    message('acked', 'json', base64('{"a":[1]}')),
    message('again', 'text', base64('hé')),
    message('left', 'bytes', Buffer.of(0, 255).toString('base64')),
  ];
  const metadata = { metrics: { backlogCount: 3, backlogBytes: 20, oldestMessageTimestamp: timestamp } };
  const told = JSON.parse(await ask(running.eventSocketPath, '/queue', {}, JSON.stringify({ queue: 'jobs', messages, metadata })));
  assert.deepEqual(told, {
    outcome: 'ok',
    ackAll: false,
    retryBatch: { retry: false },
    explicitAcks: ['acked'],
    retryMessages: [{ msgId: 'again', delaySeconds: 7 }],
  });
  const seen = JSON.parse(await ask(running.socketPath));
  assert.equal(seen.queue, 'jobs');
  assert.deepEqual(
    seen.messages.map(({ body }: { body: unknown }) => body),
    [{ a: [1] }, 'hé', [0, 255]],
  );
  assert.deepEqual(seen.messages[0], { id: 'acked', timestamp: '2026-11-21T00:00:00.000Z', attempts: 2, body: { a: [1] } });
});

test('[X-36] a version with event handlers gets no experimental flag, although its process knows them', async (t) => {
  const bench = await aWorkbench(t);
  for (const flag of ['experimental', 'service_binding_extra_handlers', 'unsafe_module']) {
    const spec = await bench.aVersion({ 'index.js': HANDLES }, { compatibilityFlags: [flag] });
    const trial = await tryVersion(spec, { runtimeDir: bench.runtimeDir, modules: bench.store });
    assert.equal(trial.ok ? 'accepted' : trial.failure.kind, 'no_such_runtime_feature', flag);
  }
});

test('[X-36] experimental things that need no flag of their own stay out of reach of a version with event handlers', async (t) => {
  const bench = await aWorkbench(t);
  const source = `const tries = {
    module: () => import('workerd:unsafe').then(() => 'imported'),
    eval: () => eval('"evaluated"'),
    newFunction: () => new Function('return "evaluated"')(),
    loader: (env) => Object.keys(env).join(),
    debug: () => import('cloudflare-internal:d1-api').then(() => 'imported'),
  };
  export default {
    async fetch(request, env) {
      const told = {};
      for (const [name, attempt] of Object.entries(tries)) told[name] = await Promise.resolve().then(() => attempt(env)).catch(() => 'refused');
      return Response.json(told);
    },
    scheduled() {},
  };`;
  const spec = await bench.aVersion({ 'index.js': source }, { handlers: ['fetch', 'scheduled'] });
  await using running = await VersionProcess.start(spec, bench);
  assert.deepEqual(JSON.parse(await ask(running.socketPath)), {
    module: 'refused',
    eval: 'refused',
    newFunction: 'refused',
    loader: '',
    debug: 'refused',
  });
});
