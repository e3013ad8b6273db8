import { accept, type Result } from '../../base/index.ts';
import type { BodyOf, queueEndpoints } from '../../contract/index.ts';
import { remoteQueue, type PushedMessage } from '../../data/index.ts';
import type { Refusal } from '../../domain/index.ts';
import type { Answer, Api, Handlers } from '../api.ts';
import { queueMetricsView } from '../views/index.ts';
import { queueOf, shownQueue } from './queues.ts';

type Names = 'getQueueMetrics' | 'purgeQueue' | 'getQueuePurge' | 'pushQueueMessage' | 'pushQueueMessages';
type Family = Pick<typeof queueEndpoints, Names>;

/** JSON by default, as Cloudflare takes what is pushed. A text that says that it is one goes as it is. */
const pushed = ({ body = null, content_type: type = 'json', delay_seconds: delay }: BodyOf<Family['pushQueueMessage']>): PushedMessage => ({
  format: type,
  body: type === 'text' && typeof body === 'string' ? body : JSON.stringify(body),
  delay,
});

const send = async (api: Api, key: string, messages: readonly PushedMessage[]) => {
  const queue = await queueOf(api, key);
  if (!queue.ok) return queue;
  const sent = await remoteQueue(api.data, queue.value.name).send(messages);
  return sent.ok ? accept({ result: { metadata: { metrics: queueMetricsView(sent.value) } } }) : sent;
};

const stateOf = async (api: Api, key: string) => {
  const queue = await queueOf(api, key);
  return queue.ok ? remoteQueue(api.data, queue.value.name).state() : queue;
};

export const queueMessages: Handlers<Family> = {
  getQueueMetrics: async (api, { params }) => {
    const state = await stateOf(api, params.queue_id);
    return state.ok ? accept({ result: queueMetricsView(state.value.metrics) }) : state;
  },
  purgeQueue: async (api, { params }): Promise<Result<Answer<Awaited<ReturnType<typeof shownQueue>>>, Refusal>> => {
    const queue = await queueOf(api, params.queue_id);
    if (!queue.ok) return queue;
    const purged = await remoteQueue(api.data, queue.value.name).purge();
    return purged.ok ? accept({ result: await shownQueue(api, queue.value) }) : purged;
  },
  // A purge is over once it is answered.
  getQueuePurge: async (api, { params }) => {
    const state = await stateOf(api, params.queue_id);
    if (!state.ok) return state;
    const at = state.value.purgedAt;
    return accept({ result: { completed: String(at !== null), started_at: at === null ? '' : new Date(at).toISOString() } });
  },
  pushQueueMessage: (api, { params, body }) => send(api, params.queue_id, [pushed(body)]),
  pushQueueMessages: (api, { params, body }) =>
    send(
      api,
      params.queue_id,
      body.messages.map((message) => pushed({ ...message, delay_seconds: message.delay_seconds ?? body.delay_seconds })),
    ),
};
