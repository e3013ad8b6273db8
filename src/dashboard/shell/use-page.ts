import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { titleOf } from './titles.ts';

/** A page that was gone to is told like one that was loaded: the window has its name, and its heading has the focus. */
export const usePage = (): void => {
  // It is there once all of it was loaded.
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (path === undefined) return;
    document.title = titleOf(path);
    const isFirst = before.current === undefined || before.current === path;
    before.current = path;
    if (isFirst || document.activeElement?.matches('main input, main textarea, main [contenteditable=true]') === true) return;
    const page = document.querySelector<HTMLElement>('#page h1') ?? document.getElementById('page');
    if (page === null) return;
    page.tabIndex = -1;
    page.focus({ preventScroll: true });
  }, [path]);
};
