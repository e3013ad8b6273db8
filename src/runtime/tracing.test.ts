import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import test from 'node:test';
import { HeardTraces } from './heard-traces.ts';
import { VersionProcess } from './version-process.ts';
import { ask, aWorkbench, until } from './workbench.ts';

/** These run the real runtime. */
const ALL_KINDS = `import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';
export class Admin extends WorkerEntrypoint { add(a, b) { console.info('adding', a, b); return a + b; } }
export class Room extends DurableObject {
  async fetch() { console.log('in the room'); await this.ctx.storage.setAlarm(Date.now()); return new Response('room'); }
  alarm() { throw new RangeError('in the alarm'); }
}
export default {
  async fetch(request, env, ctx) {
    switch (new URL(request.url).pathname) {
      case '/log': {
        console.log('text', 1, { deep: [1, { a: 2 }] }, null, undefined);
        console.warn(new Error('told'));
        const round = {}; round.round = round;
        console.debug(round, 10n, Symbol('s'), () => 1, 'half \\ud800');
        return new Response('logged');
      }
      case '/deep': {
        let nest = [];
        for (let depth = 1; depth < 4600; depth += 1) nest = [nest];
        console.log(nest, 'beside');
        return new Response('logged');
      }
      case '/throw': throw new TypeError('uncaught');
      case '/later': ctx.waitUntil(scheduler.wait(1).then(() => { throw new Error('after the answer'); })); return new Response('now');
      case '/teapot': return new Response('', { status: 418 });
      case '/rpc': return Response.json(await ctx.exports.Admin.add(1, 2));
      case '/room': return env.ROOMS.get(env.ROOMS.idFromName('a')).fetch(request);
      case '/socket': {
        const [one, other] = Object.values(new WebSocketPair());
        other.accept();
        console.log('opened');
        other.close();
        return new Response(null, { status: 101, webSocket: one });
      }
      default: return new Response('hello');
    }
  },
  scheduled() { throw new Error('in the cron'); },
  queue() { throw new Error('in the queue'); },
};`;

const ROOMS = { className: 'Room', namespaceId: 'a'.repeat(32), storage: 'sqlite' } as const;

