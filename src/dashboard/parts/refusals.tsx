import { useSyncExternalStore } from 'react';
import { whenForgotten } from '../api/index.ts';
import { Refusal } from './banner.tsx';
import { Button } from './button.tsx';

interface Refused {
  /** What did not happen, and to whom: `shop is not taken back.` */
  readonly what: string;
  readonly error: unknown;
}

let refusals: readonly (Refused & { readonly id: number })[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

const set = (next: typeof refusals): void => {
  refusals = next;
  for (const listener of listeners) listener();
};

/** Of what was asked for where no form is open any more that could say it. */
export const refused = (what: string, error: unknown): void => set([...refusals, { what, error, id: (lastId += 1) }]);

whenForgotten(() => set([]));

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** On every page, until somebody has read it. */
export const Refusals = () =>
  useSyncExternalStore(subscribe, () => refusals).map(({ id, what, error }) => (
    <Refusal
      key={id}
      what={what}
      error={error}
      action={
        <Button isSmall onClick={() => set(refusals.filter((other) => other.id !== id))}>
          Understood
        </Button>
      }
    />
  ));
