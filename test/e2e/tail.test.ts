/** `wrangler tail`, as three generations of it run: what it shows, of which version, and what it does not. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Client } from '../support/client.ts';
import { Load } from '../support/load.ts';
import { idAfter } from '../support/printed.ts';
import { answering, makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { send } from '../support/send.ts';
import { startServer } from '../support/server.ts';
import { type Tailed, Tailing, type TailOptions } from '../support/tailing.ts';
import { until } from '../support/until.ts';

/** wrangler 3 leaves its tail behind when it is interrupted; the server ends it a minute later. */
const DELETES: ReadonlySet<Client> = new Set(['4.164', '4.125']);

// Tests say from where their visitors come.
const server = await startServer({ args: ['--trusted-proxy', '127.0.0.1'] });
after(() => server[Symbol.asyncDispose]());

const wrangler = async (project: string, ...args: readonly string[]) =>
  succeeded(await server.client('4.164', args, { project, isCi: true })).combined;

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const ask = async (name: string, path: string, { method = 'GET', headers = {} }: Asked = {}) => {
  const answer = await send({
    url: `${server.edgeUrl}${path}`,
    method,
    headers: { ...headers, host: server.host(name) },
    body: Buffer.alloc(0),
  });
  return { status: answer.status, text: answer.body.toString(), endedAt: Date.now() };
};

const tail = (client: Client, args: readonly string[], format: TailOptions['format'] = 'json') =>
  new Tailing(server, { client, args, format });

const tailsOf = async (name: string) => (await server.api('GET', `workers/scripts/${name}/tails`)) as readonly { readonly id: string }[];

const pathOf = ({ event }: Tailed): string | undefined => {
  const { url } = (event?.['request'] ?? {}) as { readonly url?: string };
  return url === undefined ? undefined : new URL(url).pathname;
};

/** Written as JSON a tail does not say when it is connected: it is when it shows something. */
const connected = async (name: string, tailing: Tailing): Promise<void> => {
  const path = `/connected-${Math.random().toString(36).slice(2)}`;
  await until(
    'the tail to be connected',
    async () => {
      if (tailing.hasEnded) throw new Error(`wrangler tail ended:\n\n${tailing.printed}`);
      await ask(name, path, passing());
      return tailing.events.some((event) => pathOf(event) === path);
    },
    90_000,
  );
};

const SHOP = (version: string): string => `
export default {
  async fetch(request) {
    console.log('hello from ${version}', { path: new URL(request.url).pathname });
    if (request.headers.get('x-asks') === 'throw') throw new TypeError('there is no such hat');
    return new Response('${version}');
  },
};`;

const shop = server.projectFolder('shop');
let V1 = '';
let V2 = '';
before(async () => {
  makeProject({ dir: shop, name: 'shop', code: SHOP('v1') });
  V1 = idAfter('Current Version ID:', await wrangler(shop, 'deploy', '--tag', 'one', '--message', 'the first'));
  makeProject({ dir: shop, name: 'shop', code: SHOP('v2') });
  V2 = idAfter('Worker Version ID:', await wrangler(shop, 'versions', 'upload', '--tag', 'two', '--message', 'the second'));
  await wrangler(shop, 'versions', 'deploy', `${V1}@50`, `${V2}@50`, '-y');
});

/** To one version. */
const to = (id: string) => ({ 'cloudflare-workers-version-overrides': `shop="${id}"` });

/** A request that every filter of these tests lets through, but for a share. */
const passing = (): Asked => ({ method: 'POST', headers: { ...to(V2), 'x-color': 'dark Blue', 'x-asks': 'throw' } });

