import type { VersionAnswer } from '../domain/index.ts';

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

/** The runtime may have words that we have not. */
export const outcomeFrom = (word: string): Outcome => OUTCOMES.find((outcome) => outcome === word) ?? 'unknown';

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
