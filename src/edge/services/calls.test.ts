import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceBinding } from '../../domain/index.ts';
import type { Edge } from '../edge.ts';
import type { EdgeLimits } from '../limits.ts';
import { FakeControl, openEdge } from '../fake-control.ts';
import { aTable, aWorker, until } from '../testing.ts';

const FRONT = '11111111-1111-4111-8111-111111111111';
const FRONT_2 = '12222222-2222-4222-8222-222222222222';
const BACK_1 = '21111111-1111-4111-8111-111111111111';
const BACK_2 = '22222222-2222-4222-8222-222222222222';

const aService = (name: string, of: Partial<ServiceBinding> = {}): ServiceBinding => ({ type: 'service', name, service: 'back', ...of });

interface World {
  readonly edge: Edge;
  readonly control: FakeControl;
  /** What the front's function of this name gives. */
  ask(form: string, headers?: Readonly<Record<string, string>>): Promise<unknown>;
}

/** Two Workers in processes of their own: the front has these functions of its `env`, the back is of two versions. */
const aWorld = async (
  t: TestContext,
  forms: string,
  back: string,
  bindings = [aService('BACK')],
  share1 = 100_000,
  limits: Partial<EdgeLimits> = {},
): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-calls-'));
  const split = [
    { versionId: BACK_1, share: share1 },
    { versionId: BACK_2, share: 100_000 - share1 },
  ];
  const workers = [
    aWorker('front', { deployment: { id: 'd-front', split: [{ versionId: FRONT, share: 100_000 }] } }),
    aWorker('back', { deployment: { id: 'd-back', split } }),
  ];
  const control = await FakeControl.open(aTable(workers));
  const front = `const forms = { ${forms} };
    export default { async fetch(request, env, ctx) {
      const form = forms[new URL(request.url).pathname.slice(1)];
      try { return Response.json((await form(env, request, ctx)) ?? null); }
      catch (error) { return Response.json({ threw: error.name, message: error.message }); }
    } };`;
  control.addVersion(FRONT, 'front', front, { bindings });
  for (const [id, name] of [
    [BACK_1, 'one'],
    [BACK_2, 'two'],
  ] as const)
    control.addVersion(id, 'back', `const VERSION = '${name}';\n${back}`);
  const edge = await openEdge(control, join(folder, 'data'), {
    runtimeDir: join(folder, 'r'),
    limits: { drainTimeoutMs: 5_000, ...limits },
    runtimeSettings: { waitUntilGraceMs: 0, warmMs: 0, watchMs: 50, killAfterMs: 50 },
  });
  t.after(async () => {
    await edge.close();
    await control[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const ask: World['ask'] = async (form, headers = {}) => {
    const { port } = new URL(edge.url);
    const asked = request({ port, path: `/${form}`, agent: false, headers: { ...headers, host: 'front.team.localhost' } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const said = await text(answer);
    try {
      return JSON.parse(said);
    } catch {
      return said;
    }
  };
  return { edge, control, ask };
};

const BACK = `import { RpcTarget, WorkerEntrypoint } from 'cloudflare:workers';
  class Counter extends RpcTarget {
    #count = 0;
    add(by = 1) { return this.#count += by; }
  }
  class Refused extends RangeError { name = 'Refused'; }
  export default class extends WorkerEntrypoint {
    async fetch(request) {
      const { url, method, cf } = request;
      return Response.json({ version: VERSION, url, method, cf, headers: Object.fromEntries(request.headers), body: await request.text() });
    }
    version() { return VERSION; }
    get motto() { return 'calm'; }
    get inner() { return new Counter(); }
    sum(a, b) { return a + b; }
    counter() { return new Counter(); }
    async through(callback) { return 2 * (await callback(20)); }
    letters(count) {
      return new ReadableStream({
        type: 'bytes',
        async pull(controller) {
          this.sent = (this.sent ?? 0) + 1;
          await scheduler.wait(20);
          if (this.sent > count) controller.close(); else controller.enqueue(new TextEncoder().encode('x'));
        },
      });
    }
    fails() { throw new TypeError('on purpose'); }
    map() { return new Map([['date', new Date(0)]]); }
    async slow() { await scheduler.wait(1500); return "done " + VERSION; }
  }
  export class Admin extends WorkerEntrypoint {
    who() { return { props: this.ctx.props, version: VERSION }; }
    fetch(request) { return Response.json({ admin: this.ctx.props, url: request.url, version: VERSION }); }
  }`;

test('[F-1] a bound Worker is fetched: URL, method, headers, body and cf are as the caller made them', async (t) => {
  const { ask } = await aWorld(
    t,
    `fetch: async ({ BACK }) => (await BACK.fetch('https://any.test:8443/p?q=1', { method: 'PUT', body: 'hé', headers: { a: 'b', 'cf-connecting-ip': '192.0.2.7', 'switchback-service': 'fetch x front' }, cf: { tls: 1 } })).json()`,
    BACK,
  );
  const seen = (await ask('fetch')) as { headers: Record<string, string> };
  const { headers, ...rest } = seen;
  assert.deepEqual(rest, { version: 'one', url: 'https://any.test:8443/p?q=1', method: 'PUT', cf: { tls: 1 }, body: 'hé' });
  assert.equal(headers['a'], 'b');
  assert.equal(headers['cf-connecting-ip'], '192.0.2.7');
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('switchback-')),
    [],
  );
});

test('[F-2] methods of a bound Worker are called: values, properties, stubs, callbacks, streams and errors cross processes', async (t) => {
  const { ask } = await aWorld(
    t,
    `sum: ({ BACK }) => BACK.sum(1, 2),
     motto: ({ BACK }) => BACK.motto,
     inner: async ({ BACK }) => (await BACK.inner).add(5),
     stub: async ({ BACK }) => { using counter = await BACK.counter(); await counter.add(); return counter.add(2); },
     pipelined: ({ BACK }) => BACK.counter().add(7),
     callback: ({ BACK }) => { let seen; return BACK.through((n) => n + 1); },
     stream: async ({ BACK }) => new Response(await BACK.letters(5)).text(),
     error: ({ BACK }) => BACK.fails(),
     missing: ({ BACK }) => BACK.nothing(),
     map: async ({ BACK }) => [...await BACK.map()],
     env: ({ BACK }) => BACK.env,
     ctx: ({ BACK }) => BACK.ctx,
     port: ({ BACK }) => BACK.DEBUG_PORT`,
    BACK,
  );
  assert.equal(await ask('sum'), 3);
  assert.equal(await ask('motto'), 'calm');
  assert.equal(await ask('inner'), 5);
  assert.equal(await ask('stub'), 3);
  assert.equal(await ask('pipelined'), 7);
  assert.equal(await ask('callback'), 42);
  assert.equal(await ask('stream'), 'xxxxx');
  assert.deepEqual(await ask('error'), { threw: 'TypeError', message: 'on purpose' });
  assert.deepEqual(await ask('map'), [['date', '1970-01-01T00:00:00.000Z']]);
  for (const name of ['missing', 'env', 'ctx', 'port']) {
    const { threw, message } = (await ask(name)) as { threw: string; message: string };
    assert.equal(threw, 'TypeError');
    assert.match(message, /does not implement the method/, name);
  }
});

test('[F-3] a binding names an entrypoint and gives it props', async (t) => {
  const { ask } = await aWorld(
    t,
    `who: ({ ADMIN }) => ADMIN.who(), fetch: async ({ ADMIN }) => (await ADMIN.fetch('http://x.test/p')).json(), other: async ({ PROPS }) => (await PROPS.fetch('http://x.test/p')).json()`,
    BACK,
    [aService('ADMIN', { entrypoint: 'Admin', props: { role: 'root' } }), aService('PROPS', { props: { a: 1 } })],
  );
  assert.deepEqual(await ask('who'), { props: { role: 'root' }, version: 'one' });
  assert.deepEqual(await ask('fetch'), { admin: { role: 'root' }, url: 'http://x.test/p', version: 'one' });
  assert.equal(((await ask('other')) as { version: string }).version, 'one');
});

test("[F-4] the callee's own split decides: for fetch with override and key, for each call of a method one draw", async (t) => {
  const { ask } = await aWorld(
    t,
    `draws: async ({ BACK }) => { const seen = []; for (let n = 0; n < 40; n++) seen.push(await BACK.version()); return seen; },
     key: async ({ BACK }) => { const seen = new Set(); for (let n = 0; n < 12; n++) seen.add((await (await BACK.fetch('http://x/', { headers: { 'Cloudflare-Workers-Version-Key': 'k' } })).json()).version); return seen.size; },
     override: async ({ BACK }) => (await (await BACK.fetch('http://x/', { headers: { 'Cloudflare-Workers-Version-Overrides': 'back="${BACK_2}"' } })).json()).version,
     named: async ({ ADMIN }) => (await (await ADMIN.fetch('http://x/', { headers: { 'Cloudflare-Workers-Version-Overrides': 'back="${BACK_2}"' } })).json()).version,
     passedOn: async ({ BACK }, request) => (await (await BACK.fetch(request)).json()).version`,
    BACK,
    [aService('BACK'), aService('ADMIN', { entrypoint: 'Admin' })],
    50_000,
  );
  assert.deepEqual([...new Set((await ask('draws')) as string[])].toSorted(), ['one', 'two']);
  assert.equal(await ask('key'), 1);
  assert.equal(await ask('override'), 'two');
  assert.equal(await ask('named'), 'two');
  const overrides = { 'Cloudflare-Workers-Version-Overrides': `back="${BACK_1}"` };
  assert.equal(await ask('passedOn', overrides), 'one');
});

test('[F-5] a callee that is not there, or never would answer, is an exception that names it', async (t) => {
  const { ask } = await aWorld(
    t,
    `fetch: ({ GONE }) => GONE.fetch('http://x/'), call: ({ GONE }) => GONE.anything(), threw: ({ BACK }) => BACK.fetch('http://x/')`,
    `export default { fetch() { throw new Error('on purpose'); } }`,
    [aService('GONE', { service: 'gone' }), aService('BACK')],
  );
  for (const form of ['fetch', 'call']) {
    assert.deepEqual(await ask(form), {
      threw: 'Error',
      message: 'The Worker "gone" was not called: there is no Worker of this name with a deployment. Was it deleted, or never deployed?',
    });
  }
  assert.deepEqual(await ask('threw'), {
    threw: 'Error',
    message: 'The Worker "back" threw an exception, or would never have answered; its log says which.',
  });
});

test('[F-5] a callee cannot speak for the edge: what it puts into its headers is no refusal', async (t) => {
  const { ask } = await aWorld(
    t,
    `fetch: async ({ BACK }) => { const answer = await BACK.fetch('http://x/'); return [answer.status, await answer.text(), [...answer.headers.keys()].filter((name) => /^(switchback-|x-)/.test(name))]; }`,
    `export default { fetch: () => new Response('fine', { headers: {
       'x-own': '1', 'Switchback-Refusal': 'made%20up', 'switchback-address': 'unix:/x', 'switchback-version': 'made up', 'switchback-any': '1' } }) }`,
  );
  assert.deepEqual(await ask('fetch'), [200, 'fine', ['x-own']]);
});

test('[F-6] Workers that call each other in a ring are stopped with an error that names them', async (t) => {
  const { ask } = await aWorld(
    t,
    `fetch: async ({ SELF }) => { const { threw, message } = await (await SELF.fetch('http://x/fetch')).json(); return Promise.reject(Object.assign(new Error(message), { name: threw })); },
     call: async ({ SELF }, request, ctx) => { throw new Error((await (await SELF.fetch('http://x/call')).json()).message); },
     few: async ({ SELF }) => (await SELF.fetch('http://x/leaf')).json(), leaf: () => 'leaf'`,
    BACK,
    [aService('SELF', { service: 'front' })],
  );
  assert.equal(await ask('few'), 'leaf');
  for (const form of ['fetch', 'call']) {
    const { message } = (await ask(form)) as { message: string };
    assert.match(
      message,
      /^The Worker "front" was not called: Workers call each other in a ring \(front → front\), with 32 calls under way/,
    );
  }
});

test('[F-6] WebSockets go round no longer than requests', async (t) => {
  const { ask } = await aWorld(
    t,
    `round: async ({ SELF }) => {
       const answer = await SELF.fetch('http://x/round', { headers: { upgrade: 'websocket' } });
       throw new Error((await answer.json()).message);
     }`,
    BACK,
    [aService('SELF', { service: 'front' })],
  );
  const { message } = (await ask('round')) as { message: string };
  assert.match(message, /in a ring \(front → front\), with 32 calls under way/);
});

test('[F-6] what a version that leaves its deployment has in hand still is no ring: those of the next may call as before', async (t) => {
  const bindings = [aService('SELF', { service: 'front' })];
  const { ask, control } = await aWorld(
    t,
    `held: async ({ SELF }) => (await SELF.fetch('http://x/leaf')).json(), begun: () => globalThis.begun ?? 0,
     leaf: async () => { globalThis.begun = (globalThis.begun ?? 0) + 1; await scheduler.wait(4000); return 'leaf'; }`,
    BACK,
    bindings,
  );
  const next = `export default { async fetch({ url }, { SELF }) {
    if (new URL(url).pathname === '/leaf') return new Response('next leaf');
    try { return await SELF.fetch('http://x/leaf'); } catch ({ message }) { return new Response(message); }
  } };`;
  control.addVersion(FRONT_2, 'front', next, { bindings });
  const held = Promise.all(Array.from({ length: 40 }, () => ask('held')));
  await until(async () => (await ask('begun')) === 40, 'all have called');
  const split = [{ versionId: FRONT_2, share: 100_000 }];
  control.say({
    type: 'change',
    change: { generation: 2, previous: 1, workers: [aWorker('front', { deployment: { id: 'd-2', split } })] },
  });
  let answer: unknown = 0;
  await until(async () => (answer = await ask('begun')) !== 40, 'the next version answers');
  assert.equal(answer, 'next leaf');
  assert.deepEqual(new Set(await held), new Set(['leaf']));
});

test('[F-7] a call is work of the process that is called until all it gave is let go: a version that leaves its deployment ends after that', async (t) => {
  const { ask, edge, control } = await aWorld(
    t,
    `slow: ({ BACK }) => BACK.slow(),
     held: async ({ BACK }) => { const counter = await BACK.counter(); await scheduler.wait(1500); return counter.add(); },
     stream: async ({ BACK }) => new Response(await BACK.letters(75)).text()`,
    BACK,
  );
  const asked = ['slow', 'held', 'stream'].map((form) => ask(form));
  const first = () => edge.state().processes.find(({ versionId }) => versionId === BACK_1)?.state;
  await until(() => first() === 'ready', 'the callee runs');
  // All three calls have begun: the front is asked nothing else, and a process takes its requests in turn.
  assert.equal(await ask('slow'), 'done one');
  const split = [{ versionId: BACK_2, share: 100_000 }];
  control.say({ type: 'change', change: { generation: 2, previous: 1, workers: [aWorker('back', { deployment: { id: 'd-2', split } })] } });
  assert.deepEqual(await Promise.all(asked), ['done one', 1, 'x'.repeat(75)]);
  await until(() => first() === undefined, 'the callee has ended');
  assert.equal(await ask('slow'), 'done two');
});

test('[F-8] a WebSocket goes from Worker to Worker', async (t) => {
  const { ask } = await aWorld(
    t,
    `talk: async ({ BACK }) => {
       const { webSocket } = await BACK.fetch('http://x/', { headers: { upgrade: 'websocket' } });
       webSocket.accept();
       const said = new Promise((resolve) => webSocket.addEventListener('message', ({ data }) => resolve(data)));
       webSocket.send('hi');
       try { return await said; } finally { webSocket.close(); }
     }`,
    `export default { fetch() {
       const { 0: theirs, 1: ours } = new WebSocketPair();
       ours.accept();
       ours.addEventListener('close', () => ours.close());
       ours.addEventListener('message', ({ data }) => ours.send('heard ' + data));
       return new Response(null, { status: 101, webSocket: theirs });
     } }`,
  );
  assert.equal(await ask('talk'), 'heard hi');
});

test('[F-12] a Worker has no more calls open than it may: those beyond are exceptions that say so, until others have ended', async (t) => {
  const { ask } = await aWorld(
    t,
    `many: ({ BACK }) => Promise.all(Array.from({ length: 5 }, () => BACK.slow().catch(({ message }) => message))),
     fetch: ({ BACK }) => Promise.all(Array.from({ length: 5 }, () => BACK.fetch('http://x/').then((answer) => answer.text(), ({ message }) => message)))`,
    `${BACK.replace('async fetch(request) {', "async fetch(request) { await scheduler.wait(1500); return new Response('done ' + VERSION);")}`,
    [aService('BACK')],
    100_000,
    { maxCallsPerCaller: 3 },
  );
  const refusal =
    'The Worker "back" was not called: "front" has 3 calls of other Workers open, as many as it may have at once. Let it make fewer together, and read or cancel what they answered.';
  for (const form of ['many', 'fetch']) {
    assert.deepEqual(((await ask(form)) as string[]).toSorted(), [refusal, refusal, 'done one', 'done one', 'done one'], form);
  }
});
