import { setTimeout as wait } from 'node:timers/promises';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** Does what only the other halves' absence can hinder, again and again until it succeeds: they say themselves why they are away. */
export const untilDone = async (work: () => Promise<void>, signal: AbortSignal): Promise<void> => {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
    try {
      return await work();
    } catch {
      await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
};
