import type { VersionSpec } from '../domain/index.ts';
import type { ProcessPlan, WorkerPlan } from './plan.ts';

/** Handlers that no request reaches: workerd calls them for a Worker that binds the version and may call them. */
const EVENT_HANDLERS = new Set(['scheduled', 'queue']);

export const handlesEvents = ({ handlers }: VersionSpec): boolean => handlers?.some((name) => EVENT_HANDLERS.has(name)) ?? false;

/**
 * The process with a Worker of ours that calls the version's handlers, which takes an experimental flag. The version's own flags were
 * refused in its trial if any of them is experimental (I6).
 */
export const withEvents = (plan: ProcessPlan, eventSocket: string): ProcessPlan => ({
  ...plan,
  workers: [...plan.workers, EVENTS],
  sockets: [...plan.sockets, { name: 'events', path: eventSocket, service: 'events', cfBlobHeader: undefined, schemeHeader: undefined }],
  isExperimental: true,
});

/**
 * `POST /scheduled {cron, scheduledTime}` and `POST /queue {queue, messages, metadata}`, answered with the outcome as JSON. Bodies of
 * messages come in base64; `v8` ones are handed on as they were serialised by the Worker that sent them.
 */
const EVENTS_SOURCE = `const bytesOf = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const BODIES = {
  json: (bytes) => ({ body: JSON.parse(new TextDecoder().decode(bytes)) }),
  text: (bytes) => ({ body: new TextDecoder().decode(bytes) }),
  bytes: (bytes) => ({ body: bytes }),
  v8: (bytes) => ({ serializedBody: bytes }),
};
const messageOf = ({ id, timestamp, attempts, contentType, body }) =>
  ({ id, timestamp: new Date(timestamp), attempts, ...BODIES[contentType](bytesOf(body)) });
export default {
  async fetch(request, { MAIN }) {
    const event = await request.json();
    const { pathname } = new URL(request.url);
    if (pathname === '/scheduled') {
      const { outcome, noRetry } = await MAIN.scheduled({ cron: event.cron, scheduledTime: new Date(event.scheduledTime) });
      return Response.json({ outcome, noRetry });
    }
    const { outcome, ackAll, retryBatch, explicitAcks, retryMessages } =
      await MAIN.queue(event.queue, event.messages.map(messageOf), event.metadata);
    return Response.json({ outcome, ackAll, retryBatch, explicitAcks, retryMessages });
  },
};
`;

const EVENTS: WorkerPlan = {
  name: 'events',
  compatibilityDate: '2026-01-01',
  compatibilityFlags: ['service_binding_extra_handlers'],
  code: { modules: [{ name: 'events.js', field: 'esModule', content: { inline: EVENTS_SOURCE } }] },
  bindings: [{ name: 'MAIN', field: 'service', content: { service: 'main' } }],
};
