import { OUTCOMES, type Outcome, type VersionAnswer } from '../domain/index.ts';

export { INVOCATION_KINDS, OUTCOMES, type InvocationKind, type Outcome } from '../domain/index.ts';

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
