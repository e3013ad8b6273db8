/** What a version is called for. */
export const INVOCATION_KINDS = ['fetch', 'websocket', 'scheduled', 'queue', 'alarm', 'rpc', 'other'] as const;
export type InvocationKind = (typeof INVOCATION_KINDS)[number];

/**
 * How an invocation ended, in Cloudflare's words
 * (https://developers.cloudflare.com/workers/observability/logs/logpush/, `Outcome`).
 */
export const OUTCOMES = [
  'ok',
  'exception',
  'exceededCpu',
  'exceededMemory',
  'exceededWallTime',
  'canceled',
  'responseStreamDisconnected',
  'scriptNotFound',
  'loadShed',
  'unknown',
] as const;
export type Outcome = (typeof OUTCOMES)[number];
