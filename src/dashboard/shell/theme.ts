import { useSyncExternalStore } from 'react';

type Theme = 'light' | 'dark';

const KEY = 'switchback-theme';

const systems = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

const isTheme = (value: string | null | undefined): value is Theme => value === 'light' || value === 'dark';

/** Before anything is drawn. Without a choice the system's theme holds, and follows it. */
export const applyTheme = (): void => {
  const theme = localStorage.getItem(KEY);
  if (isTheme(theme)) document.documentElement.dataset['theme'] = theme;
};

/** The one that is seen: what the page says of itself, else the system's. */
const shown = (): Theme => {
  const { theme } = document.documentElement.dataset;
  return isTheme(theme) ? theme : systems().matches ? 'dark' : 'light';
};

const subscribe = (listener: () => void): (() => void) => {
  const chosen = new MutationObserver(listener);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const system = systems();
  system.addEventListener('change', listener);
  return () => {
    chosen.disconnect();
    system.removeEventListener('change', listener);
  };
};

const toggle = (): void => {
  const other = shown() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, other);
  document.documentElement.dataset['theme'] = other;
};

export const useTheme = (): readonly [Theme, () => void] => [useSyncExternalStore(subscribe, shown), toggle];