test('[TL-3] [TL-5] [TL-7] ten clients of three releases tail one Worker, each sees what its filters let through, and an eleventh is refused', async () => {
  const color = { 'x-color': 'dark Blue' };
  const from = { 'x-forwarded-for': '203.0.113.9' };
  const throws = { 'x-asks': 'throw' };
  const asked: Readonly<Record<string, Asked>> = {
    '/plain': { headers: { ...to(V1), ...from } },
    '/second': { headers: { ...to(V2), ...from } },
    '/posted': { method: 'POST', headers: { ...to(V1), ...from } },
    '/blue': { headers: { ...to(V1), ...from, ...color } },
    '/red': { headers: { ...to(V1), ...from, 'x-color': 'red' } },
    '/thrown': { headers: { ...to(V1), ...from, ...throws } },
    '/mine': { headers: to(V1) },
    '/all': { method: 'POST', headers: { ...to(V2), ...color, ...throws } },
  };
  const all = Object.keys(asked);
  const filters: readonly (readonly [client: Client, args: readonly string[], shown: readonly string[]])[] = [
    ['4.164', [], all],
    ['4.164', ['--version-id', V2], ['/second', '/all']],
    ['4.164', ['--method', 'POST', '--method', 'PUT'], ['/posted', '/all']],
    ['4.164', ['--status', 'error'], ['/thrown', '/all']],
    ['4.125', ['--header', 'X-Color:blue'], ['/blue', '/all']],
    ['4.125', ['--ip', 'self', '--ip', '192.0.2.1'], ['/mine', '/all']],
    ['4.125', ['--search', 'FROM V2'], ['/second', '/all']],
    ['3.last', ['--method', 'POST', '--status', 'error', '--version-id', V2], ['/all']],
    ['3.last', ['--header', 'x-color'], ['/blue', '/red', '/all']],
    ['3.last', ['--sampling-rate', '0.5'], []],
  ];
  await using stack = new AsyncDisposableStack();
  const tails: Tailing[] = [];
  for (const [client, args] of filters) {
    const one = stack.use(tail(client, ['shop', ...args]));
    tails.push(one);
    await until('its tail', async () => (await tailsOf('shop')).length === tails.length, 90_000);
  }
  for (const one of tails) await connected('shop', one);
  const eleventh = refused(await server.client('4.164', ['tail', 'shop'], { project: shop }));
  assert.match(eleventh.combined, /is tailed by 10 clients.*\[code: 100430\]/s);

  for (const [path, how] of Object.entries(asked)) await ask('shop', path, how);
  const [whole, version] = tails;
  const seen = (one: Tailing) => one.events.map(pathOf).filter((path) => path !== undefined && path in asked);
  await until('one to have seen all', () => whole !== undefined && seen(whole).length === all.length);
  // What was to be shown stands before this one.
  await ask('shop', '/last', passing());
  for (const [index, one] of tails.entries()) {
    const [client, args, shown] = filters[index] ?? assert.fail();
    if (shown.length === 0) continue;
    await one.event('the last', (event) => pathOf(event) === '/last');
    assert.deepEqual(seen(one).toSorted(), shown.toSorted(), `${client} tail ${args.join(' ')}`);
  }
  const plain = whole?.events.find((event) => pathOf(event) === '/plain');
  assert.deepEqual(plain?.scriptVersion, { id: V1, tag: 'one', message: 'the first' });
  assert.deepEqual([plain?.outcome, plain?.scriptName, plain?.truncated], ['ok', 'shop', false]);
  assert.deepEqual(
    plain?.logs.map(({ level, message }) => [level, message]),
    [['log', ['hello from v1', { path: '/plain' }]]],
  );
  assert.deepEqual(plain?.event?.['response'], { status: 200 });
  assert.ok(version?.events.every(({ scriptVersion }) => scriptVersion?.id === V2));
  const thrown = whole?.events.find((event) => pathOf(event) === '/thrown');
  assert.equal(thrown?.outcome, 'exception');
  assert.match(thrown?.exceptions[0]?.stack ?? '', /at .*(fetch|index\.js|worker)/);

  const sampled = tails.at(-1);
  const already = sampled?.events.length ?? 0;
  for (let index = 0; index < 60; index += 1) await ask('shop', '/sampled', { headers: to(V1) });
  await until('all of them', () => whole?.events.filter((event) => pathOf(event) === '/sampled').length === 60);
  const share = (sampled?.events.length ?? 0) - already;
  assert.ok(share > 5 && share < 55, `${share} of 60`);

  const codes = await Promise.all(tails.map((one) => one.interrupt()));
  assert.deepEqual(
    codes,
    tails.map(() => 0),
  );
  const kept = filters.filter(([client]) => !DELETES.has(client)).length;
  await until('what is interrupted to be deleted', async () => (await tailsOf('shop')).length <= kept);
});

