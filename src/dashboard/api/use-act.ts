import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query';
import { useRef } from 'react';

/** What somebody does with a button: `useMutation`, but pressed again before it is over it does nothing. */
export const useAct = <Data>(options: UseMutationOptions<Data, Error, void>): UseMutationResult<Data, Error, void> => {
  const isRunning = useRef(false);
  const acting = useMutation(options);
  // A second press may come before the first is drawn.
  const mutate: typeof acting.mutate = (input, callbacks) => {
    if (isRunning.current) return;
    isRunning.current = true;
    acting.mutate(input, {
      ...callbacks,
      onSettled: (...told) => {
        isRunning.current = false;
        callbacks?.onSettled?.(...told);
      },
    });
  };
  return { ...acting, mutate };
};
