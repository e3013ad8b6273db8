import { refuse, type Result } from '../../base/index.ts';

/** A no of the queue's: a Worker finds its words at the end of its error's message. */
export interface QueueFault {
  readonly status: number;
  readonly message: string;
}

const FAULTS = {
  noSuchQueue: [404, 'The queue does not exist.'],
  full: [429, 'Storage Limit Exceeded'],
  malformed: [400, 'The request is not valid.'],
  tooLarge: [413, 'The message is too large.'],
  internal: [500, 'An internal error happened. Please try again.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

/** `detail` takes the place of the sentence where it can say more. */
export const fault = (name: keyof typeof FAULTS, detail?: string): Result<never, QueueFault> & { readonly ok: false } => {
  const [status, message] = FAULTS[name];
  return refuse({ status, message: detail ?? message });
};
