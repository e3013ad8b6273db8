import type { Browser } from 'playwright-core';

export const WIDE = { width: 1440, height: 900 } as const;
export const NARROW = { width: 390, height: 844 } as const;

export interface BrowserOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Without it nothing moves, so that no test waits for a movement. */
  readonly hasMotion?: boolean;
}

/** What a person's browser says of itself, the same on every machine. */
export const contextOf = ({ viewport = WIDE, colorScheme = 'light', hasMotion = false }: BrowserOptions) =>
  ({
    viewport,
    colorScheme,
    reducedMotion: hasMotion ? 'no-preference' : 'reduce',
    hasTouch: viewport.width < 768,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    permissions: ['clipboard-read', 'clipboard-write'],
  }) as const satisfies Parameters<Browser['newContext']>[0];
