import { useRef, useState } from 'react';
import { ApiFailure, call, refresh, type Answer, type Result } from '../../api/index.ts';

export interface Wanted {
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
  readonly message: string;
  /** Secrets changed, and the person knows. */
  readonly isForced: boolean;
  /** What the person saw: where something else serves by now, nothing is done. */
  readonly ifMatch: string;
}

export type Deployed = Answer<Result<'createDeployment'>>;

/** Moves traffic, or says why not: once however often it is pressed, and what it was refused for is read anew. */
export const useMove = (worker: string) => {
  const [isWorking, setIsWorking] = useState(false);
  const [error, setError] = useState<unknown>();
  const isRunning = useRef(false);
  const move = async (act: () => Promise<void>): Promise<void> => {
    // A second press may come before the first is drawn.
    if (isRunning.current) return;
    isRunning.current = true;
    setIsWorking(true);
    setError(undefined);
    try {
      await act();
      await refresh(worker);
    } catch (failure) {
      setError(failure);
      // What it was refused for is what the form shows next.
      if (failure instanceof ApiFailure) await refresh(worker);
    } finally {
      isRunning.current = false;
      setIsWorking(false);
    }
  };
  return { move, isWorking, error };
};

export const deployed = (worker: string, { versions, message, isForced, ifMatch }: Wanted): Promise<Deployed> =>
  call('createDeployment', {
    params: { script_name: worker },
    query: isForced ? { force: 'true' } : {},
    body: {
      strategy: 'percentage',
      versions: [...versions],
      ...(message.trim() === '' ? {} : { annotations: { 'workers/message': message.trim() } }),
    },
    ifMatch,
  });
