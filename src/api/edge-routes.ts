import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { recordTrips, storedSpec, type Publisher } from '../control/index.ts';
import type { EdgeReport, FeedMessage } from '../domain/index.ts';
import type { Relayed } from '../observe/index.ts';
import type { Api } from './api.ts';
import { failure } from './envelope.ts';

/** Well below what proxies between two machines take for a dead connection. */
const PING_MS = 5_000;
/** What an edge may have unread before it counts as gone; a reconnecting edge gets the whole table again. */
const MOST_UNREAD = 1_000;

const encoder = new TextEncoder();
const line = (message: FeedMessage): Uint8Array => encoder.encode(`${JSON.stringify(message)}\n`);

/** What edges ask: the feed, the versions they are to run with secrets opened, module bytes; and their reports. */
export const edgeRoutes = (api: Api): Hono => {
  const routes = new Hono();
  routes.use(async (c, next) => {
    const presented = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (presented === undefined) return failure({ code: 'token_missing' });
    return isSame(presented, api.edgeToken) ? next() : failure({ code: 'token_wrong' });
  });
  routes.get('/feed', (c) => feed(api.publisher, c.req.query('edge') ?? 'edge', c.req.query('firing') === 'true', c.req.raw.signal));
  routes.post('/reports', async (c) => {
    // Edges are our own program and carry our token; their reports are not a tenant's input.
    const report = (await c.req.json()) as EdgeReport;
    api.feed.report(report);
    await recordTrips(api, report);
    return c.body(null, 204);
  });
  routes.get('/versions/:id', async (c) => {
    const spec = await storedSpec(api, c.req.param('id'));
    return spec.ok ? c.json(spec.value) : failure(spec.refusal);
  });
  routes.get('/modules/:digest', async (c) => {
    const digest = c.req.param('digest');
    if (!/^[0-9a-f]{64}$/.test(digest) || !(await api.modules.has(digest))) return c.notFound();
    await api.modules.verifiedPath(digest);
    return new Response(ReadableStream.from(api.modules.read(digest)), { headers: { 'content-type': 'application/octet-stream' } });
  });
  // Edges on this machine have their own way there.
  routes.post('/observed/report', (c) => relayed(api, 'report', c.req.raw));
  routes.post('/observed/traces', (c) => relayed(api, 'traces', c.req.raw));
  routes.get('/observed/watched', (c) => relayed(api, 'watched', c.req.raw, c.req.query('edge')));
  routes.get('/deleted-namespaces', async (c) => c.json(await api.store.read.namespaces.deleted()));
  return routes;
};

/** Where the process that observes is away the edge keeps what it has, and tries again. */
const relayed = async (api: Api, what: Relayed, { body, signal }: Request, edge?: string): Promise<Response> => {
  try {
    const answer = await api.observe.relay.pass(what, body, signal, edge);
    const type = what === 'watched' ? 'application/x-ndjson' : 'application/json';
    return new Response(ReadableStream.from(answer.body), { status: answer.status, headers: { 'content-type': type } });
  } catch {
    return Response.json({ error: 'The process that observes does not answer.' }, { status: 503 });
  }
};

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const feed = (publisher: Publisher, edge: string, isFiring: boolean, signal: AbortSignal): Response => {
  let leave: (() => void) | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: async (controller) => {
        const send = (message: FeedMessage) => {
          if ((controller.desiredSize ?? 0) <= 0) return end();
          controller.enqueue(line(message));
        };
        const pings = setInterval(() => send({ type: 'ping' }), PING_MS);
        let isOver = false;
        const end = () => {
          if (isOver) return;
          isOver = true;
          clearInterval(pings);
          leave?.();
          try {
            controller.close();
          } catch {
            // The client closed it first.
          }
        };
        signal.addEventListener('abort', end);
        leave = await publisher.join(edge, send, isFiring);
        if (isOver) leave?.();
      },
      cancel: () => leave?.(),
    },
    { highWaterMark: MOST_UNREAD },
  );
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } });
};
