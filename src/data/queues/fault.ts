import { refuse, type Result } from '../../base/index.ts';

/** A no of the queue's: a Worker finds its words and its code in its error's message. Codes are Cloudflare's where one is known. */
export interface QueueFault {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

const FAULTS = {
  noSuchQueue: [404, 11000, 'The queue does not exist.'],
  full: [429, 100383, 'Storage Limit Exceeded'],
  malformed: [400, 100380, 'The request is not valid.'],
  tooLarge: [413, 100380, 'The message is too large.'],
  internal: [500, 15000, 'An internal error happened. Please try again.'],
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>;

/** `detail` takes the place of the sentence where it can say more. */
export const fault = (name: keyof typeof FAULTS, detail?: string): Result<never, QueueFault> & { readonly ok: false } => {
  const [status, code, message] = FAULTS[name];
  return refuse({ status, code, message: detail ?? message });
};
