import type { TailFilter } from './filter.ts';

/** As many clients may tail one Worker as Cloudflare allows (https://developers.cloudflare.com/workers/observability/logs/real-time-logs/). */
export const MOST_TAILS = 10;

/** A tail as the API is told of it. Whoever knows the token may read. */
export interface OpenTail {
  readonly id: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What comes of asking for a tail: one, or none because there are too many. */
export type TailAnswer = { readonly tail: OpenTail; readonly isAttached: boolean } | { readonly tail: null };

export interface TailRequest {
  readonly script: string;
  readonly filters: readonly TailFilter[];
}
