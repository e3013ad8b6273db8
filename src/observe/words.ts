import type { VersionAnswer } from '../domain/index.ts';

/** What a version was called for. */
export type InvocationKind = 'fetch' | 'websocket' | 'scheduled' | 'queue' | 'alarm' | 'rpc' | 'other';

/**
 * How an invocation ended, in Cloudflare's words
 * (https://developers.cloudflare.com/workers/observability/logs/logpush/, `Outcome`).
 */
export type Outcome =
  | 'ok'
  | 'exception'
  | 'exceededCpu'
  | 'exceededMemory'
  | 'exceededWallTime'
  | 'canceled'
  | 'responseStreamDisconnected'
  | 'scriptNotFound'
  | 'loadShed'
  | 'unknown';

const OUTCOMES = new Set<string>([
  'ok',
  'exception',
  'exceededCpu',
  'exceededMemory',
  'exceededWallTime',
  'canceled',
  'responseStreamDisconnected',
  'scriptNotFound',
  'loadShed',
] satisfies readonly Outcome[]);

/** The runtime may have words that we have not. */
export const outcomeFrom = (word: string): Outcome => (OUTCOMES.has(word) ? (word as Outcome) : 'unknown');

/** A visitor who leaves is no fault of the version's; an answer of 500 and above is. */
export const isError = (outcome: Outcome, status: number | undefined): boolean =>
  (outcome !== 'ok' && outcome !== 'canceled' && outcome !== 'responseStreamDisconnected') || (status !== undefined && status >= 500);

/** Why a request went to its version. */
export type PickReason = VersionAnswer['reason'];

/** The version an invocation is attributed to. */
export interface ObservedVersion {
  readonly id: string;
  readonly tag?: string | undefined;
  readonly message?: string | undefined;
}
