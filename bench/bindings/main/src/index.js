import { DurableObject } from 'cloudflare:workers';

const KILOBYTE = 'k'.repeat(1024);
const HUNDRED_KILOBYTES = new Uint8Array(100 * 1024).fill(107);
const MEGABYTE = new Uint8Array(1024 * 1024).fill(109);

const anyKey = () => `key${Math.floor(Math.random() * 100)}`;

/** What a request to a path does with one binding; `/init` makes what the others find. */
const OPERATIONS = {
  '/init': async ({ KV, R2, DB }) => {
    for (let key = 0; key < 100; key += 1) await KV.put(`key${key}`, KILOBYTE);
    await R2.put('large', MEGABYTE);
    await DB.exec('create table if not exists visits (id integer primary key, path text)');
    await DB.prepare("insert into visits (path) values ('/')").run();
  },
  '/kv-get': ({ KV }) => KV.get(anyKey()),
  '/kv-put': ({ KV }) => KV.put(anyKey(), KILOBYTE),
  '/r2-get': async ({ R2 }) => (await R2.get('large')).body,
  '/r2-put': async ({ R2 }) => void (await R2.put(anyKey(), HUNDRED_KILOBYTES)),
  '/d1-select': async ({ DB }) => (await DB.prepare('select path from visits where id = ?').bind(1).first()).path,
  '/d1-insert': async ({ DB }) => void (await DB.prepare('insert into visits (path) values (?)').bind('/visited').run()),
  '/queue-send': ({ QUEUE }) => QUEUE.send({ kilobyte: KILOBYTE }),
  '/object': async ({ COUNTERS }) => String(await COUNTERS.getByName(anyKey()).count()),
  '/service-fetch': async ({ CALLEE }, request) => (await CALLEE.fetch(request.url)).body,
  '/service-rpc': async ({ CALLEE }) => String(await CALLEE.add(1, 2)),
  '/nothing': () => 'nothing',
};

export default {
  async fetch(request, env) {
    const operation = OPERATIONS[new URL(request.url).pathname];
    return operation === undefined ? new Response(null, { status: 404 }) : new Response(await operation(env, request));
  },
  queue() {},
};

export class Counter extends DurableObject {
  count() {
    const { kv } = this.ctx.storage;
    const count = (kv.get('count') ?? 0) + 1;
    kv.put('count', count);
    return count;
  }
}
