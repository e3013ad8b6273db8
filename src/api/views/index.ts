/** What is stored, in the shapes Cloudflare's clients read. */
export * from './account.ts';
export * from './audit.ts';
export * from './certificate.ts';
export * from './compare.ts';
export * from './d1.ts';
export * from './durable-objects.ts';
export * from './hosts.ts';
export * from './kv.ts';
export * from './legacy.ts';
export * from './queue.ts';
export * from './r2.ts';
export * from './logpush.ts';
export * from './preflight.ts';
export * from './script.ts';
export * from './service.ts';
export * from './version.ts';
export * from './worker.ts';