const allKinds = {
  tag: 'v1',
  message: 'first of all',
  handlers: ['fetch', 'scheduled', 'queue'],
  compatibilityFlags: ['enable_ctx_exports'],
  bindings: [{ type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', namespace_id: ROOMS.namespaceId }],
  durableObjects: [ROOMS],
} as const;

test('[OB-6] each invocation of a traced version is told of: what it was for, how it ended, what it logged and threw', async (t) => {
  const bench = await aWorkbench(t);
  const heard = await (await HeardTraces.in(t, bench.runtimeDir)).listen();
  const spec = await bench.aVersion({ 'index.js': ALL_KINDS, 'index.js.map': '{}' }, allKinds);
  await using running = await VersionProcess.start(spec, { ...bench, observeFolder: heard.folder });
  assert.equal(running.isTraced, true);
  const visit = async (path: string) => {
    await ask(running.socketPath, path, { 'cf-ray': `ray of ${path}`, cookie: 'secret=1', 'x-mine': 'yes' });
    return heard.first(({ event }) => JSON.stringify(event).includes(`ray of ${path}"`), `${path} was told of`);
  };

  const before = Date.now();
  const plain = await visit('/teapot?a=b');
  const { request: told, response } = plain.event as { request: Record<string, unknown>; response: unknown };
  assert.deepEqual([plain.kind, plain.outcome, plain.logs, plain.exceptions, plain.truncated], ['fetch', 'ok', [], [], undefined]);
  assert.deepEqual([told['url'], told['method'], response], ['http://hello.test/teapot?a=b', 'GET', { status: 418 }]);
  const headers = { connection: 'close', 'cf-ray': 'ray of /teapot?a=b', cookie: 'REDACTED', host: 'hello.test', 'x-mine': 'yes' };
  assert.deepEqual(told['headers'], headers);
  assert.ok(plain.endedAt >= (plain.eventTimestamp ?? 0) && (plain.eventTimestamp ?? 0) >= before - 1);
  const { id, script, tag, message, sourceMaps } = plain.version;
  assert.deepEqual([id, script, tag, message], [spec.id, 'hello', 'v1', 'first of all']);
  assert.deepEqual(sourceMaps, { 'index.js': spec.modules.find(({ kind }) => kind === 'sourcemap')?.digest });

  const logged = await visit('/log');
  assert.deepEqual(
    logged.logs.map(({ level }) => level),
    ['log', 'warn', 'debug'],
  );
  assert.deepEqual(logged.logs[0]?.message, ['text', 1, { deep: [1, { a: 2 }] }, null, null]);
  assert.match(String(logged.logs[1]?.message), /^Error: told\n +at .*index\.js:\d+:\d+/);
  assert.equal(Array.isArray(logged.logs[2]?.message) && logged.logs[2].message.length, 5);

  const deep = await visit('/deep');
  assert.match(JSON.stringify(deep.logs[0]?.message), /^\["(\[{4600}\]{4600}|nested too deep)","beside"\]$/, 'it is told as text');

  const thrown = await visit('/throw');
  assert.equal(thrown.outcome, 'exception');
  assert.deepEqual(
    thrown.exceptions.map(({ name, message: said }) => [name, said]),
    [['TypeError', 'uncaught']],
  );
  assert.match(thrown.exceptions[0]?.stack ?? '', /index\.js:\d+:\d+/);
  const later = await visit('/later');
  assert.deepEqual([later.outcome, later.exceptions[0]?.message], ['ok', 'after the answer']);

  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
  };
  const asked = request({
    socketPath: running.socketPath,
    path: '/socket',
    headers: { host: 'hello.test', ...upgrade },
    agent: false,
  }).end();
  const [, socket] = (await once(asked, 'upgrade')) as [unknown, Socket]; // As node:http gives it.
  socket.destroy();
  const opened = await heard.first(({ kind }) => kind === 'websocket', 'the WebSocket was told of');
  assert.deepEqual(opened.logs[0]?.message, ['opened']);

  await visit('/rpc');
  const called = await heard.first(({ kind }) => kind === 'rpc', 'the call was told of');
  assert.deepEqual([called.entrypoint, called.event, called.logs[0]?.message], ['Admin', { rpcMethod: 'add' }, ['adding', 1, 2]]);

  await ask(running.socketPath, '/room');
  const inRoom = await heard.first(
    ({ kind, durableObjectId }) => kind === 'fetch' && durableObjectId !== undefined,
    'the object was told of',
  );
  assert.deepEqual([inRoom.entrypoint, inRoom.executionModel, inRoom.logs[0]?.message], ['Room', 'durableObject', ['in the room']]);
  const alarm = await heard.first(({ kind }) => kind === 'alarm', 'the alarm was told of');
  assert.deepEqual(
    [alarm.outcome, alarm.exceptions[0]?.message, alarm.durableObjectId],
    ['exception', 'in the alarm', inRoom.durableObjectId],
  );

  await ask(running.eventSocketPath, '/scheduled', {}, JSON.stringify({ cron: '* * * * *', scheduledTime: 1_780_000_000_000 }));
  const cron = await heard.first(({ kind }) => kind === 'scheduled', 'the cron was told of');
  assert.deepEqual(cron.event, { cron: '* * * * *', scheduledTime: 1_780_000_000_000 });
  assert.deepEqual([cron.outcome, cron.exceptions[0]?.message], ['exception', 'in the cron']);
  const metadata = { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } };
  await ask(running.eventSocketPath, '/queue', {}, JSON.stringify({ queue: 'jobs', messages: [], metadata }));
  const batch = await heard.first(({ kind }) => kind === 'queue', 'the batch was told of');
  assert.deepEqual([batch.event, batch.exceptions[0]?.message], [{ batchSize: 0, queue: 'jobs' }, 'in the queue']);
  assert.equal(heard.dropped(), 0);
});

const CHATTY = `export default { fetch(request) {
  const { searchParams } = new URL(request.url);
  for (let n = 0; n < Number(searchParams.get('logs')); n += 1) console.log('x'.repeat(Number(searchParams.get('of'))));
  if (searchParams.has('throw')) throw new Error('y'.repeat(30_000));
  return new Response('ok');
} };`;

test('[OB-7] of an invocation 16,384 characters of logs and exceptions are kept, exceptions first, and that they were cut is told', async (t) => {
  const bench = await aWorkbench(t);
  const heard = await (await HeardTraces.in(t, bench.runtimeDir)).listen();
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': CHATTY }), { ...bench, observeFolder: heard.folder });
  const visit = async (query: string) => {
    await ask(running.socketPath, `/?${query}`).catch(() => undefined);
    return heard.first(({ event }) => JSON.stringify(event).includes(`?${query}"`), `${query} was told of`);
  };
  const whole = await visit('logs=2&of=8000');
  assert.deepEqual([whole.logs.length, whole.truncated], [2, undefined]);
  const cut = await visit('logs=9&of=8000');
  assert.deepEqual([cut.truncated, JSON.stringify(cut.logs).length < 17_000], [true, true]);
  const many = await visit('logs=3000&of=1');
  assert.deepEqual([many.truncated, many.logs.length > 400 && many.logs.length < 513], [true, true]);
  const thrown = await visit('logs=2&of=8000&throw');
  // workerd itself keeps no more of a message.
  assert.deepEqual([thrown.truncated, thrown.exceptions[0]?.message.length], [true, 4_096]);
  assert.deepEqual(
    thrown.logs.map(({ message }) => String(message).length),
    [8_000, 16_384 - 8_000 - 4_096 - 'Error'.length - 3 * 32],
  );
});

