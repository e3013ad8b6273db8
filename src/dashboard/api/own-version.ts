import { useSyncExternalStore } from 'react';

/** Whether the server was seen to have another version of the dashboard than the one that this page is of. */
let isOutdated = false;
const listeners = new Set<() => void>();

/** The file that the page begins with. */
export const ownScript = (): string | undefined => document.querySelector('script[type=module][src]')?.getAttribute('src') ?? undefined;

/**
 * Whether the server answers with the dashboard that this page is of, or with another; undefined where it does not answer, or something
 * else does in its place. The names of what was built go by what is in it: a page that begins with another file is another dashboard.
 */
export const lookForOwnVersion = async (): Promise<'same' | 'other' | undefined> => {
  const own = ownScript();
  const page = await fetch('/', { cache: 'no-store' }).catch(() => undefined);
  const html = page?.ok === true ? await page.text().catch(() => undefined) : undefined;
  if (html === undefined || !/<script[^>]*type="?module/.test(html)) return undefined;
  isOutdated = own !== undefined && !html.includes(own);
  for (const listener of listeners) listener();
  return isOutdated ? 'other' : 'same';
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useIsOutdated = (): boolean => useSyncExternalStore(subscribe, () => isOutdated);
