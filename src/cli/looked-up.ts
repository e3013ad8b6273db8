import type { Page } from './api-client.ts';

/** As long as somebody who waits for an answer does. */
const LOOKED_FOR_MS = 15_000;

export interface LookedUp {
  readonly found: readonly unknown[];
  /** Where time was up before there was enough or all. */
  readonly lookedBackTo?: string;
}

/** Page by page, as many as wanted or all there are: one page is looked for so briefly that it may be short, or empty, and not the last. */
export const lookedUp = async (
  limit: number,
  page: (most: number, cursor: string | undefined) => Promise<Page>,
  withinMs = LOOKED_FOR_MS,
): Promise<LookedUp> => {
  const deadline = performance.now() + withinMs;
  const found: unknown[] = [];
  let cursor: string | undefined;
  for (;;) {
    const { result, info } = await page(limit - found.length, cursor);
    found.push(...(result as readonly unknown[]));
    ({ cursor } = info);
    if (cursor === undefined || found.length >= limit) return { found };
    if (performance.now() >= deadline) return info.looked_back_to === undefined ? { found } : { found, lookedBackTo: info.looked_back_to };
  }
};