test('[TL-4] a tail attaches to a Worker under load, whose process another takes over, and no request is lost', async (t) => {
  const quiet = server.projectFolder('quiet');
  makeProject({ dir: quiet, name: 'quiet', code: answering('quiet') });
  await wrangler(quiet, 'deploy');
  assert.equal((await ask('quiet', '/')).text, 'quiet');
  const untraced = server.runtimes();
  await using load = new Load({ url: server.edgeUrl, host: server.host('quiet'), perSecond: 40 });
  await until('some answers', () => load.answers.length > 20);
  const began = performance.now();
  await using one = tail('4.125', ['quiet'], 'pretty');
  await one.prints('Connected to quiet');
  const connectedAt = performance.now();
  await one.prints(/GET http.* - Ok @/);
  assert.ok(
    server.runtimes().some((pid) => !untraced.includes(pid)),
    'another process took over',
  );
  const answers = await load.stop();
  assert.ok(answers.some((answer) => answer.began < connectedAt && answer.ended > began));
  assert.deepEqual(
    answers.filter(({ status }) => status !== 200),
    [],
  );
  t.diagnostic(`${answers.length} requests, connected after ${Math.round(connectedAt - began)} ms`);
  assert.equal(await one.interrupt(), 0);
});

test('[TL-4] an event is shown soon after its invocation has ended', async (t) => {
  await using one = tail('4.164', ['shop']);
  await connected('shop', one);
  const delays: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const { endedAt } = await ask('shop', `/timed-${index}`);
    const { seenAt } = await one.event('it', (event) => pathOf(event) === `/timed-${index}`);
    delays.push(seenAt - endedAt);
  }
  const sorted = delays.toSorted((a, b) => a - b);
  t.diagnostic(`shown after ${sorted[10]} ms (median), ${sorted.at(-1)} ms (latest of 20)`);
  // 500 ms is promised on a machine of its own.
  assert.ok((sorted[10] ?? Infinity) < 3_000);
});

test('[TL-6] a rush is sampled, which wrangler says, and says again when it is over', async () => {
  await using one = tail('4.164', ['shop'], 'pretty');
  await one.prints('Connected to shop');
  await using load = new Load({ url: server.edgeUrl, host: server.host('shop'), perSecond: 700 });
  await one.prints('Tail is currently in sampling mode due to the high volume of messages.');
  await load.stop();
  await one.prints(/Tail has exited sampling mode and is no longer dropping messages\. \d+ messages? (was|were) dropped\./);
  await ask('shop', '/after');
  await one.prints('/after - Ok');
});

const BUSY = `
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';
export class Counter extends DurableObject {
  async fetch() {
    console.log('in the object');
    await this.ctx.storage.setAlarm(Date.now() + 500);
    return new Response('counted');
  }
  alarm() { console.log('the alarm rang'); }
}
export class Greeter extends WorkerEntrypoint {
  greet(name) { console.log('greeting', name); return 'hello ' + name; }
}
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/levels') {
      console.debug('debug', 1); console.info('info', true); console.log('log', { deep: { list: [1, 2] } });
      console.warn('warn', null); console.error('error', ['a']);
    }
    if (pathname === '/object') return env.COUNTER.get(env.COUNTER.idFromName('one')).fetch(request);
    if (pathname === '/send') await env.JOBS.send({ job: 'paint' });
    if (pathname === '/long') console.log('x'.repeat(40_000));
    return new Response('done');
  },
  scheduled({ cron }) { console.log('called by', cron); },
  queue({ messages }) { console.log('got', messages.map(({ body }) => body)); },
};`;

