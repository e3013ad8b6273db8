import { text } from 'node:stream/consumers';
import { accept, refuse, type Result } from '../../base/index.ts';
import type { QueueSettings, Refusal } from '../../domain/index.ts';
import type { DataCall, DataClient } from '../data-client.ts';
import type { Metrics } from './broker.ts';
import type { Format } from './message-store.ts';

export type { Metrics as QueueMetrics };

type Outcome<Value> = Promise<Result<Value, Refusal>>;

export interface PushedMessage {
  readonly format: Format;
  readonly body: string;
  readonly delay: number | undefined;
}

/** One queue, as the API works on it. */
export interface RemoteQueue {
  /** Makes it, or sets one that is there. */
  put(settings: Pick<QueueSettings, 'deliveryDelay' | 'retention'>): Outcome<undefined>;
  /** With everything in it. */
  delete(): Outcome<undefined>;
  purge(): Outcome<undefined>;
  send(messages: readonly PushedMessage[]): Outcome<Metrics>;
  state(): Outcome<{ readonly metrics: Metrics; readonly purgedAt: number | null }>;
}

export const remoteQueue = (client: DataClient, name: string): RemoteQueue => {
  const json = async <Value>(call: DataCall): Outcome<Value> => {
    const answer = await client.ask({ kind: 'queue', id: name, name }, call);
    const said = await text(answer.body);
    if (answer.status >= 500) throw new Error(`The queues answered ${answer.status}: ${answer.words}`);
    // The store's own answers have the shapes that are written above.
    if (answer.status < 400) return accept(JSON.parse(said) as Value);
    return refuse({ code: 'data_refused', kind: 'queue', status: answer.status, reason: answer.words });
  };
  const done = async (call: DataCall): Outcome<undefined> => {
    const answer = await json(call);
    return answer.ok ? accept(undefined) : answer;
  };
  return {
    put: ({ deliveryDelay, retention }) => done({ method: 'PUT', path: '/', body: JSON.stringify({ deliveryDelay, retention }) }),
    delete: () => done({ method: 'DELETE', path: '/' }),
    purge: () => done({ method: 'POST', path: '/purge' }),
    state: () => json({ method: 'GET', path: '/state' }),
    send: async (messages) => {
      const batch = messages.map(({ format, body, delay }) => ({
        body: Buffer.from(body).toString('base64'),
        contentType: format,
        ...(delay === undefined ? {} : { delaySecs: delay }),
      }));
      const sent = await json<{ metadata: { metrics: Metrics } }>({
        method: 'POST',
        path: '/batch',
        body: JSON.stringify({ messages: batch }),
      });
      return sent.ok ? accept(sent.value.metadata.metrics) : sent;
    },
  };
};
