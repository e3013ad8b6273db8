import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { accept, type Result } from '../../base/index.ts';
import { BOUND_HEADER, RESOURCE_HEADER } from '../../runtime/index.ts';
import type { Broker, Lease } from './broker.ts';
import { fault, type QueueFault } from './fault.ts';
import { batchIn, jsonIn, messageIn, MOST_REQUEST_BYTES, putRequest, settleRequest, waitRequest } from './wire.ts';

export type Log = (detail: Readonly<Record<string, unknown>>, sentence: string) => void;

type Reply = Result<unknown, QueueFault>;
type Call = (broker: Broker, queue: string, incoming: IncomingMessage, body: Uint8Array) => Promise<Reply> | Reply;

const sent = async (broker: Broker, queue: string, messages: ReturnType<typeof messageIn>): Promise<Reply> => {
  if (!messages.ok) return messages;
  const metrics = await broker.send(queue, messages.value);
  return metrics.ok ? accept({ metadata: { metrics: metrics.value } }) : metrics;
};

const CALLS: Readonly<Record<string, Call>> = {
  'POST /message': (broker, queue, { headers }, body) => sent(broker, queue, messageIn(headers, body)),
  'POST /batch': (broker, queue, { headers }, body) => sent(broker, queue, batchIn(headers, body)),
  'GET /metrics': (broker, queue) => {
    const state = broker.state(queue);
    return state.ok ? accept(state.value.metrics) : state;
  },
  'GET /state': (broker, queue) => broker.state(queue),
  'POST /settle': (broker, queue, _, body) => {
    const asked = settleRequest.safeParse(jsonIn(body));
    if (!asked.success) return fault('malformed');
    const { lease, ids, told, rule } = asked.data;
    return broker.settle(queue, lease, ids, told, rule);
  },
  'PUT /': async (broker, queue, _, body) => {
    const asked = putRequest.safeParse(jsonIn(body));
    if (!asked.success) return fault('malformed');
    await broker.put(queue, asked.data);
    return accept({});
  },
  'POST /purge': async (broker, queue) => {
    const purged = await broker.purge(queue);
    return purged.ok ? accept({}) : purged;
  },
  'DELETE /': async (broker, queue) => {
    await broker.delete(queue);
    return accept({});
  },
};

const NO_SUCH_CALL = 'There is no such call.';
/** What a binding may ask; the rest is for edges and the API. */
const BOUND_CALLS = new Set(['POST /message', 'POST /batch', 'GET /metrics']);

/** Speaks what workerd's queue binding speaks, for every queue: a header says which. And what edges and the API ask. */
export const createQueueServer = (broker: Broker, log: Log): Server => {
  const server = createServer((incoming, outgoing) => {
    answer(broker, incoming, outgoing).catch((error: unknown) => {
      if (incoming.destroyed && !incoming.complete) return;
      log({ error: String(error), cause: String((error as Error).cause ?? '') }, 'A request to a queue failed.');
      reply(outgoing, fault('internal'));
    });
  });
  // A connection that is closed while it is idle fails the request that is put on it.
  server.keepAliveTimeout = 0;
  return server;
};

const answer = async (broker: Broker, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const body = await bodyOf(incoming);
  const queue = incoming.headers[RESOURCE_HEADER];
  if (typeof queue !== 'string') return reply(outgoing, fault('malformed'));
  if (body === undefined) return reply(outgoing, fault('tooLarge', `A request of more than ${MOST_REQUEST_BYTES} bytes exceeds the limit`));
  const path = new URL(incoming.url ?? '/', 'http://queue').pathname;
  const name = `${incoming.method} ${path}`;
  if (incoming.headers[BOUND_HEADER] !== undefined && !BOUND_CALLS.has(name)) return reply(outgoing, fault('malformed', NO_SUCH_CALL));
  if (path === '/wait') return hold(broker, queue, body, outgoing);
  const call = CALLS[name];
  reply(outgoing, call === undefined ? fault('malformed', NO_SUCH_CALL) : await call(broker, queue, incoming, body));
};

/** workerd writes its whole request before it looks for an answer. Undefined where there is too much of it. */
const bodyOf = async (incoming: IncomingMessage): Promise<Uint8Array | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MOST_REQUEST_BYTES) chunks.push(chunk);
  }
  return bytes > MOST_REQUEST_BYTES ? undefined : Buffer.concat(chunks);
};

/** The batch is the first line of an answer that stays open: whoever reads it has the batch until one side closes. */
const hold = (broker: Broker, queue: string, body: Uint8Array, outgoing: ServerResponse): void => {
  const asked = waitRequest.safeParse(jsonIn(body));
  if (!asked.success) return reply(outgoing, fault('malformed'));
  let lease: Lease | undefined;
  const waiting = broker.wait(queue, asked.data, (given) => {
    lease = given;
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.write(`${lineOf(given)}\n`);
  });
  if (!waiting.ok) return reply(outgoing, waiting);
  outgoing.once('close', () => {
    waiting.value();
    if (lease !== undefined) broker.release(queue, lease.id);
  });
};

const lineOf = ({ id, messages, metrics }: Lease): string =>
  JSON.stringify({
    lease: id,
    messages: messages.map((message) => ({
      id: message.id,
      timestamp: message.sentAt,
      attempts: message.attempts + 1,
      contentType: message.format,
      body: Buffer.from(message.body).toString('base64'),
    })),
    metadata: { metrics },
  });

/** workerd makes a Worker's error of these two headers (src/workerd/api/queue.c++), older ones of the words beside the status. */
const reply = (outgoing: ServerResponse, said: Reply): void => {
  const text = JSON.stringify(said.ok ? said.value : { error: said.refusal.message });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  if (said.ok) return void outgoing.writeHead(200, headers).end(text);
  const { status, code, message } = said.refusal;
  const words = message.replaceAll(/[^ -~]/g, '?');
  outgoing.writeHead(status, words, { ...headers, 'cf-queues-error-code': String(code), 'cf-queues-error-cause': words }).end(text);
};