test('[OB-8] what is told waits while nobody listens, up to a bound, and nothing is told twice', async (t) => {
  const bench = await aWorkbench(t);
  const heard = await HeardTraces.in(t, bench.runtimeDir);
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': CHATTY }), { ...bench, observeFolder: heard.folder });
  const visits = async (from: number, count: number) => {
    for (let n = from; n < from + count; n += 1) await ask(running.socketPath, `/?n=${n}`);
  };
  await visits(0, 5);
  await heard.listen();
  await until(() => heard.traces().length === 5, 'what waited was told');
  heard.status = 503;
  await visits(5, 5);
  heard.status = 200;
  await until(() => heard.traces().length === 10, 'what was refused was told again');
  await heard.close();
  await visits(10, 5);
  await heard.listen();
  await until(() => heard.traces().length === 15, 'a restart was waited for');
  const urls = heard.traces().map(({ event }) => (event as { request: { url: string } }).request.url);
  assert.deepEqual(
    urls.map((url) => Number(new URL(url).searchParams.get('n'))),
    Array.from({ length: 15 }, (_, n) => n),
  );
  await heard.close();
  // Each is a little more than 16 KB.
  const most = 8_000_000 / 16_384;
  for (let n = 0; n < most + 50; n += 1) await ask(running.socketPath, '/?logs=1&of=16300');
  await heard.listen();
  await until(() => heard.dropped() > 0, 'what was dropped was told');
  await until(() => heard.traces().length + heard.dropped() >= 15 + most + 50, 'all are accounted for');
  assert.ok(heard.dropped() < 100, `${heard.dropped()}`);
});

test('[OB-8] what whoever listens fails over again and again is dropped and counted, and what comes then is told', async (t) => {
  const bench = await aWorkbench(t);
  const heard = await (await HeardTraces.in(t, bench.runtimeDir)).listen();
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': CHATTY }), { ...bench, observeFolder: heard.folder });
  heard.failsOver = '?bad"';
  await ask(running.socketPath, '/?bad');
  await until(() => heard.failed === 3, 'it was tried thrice');
  await ask(running.socketPath, '/?good');
  await heard.first(({ event }) => JSON.stringify(event).includes('?good"'), 'the next was told of');
  assert.deepEqual([heard.failed, heard.traces().length, heard.dropped()], [3, 1, 1]);
});

test('[OB-9] where nobody wants more, outcomes alone are told; whoever begins to watch misses nothing that ends from then on', async (t) => {
  const bench = await aWorkbench(t);
  const heard = await (await HeardTraces.in(t, bench.runtimeDir)).listen();
  await using running = await VersionProcess.start(await bench.aVersion({ 'index.js': CHATTY }), { ...bench, observeFolder: heard.folder });
  heard.wants = 'outcomes';
  // The answer to the first says so, and comes a moment after it was heard.
  await until(async () => {
    await ask(running.socketPath, '/?logs=1&of=1');
    return heard.traces().some(({ event }) => event === null);
  }, 'the answer has come');
  await ask(running.socketPath, '/?logs=1&of=2&throw');
  const quiet = await heard.first(({ outcome }) => outcome === 'exception', 'the second was told of');
  assert.deepEqual([quiet.kind, quiet.event, quiet.logs, quiet.exceptions], ['fetch', null, [], []]);
  for (let round = 0; round < 3; round += 1) {
    heard.wants = 'all';
    await ask(running.socketPath, `/?logs=1&of=3&round=${round}`);
    const watched = await heard.first(({ event }) => JSON.stringify(event).includes(`round=${round}"`), 'what is watched is told whole');
    assert.deepEqual(watched.logs[0]?.message, ['xxx']);
    heard.wants = 'outcomes';
    const known = heard.traces().length;
    // The answer to this one is the first that says so.
    await ask(running.socketPath, '/');
    await until(() => heard.traces().length === known + 1, 'it was told of');
  }
});
