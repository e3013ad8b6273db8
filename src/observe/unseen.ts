import type { TraceException } from './trace.ts';

/** Stands for exceptions of processes that were not traced: all that is known is that there were some. */
export const UNSEEN = 'It threw, and what is not known: its process was not traced.';

/** Whether a group is of exceptions that nobody saw: whatever they were, they are not one fault. */
export const isUnseen = ({ name, message }: Pick<TraceException, 'name' | 'message'>): boolean =>
  name === 'exception' && message === UNSEEN;