const CALLING = `export default { async fetch(_, env) { return new Response(await env.GREETER.greet('Ada')); } };`;

test('[TL-3] every kind of invocation is shown, by each release', async () => {
  const busy = server.projectFolder('busy');
  await wrangler(shop, 'queues', 'create', 'jobs');
  const config = {
    compatibility_date: '2026-01-01',
    durable_objects: { bindings: [{ name: 'COUNTER', class_name: 'Counter' }] },
    migrations: [{ tag: 'v1', new_sqlite_classes: ['Counter'] }],
    queues: { producers: [{ binding: 'JOBS', queue: 'jobs' }], consumers: [{ queue: 'jobs', max_batch_timeout: 1 }] },
    triggers: { crons: ['* * * * *'] },
  };
  makeProject({ dir: busy, name: 'busy', code: BUSY, config, format: 'jsonc' });
  await wrangler(busy, 'deploy');
  const caller = server.projectFolder('caller');
  const services = { services: [{ binding: 'GREETER', service: 'busy', entrypoint: 'Greeter' }], compatibility_date: '2026-01-01' };
  makeProject({ dir: caller, name: 'caller', code: CALLING, config: services, format: 'jsonc' });
  await wrangler(caller, 'deploy');

  await using json = tail('4.164', ['busy']);
  await using newer = tail('4.125', ['busy'], 'pretty');
  await using older = tail('3.last', ['busy'], 'pretty');
  await connected('busy', json);
  for (const each of [newer, older]) await each.prints('Connected to busy');

  for (const path of ['/levels', '/object', '/send', '/long']) assert.equal((await ask('busy', path)).status, 200, path);
  assert.equal((await ask('caller', '/')).text, 'hello Ada');

  const levels = await json.event('logs of all levels', (event) => pathOf(event) === '/levels');
  assert.deepEqual(
    levels.logs.map(({ level, message }) => [level, message]),
    [
      ['debug', ['debug', 1]],
      ['info', ['info', true]],
      ['log', ['log', { deep: { list: [1, 2] } }]],
      ['warn', ['warn', null]],
      ['error', ['error', ['a']]],
    ],
  );
  const object = await json.event('the object', (event) => event.logs.some(({ message }) => message[0] === 'in the object'));
  assert.deepEqual([object.executionModel, object.entrypoint], ['durableObject', 'Counter']);
  assert.match(object.durableObjectId ?? '', /^[0-9a-f]{64}$/);
  const alarm = await json.event('the alarm', (event) => event.logs.some(({ message }) => message[0] === 'the alarm rang'));
  assert.deepEqual(Object.keys(alarm.event ?? {}), ['scheduledTime']);
  const batch = await json.event('the queue', ({ event }) => event?.['queue'] === 'jobs');
  assert.equal(batch.event?.['batchSize'], 1);
  assert.deepEqual(batch.logs[0]?.message, ['got', [{ job: 'paint' }]]);
  const rpc = await json.event('the call', ({ event }) => event?.['rpcMethod'] === 'greet');
  assert.deepEqual([rpc.entrypoint, rpc.logs[0]?.message], ['Greeter', ['greeting', 'Ada']]);
  assert.equal((await json.event('the long log', (event) => pathOf(event) === '/long')).truncated, true);
  const cron = await until('the cron', () => json.events.find(({ event }) => event?.['cron'] === '* * * * *'), 75_000);
  assert.deepEqual(cron.logs[0]?.message, ['called by', '* * * * *']);
  const version = new Set(json.events.map(({ scriptVersion }) => scriptVersion?.id));
  assert.equal(version.size, 1);

  for (const each of [newer, older]) {
    await each.prints(/GET http:\/\/.*\/levels - Ok @/);
    await each.prints(/\(warn\) warn null/);
    await each.prints(/Queue jobs \(1 message\) - Ok @/);
    await each.prints(/Alarm @ .* - Ok/);
    await each.prints(/Greeter\.greet - Ok @/);
    await each.prints(/"\* \* \* \* \*" @ .* - Ok/);
  }
  assert.deepEqual(await Promise.all([json.interrupt(), newer.interrupt(), older.interrupt('SIGTERM')]), [0, 0, 0]);
});

