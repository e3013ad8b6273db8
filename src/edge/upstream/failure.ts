/**
 * Why a version gave no whole answer. `unreachable`: nothing of the request was read, it may be sent again; `silent`: no head
 * of an answer in time; `broke_off`: the connection ended within the answer; `malformed`: what came is not HTTP;
 * `unsendable`: the request cannot be written as HTTP/1.1.
 */
export type FailureReason = 'unreachable' | 'silent' | 'broke_off' | 'malformed' | 'unsendable';

export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

export const malformed = (what: string): UpstreamFailure => new UpstreamFailure('malformed', `The answer is not HTTP: ${what}.`);
