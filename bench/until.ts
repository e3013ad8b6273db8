import { setTimeout as wait } from 'node:timers/promises';

/** Waits for a condition; says what it waited for when it does not come. */
export const until = async (what: string, isSo: () => boolean | Promise<boolean>, timeoutMs = 60_000, everyMs = 10): Promise<void> => {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}.`);
    await wait(everyMs);
  }
};
