import { useBlocker } from '@tanstack/react-router';
import { useEffect } from 'react';

/** What is asked before the page is left, each as long as there is something to lose. */
const questions = new Set<string>();

/** Whether somebody who has something to lose wants to leave all the same. */
export const mayLeave = (): boolean => [...questions].every((question) => window.confirm(question));

/** Leaving the page asks this first; undefined where nothing is lost with it. */
export const useAskBeforeLeaving = (question: string | undefined): void => {
  useBlocker({
    shouldBlockFn: ({ current, next }) => question !== undefined && current.pathname !== next.pathname && !window.confirm(question),
    enableBeforeUnload: question !== undefined,
    disabled: question === undefined,
  });
  useEffect(() => {
    if (question === undefined) return undefined;
    questions.add(question);
    return () => void questions.delete(question);
  }, [question]);
};
