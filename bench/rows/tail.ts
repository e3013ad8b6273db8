import { once } from 'node:events';
import { WebSocket } from 'ws';
import { atMost, ofEvents, withAim, type Figure, type Row } from '../figure.ts';
import { PacedVisitors, type Traffic } from '../paced.ts';
import { Product } from '../product.ts';
import { until } from '../until.ts';
import { visit } from '../visit.ts';

const TRAFFIC = { rate: 200, connections: 32 };
/** More than a client is shown: this one asks for those that are timed. */
const HEAVY_TRAFFIC = { rate: 500, connections: 32 };
const TIMED = 'timed-';
const MOST_CLIENTS = 10;
const MOST_MS = 500;
const LOGGING = `export default {
  async fetch(request) {
    console.log('asked for', { url: request.url });
    return new Response('logged');
  },
};
`;

export const tail: Row = {
  name: 'tail',
  title: `From the end of an answer to its event in a tail; and how long a tail takes to attach`,
  measure: async ({ isQuick, say }) => {
    const events = isQuick ? 20 : 200;
    await using product = await Product.start();
    await product.deployed('one', LOGGING);
    await product.visit('one');
    // What observes starts behind the others.
    await until('tails are offered', () =>
      product.call('GET', '/one/tails').then(
        () => true,
        () => false,
      ),
    );
    // The first makes the runtime start once more, with what tells of invocations; for the others that is there.
    const cold = await TailClient.open(product, 'one');
    say('events of a quiet Worker');
    const quiet = await delaysOf(product, 'one', [cold], events);
    const more: TailClient[] = [];
    for (let at = 1; at < MOST_CLIENTS; at += 1) more.push(await TailClient.open(product, 'one'));
    say(`events of a busy Worker, ${MOST_CLIENTS} clients`);
    const busy = await among(product, 'one', TRAFFIC, () => delaysOf(product, 'one', [cold, ...more], events));
    for (const client of [cold, ...more]) client.close();
    say('events of a busy Worker of which all is kept');
    await product.deployed('kept', LOGGING, { observability: { enabled: true, head_sampling_rate: 1 } });
    const searching = await TailClient.open(product, 'kept', [{ query: TIMED }]);
    const heavy = await among(product, 'kept', HEAVY_TRAFFIC, () => delaysOf(product, 'kept', [searching], events));
    searching.close();
    const [seldom, often, kept] = [ofEvents(quiet), ofEvents(busy), ofEvents(heavy)];
    const figures: Figure[] = [
      withAim({ name: 'event in a tail, one client', unit: 'ms', ours: seldom }, atMost(seldom.p99 ?? Infinity, MOST_MS, 'ms at p99')),
      withAim(
        { name: `the same, ${MOST_CLIENTS} clients, ${TRAFFIC.rate} requests/s`, unit: 'ms', ours: often },
        atMost(often.p99 ?? Infinity, MOST_MS, 'ms at p99'),
      ),
      withAim(
        { name: `one client that searches, ${HEAVY_TRAFFIC.rate} requests/s, all of which are kept`, unit: 'ms', ours: kept },
        atMost(kept.p99 ?? Infinity, MOST_MS, 'ms at p99'),
      ),
      { name: 'the first tail of a Worker attaches', unit: 'ms', ours: ofEvents([cold.attachedMs]) },
      { name: 'each of the others', unit: 'ms', ours: ofEvents(more.map(({ attachedMs }) => attachedMs)) },
    ];
    return figures;
  },
};

/** While others visit the Worker too. */
const among = async (
  product: Product,
  script: string,
  traffic: Traffic,
  work: () => Promise<readonly number[]>,
): Promise<readonly number[]> => {
  await using visitors = new PacedVisitors({ url: product.edgeUrl, host: product.host(script) }, traffic);
  const delays = await work();
  await visitors.stop();
  if (visitors.failed > 0) throw new Error(`${visitors.failed} requests were not answered.`);
  return delays;
};

/** Of requests one after the other, at each client. */
const delaysOf = async (product: Product, script: string, clients: readonly TailClient[], events: number): Promise<readonly number[]> => {
  const delays: number[] = [];
  for (let at = 0; at < events; at += 1) {
    const path = `/${TIMED}${clients.length}-${at}`;
    await visit(product.edgeUrl + path, product.host(script));
    const endedAt = performance.now();
    for (const client of clients) {
      await until('the event is there', () => client.seen.has(path));
      delays.push(Math.max(0, (client.seen.get(path) ?? Infinity) - endedAt));
    }
  }
  return delays;
};

class TailClient {
  /** When each path's event came. */
  readonly seen = new Map<string, number>();
  readonly attachedMs: number;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket, attachedMs: number) {
    this.#socket = socket;
    this.attachedMs = attachedMs;
    socket.on('message', (data) => {
      const { event } = JSON.parse(String(data)) as { event: { request?: { url: string } } | null };
      if (event?.request !== undefined) this.seen.set(new URL(event.request.url).pathname, performance.now());
    });
  }

  static async open(product: Product, script: string, filters: readonly object[] = []): Promise<TailClient> {
    const startedAt = performance.now();
    const { url } = (await product.call('POST', `/${script}/tails`, { filters })) as { url: string };
    const socket = new WebSocket(url, 'trace-v1');
    await once(socket, 'open');
    return new TailClient(socket, performance.now() - startedAt);
  }

  close(): void {
    this.#socket.terminate();
  }
}
