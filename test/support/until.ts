import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;
const DEFAULT_TIMEOUT_MS = 20_000;

/** Looks again and again until there is something, and answers it. Throws, saying what was awaited, when it does not come. */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<Exclude<Found, undefined | null | false>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found as Exclude<Found, undefined | null | false>; // Just checked.
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await wait(LOOK_EVERY_MS);
  }
}
