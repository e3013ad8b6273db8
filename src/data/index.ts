/** What bindings reach: the process that stores it, and ways to it for the API. */
export { DataClient, type DataAnswer, type DataCall } from './data-client.ts';
export { type HeldDescriptors } from './config.ts';
export { DataProcess, type DataProcessOptions } from './data-process.ts';
export { RateLimits, type RateLimitsOptions } from './rate-limits/rate-limits.ts';
export { R2, type R2Options } from './r2/r2.ts';
export { r2Bucket, type RemoteBucket } from './r2/remote-bucket.ts';
export type { Listed as R2Listed } from './r2/list.ts';
export type { ObjectJson as R2Object } from './r2/wire.ts';
export { eraseD1, queryD1 } from './d1.ts';
export { schemaChangedOn } from './d1-schema.ts';
export { D1Work } from './d1-work.ts';
export { emptyKv, kvStore, type KvEntry, type KvKeyFound, type KvStore } from './kv.ts';
export { QueueLeases, type LeasedBatch, type Outcome as QueueOutcome, type Settled as QueueSettled } from './queues/leases.ts';
export { Queues, type QueuesOptions } from './queues/queues.ts';
export { StandIn } from './stand-in.ts';
export { storedObjects, type StoredObject } from './stored-objects.ts';
export { remoteQueue, type PushedMessage, type QueueMetrics, type RemoteQueue } from './queues/remote-queue.ts';