test('[TL-3] an invocation is shown by every other release of wrangler that the tests drive, from 2.x on', async () => {
  for (const client of ['4.60', '3.40', '3.34', '2.last'] as const) {
    await using one = tail(client, ['shop'], 'pretty');
    await one.prints('Connected to shop');
    await ask('shop', `/for-${client}`);
    await one.prints(new RegExp(`GET http.*/for-${RegExp.escape(client)} - Ok @`));
    assert.equal(await one.interrupt(), 0);
  }
});

test('[TL-1] a route stands for the Worker it leads to', async () => {
  succeeded(await server.cli(['zone', 'add', 'example.com']));
  const [zone] = (await server.api('GET', '/zones?name=example.com')) as readonly { readonly id: string }[];
  await server.api('POST', `/zones/${zone?.id}/workers/routes`, { pattern: 'example.com/*', script: 'shop' });
  await using one = tail('4.164', ['example.com/*'], 'pretty');
  await one.prints('Connected to');
  await server.visit('example.com', '/by-route');
  await one.prints(/GET http:\/\/example\.com.*\/by-route - Ok/);
  await server.visit('shop', '/by-name');
  await one.prints('/by-name - Ok');
});

test('[TL-8] wrangler opens another tail when what observes, or the control plane, was killed', async () => {
  await using one = tail('4.164', ['shop'], 'pretty');
  await one.prints('Connected to shop');
  for (const half of ['observe', 'control'] as const) {
    const pid = server.half(half);
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await until('it to come back', () => one.printed.split('Reconnected to shop').length > (half === 'observe' ? 1 : 2), 60_000);
    await ask('shop', `/after-${half}`);
    await one.prints(`/after-${half} - Ok`);
  }
  // A wrangler that has opened its tail anew ends by the signal itself at times: 130.
  assert.ok([0, 130].includes((await one.interrupt()) ?? -1));
});

test('[TL-4] a tail goes on over killed processes and deployments', async () => {
  await using one = tail('4.125', ['shop']);
  await connected('shop', one);
  for (const pid of server.runtimes()) process.kill(pid, 'SIGKILL');
  await until('the next process', async () => (await ask('shop', '/after-a-kill', { headers: to(V1) })).status === 200);
  const killed = await one.event('a request to the next process', (event) => pathOf(event) === '/after-a-kill' && event.outcome === 'ok');
  assert.equal(killed.scriptVersion?.id, V1);
  makeProject({ dir: shop, name: 'shop', code: SHOP('v3') });
  const v3 = idAfter('Current Version ID:', await wrangler(shop, 'deploy'));
  await ask('shop', '/deployed');
  const deployed = await one.event('the first request after a deployment', (event) => pathOf(event) === '/deployed');
  assert.deepEqual([deployed.scriptVersion, deployed.logs[0]?.message[0]], [{ id: v3 }, 'hello from v3']);
});

test('[TL-9] a tail of nobody, or of a version that is none of the Worker’s, is refused in words', async () => {
  const unknown = refused(await server.client('4.164', ['tail', 'nobody'], { project: shop }));
  assert.match(unknown.combined, /This Worker does not exist on your account.*\[code: 10007\]/s);
  const version = refused(
    await server.client('4.164', ['tail', 'shop', '--version-id', '11111111-71a5-4b5c-8b8e-6f3e3f1f0c11'], { project: shop }),
  );
  assert.match(version.combined, /was not found among the versions of this Worker.*\[code: 100146\]/s);
});
