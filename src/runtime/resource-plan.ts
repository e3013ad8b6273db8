import { join } from 'node:path';
import { refOf, type DataBinding, type DataKind } from '../domain/index.ts';
import type { BindingPlan } from './plan.ts';

/** A service behind a unix socket. workerd puts `headers` on every request to it, in place of those a Worker may have set. */
export interface ExternalPlan {
  readonly name: string;
  readonly socketPath: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests come there as they were made: with `request.cf` and the scheme of their URL, in the headers of an edge's requests. */
  readonly isWhole?: boolean;
}

/** In which header a version's process says which resource a request is for. */
export const RESOURCE_HEADER = 'switchback-resource';

/**
 * Says that a request is a binding's, which may do what workerd's binding does and nothing of what the API and edges may: what is inside
 * of a binding can be had by the Worker's code, and asked for any path. The API's requests are without it.
 */
export const BOUND_HEADER = 'switchback-bound';

/** The delay of a queue's binding in seconds, for messages without one of their own. */
export const QUEUE_DELAY_HEADER = 'switchback-queue-delay';

/** What has a socket there: the resources, by kind, and the counters of rate limits, which are none. */
export type DataSocket = DataKind | 'ratelimit';

const SOCKETS: Readonly<Record<DataSocket, string>> = {
  kv_namespace: 'kv',
  d1: 'd1',
  r2_bucket: 'r2',
  queue: 'queue',
  ratelimit: 'ratelimit',
};

/** All sockets at which what bindings reach answers. */
export const resourceSockets = (dataFolder: string): Readonly<Record<DataSocket, string>> => ({
  kv_namespace: resourceSocket(dataFolder, 'kv_namespace'),
  d1: resourceSocket(dataFolder, 'd1'),
  r2_bucket: resourceSocket(dataFolder, 'r2_bucket'),
  queue: resourceSocket(dataFolder, 'queue'),
  ratelimit: resourceSocket(dataFolder, 'ratelimit'),
});

/** Where the resources of a kind answer, each in the protocol of workerd's binding to it. */
export const resourceSocket = (dataFolder: string, kind: DataSocket): string => join(dataFolder, SOCKETS[kind]);

const FIELDS = { kv_namespace: 'kvNamespace', d1: 'wrapped', r2_bucket: 'r2Bucket', queue: 'queue' } as const satisfies Record<
  DataKind,
  string
>;

/** A binding to a resource, and the service it needs. A resource that comes into being changes nothing that runs. */
export const planResource = (
  binding: DataBinding,
  dataFolder: string,
): { readonly binding: BindingPlan; readonly external: ExternalPlan } => {
  const { key } = refOf(binding);
  const kind = binding.type;
  const delay = binding.type === 'queue' ? binding.delivery_delay : undefined;
  const service = `${SOCKETS[kind]}:${key}${delay === undefined ? '' : `:${delay}`}`;
  const field = FIELDS[kind];
  const content = field === 'wrapped' ? { wrappedBy: 'cloudflare-internal:d1-api', fetcher: service } : { service };
  return {
    binding: { name: binding.name, field, content },
    external: {
      name: service,
      socketPath: resourceSocket(dataFolder, kind),
      headers: { [RESOURCE_HEADER]: key, [BOUND_HEADER]: 'yes', ...(delay === undefined ? {} : { [QUEUE_DELAY_HEADER]: String(delay) }) },
    },
  };
};
