import { useState } from 'react';

type Theme = 'light' | 'dark';

const KEY = 'switchback-theme';

const systems = (): Theme => (window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

const chosen = (): Theme | undefined => {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : undefined;
};

/** Before anything is drawn. Without a choice the system's theme holds, and follows it. */
export const applyTheme = (): void => {
  const theme = chosen();
  if (theme !== undefined) document.documentElement.dataset['theme'] = theme;
};

export const useTheme = (): readonly [Theme, () => void] => {
  const [theme, setTheme] = useState<Theme>(() => chosen() ?? systems());
  const toggle = (): void => {
    const other = (document.documentElement.dataset['theme'] ?? systems()) === 'dark' ? 'light' : 'dark';
    localStorage.setItem(KEY, other);
    document.documentElement.dataset['theme'] = other;
    setTheme(other);
  };
  return [theme, toggle];
};
