import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { planLogpush, USUAL_LOGPUSH, type LogpushPlan, type LogpushSettings } from '../../domain/index.ts';
import type { InvocationRecord } from '../record.ts';
import type { DestinationRules } from './destinations/index.ts';
import type { LogpushOrder } from './wire.ts';

/** For destinations of the test's own. */
export const OPEN: DestinationRules = { allowPrivate: true, deniedNetworks: [], fileRoot: undefined };

/** What came in one request. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers: a status, and with it what it says. Tests put others in its place. */
  answer: (request: Received) => { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };
  /** Every row that was taken, in the order in which they came. */
  rows(): readonly Readonly<Record<string, unknown>>[];
  /** Ends it as if its machine were off, and starts it again on the same port. */
  away(): Promise<void>;
  back(): Promise<void>;
}

const rowsIn = ({ headers, body }: Received): readonly Readonly<Record<string, unknown>>[] => {
  const isGzip = headers['content-encoding'] === 'gzip' || headers['content-type'] === 'application/gzip';
  const text = (isGzip ? gunzipSync(body) : body).toString();
  // Each is a line that Logpush wrote.
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
};

/** A real HTTP server that takes what is sent to it. */
export const aReceiver = async (t: TestContext): Promise<Receiver> => {
  const taken: Received[] = [];
  const receiver: Receiver = {
    url: '',
    received: [],
    answer: () => ({ status: 200 }),
    rows: () => taken.flatMap(rowsIn).filter((row) => !('content' in row)),
    away: async () => {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
    back: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const received = { method, path, headers, body: Buffer.concat(chunks) };
      receiver.received.push(received);
      const { status, headers: answered = {}, body = '' } = receiver.answer(received);
      if (status < 300) taken.push(received);
      response.writeHead(status, { connection: 'close', ...answered }).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(receiver, { url: `http://127.0.0.1:${port}` });
};

const AT = Date.UTC(2026, 0, 1, 12, 0, 0, 250);

/** A request that its Worker answered. */
export const aRecord = (changes: Partial<InvocationRecord> = {}): InvocationRecord => ({
  id: '87ed87f80cf22d84',
  at: AT,
  script: 'hello',
  version: { id: '1e7519b3-08e2-441d-ae10-7c8c6d3b7e17', message: 'Second greeting', tag: 'v2' },
  kind: 'fetch',
  entrypoint: undefined,
  outcome: 'ok',
  status: 200,
  wallMs: 12.4,
  cpuMs: 2.6,
  event: { request: { url: 'https://hello.example.com/cart?x=1', method: 'GET', headers: {} }, response: { status: 200 } },
  logs: [{ level: 'log', message: ['foo', { bar: 1 }], timestamp: AT + 5 }],
  exceptions: [],
  isSampled: true,
  ...changes,
});

export const aPlan = (settings: Partial<LogpushSettings> = {}, limits: Partial<LogpushPlan['limits']> = {}): LogpushPlan => {
  const plan = planLogpush({ ...USUAL_LOGPUSH, isEnabled: true, ...settings });
  if (!plan.ok) throw new Error(JSON.stringify(plan.refusal));
  return { ...plan.value, limits: { ...plan.value.limits, ...limits } };
};

let orders = 0;

/** One job, of one Worker. */
export const anOrder = (destination: string, plan = aPlan(), id = 1): LogpushOrder => ({
  revision: String((orders += 1)),
  jobs: [{ id, plan, isEnabled: true, destination }],
  scripts: { hello: ['eu', 'shop'] },
});
