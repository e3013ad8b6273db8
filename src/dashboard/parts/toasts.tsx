import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { whenForgotten } from '../api/index.ts';
import './toasts.css';

interface Toast {
  /** What has happened: `v42 now gets 25%.` Never an error. */
  readonly text: ReactNode;
  /** Undo, or the way on. */
  readonly action?: { readonly text: string; readonly onSelect: () => void };
}

const SHOWN_MS = 6_000;

let toasts: readonly (Toast & { readonly id: number })[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

const set = (next: typeof toasts): void => {
  toasts = next;
  for (const listener of listeners) listener();
};

/** Says what has happened. A later one with the same `replaces` takes its place. Answers its id. */
export const toast = (shown: Toast, replaces?: number): number => {
  const id = replaces ?? (lastId += 1);
  set([...toasts.filter((other) => other.id !== id), { ...shown, id }].slice(-3));
  return id;
};

whenForgotten(() => set([]));

const leave = (id: number): void => set(toasts.filter((other) => other.id !== id));

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const Toasts = () => {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <section className="toasts" aria-label="What has happened" aria-live="polite">
      {shown.map((each) => (
        <OneToast key={each.id} {...each} />
      ))}
    </section>
  );
};

const Stay = createContext<(stays: boolean) => void>(() => undefined);

/** For what a toast shows: it stays for as long as it has something to wait for. */
export const useStay = (stays: boolean): void => {
  const setStays = useContext(Stay);
  useEffect(() => setStays(stays), [setStays, stays]);
};

/** Goes after six seconds, but not while it has the focus or the pointer, or waits for something. */
const OneToast = ({ id, text, action }: Toast & { readonly id: number }) => {
  const [isHeld, setIsHeld] = useState(false);
  const [stays, setStays] = useState(false);
  useEffect(() => {
    if (isHeld || stays) return undefined;
    const timer = window.setTimeout(() => leave(id), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [id, text, isHeld, stays]);
  const held = {
    onPointerEnter: () => setIsHeld(true),
    onPointerLeave: () => setIsHeld(false),
    onFocus: () => setIsHeld(true),
    onBlur: () => setIsHeld(false),
  };
  return (
    <div className="toast" {...held}>
      <span>
        <Stay value={setStays}>{text}</Stay>
      </span>
      {action && (
        <button
          type="button"
          className="link"
          onClick={() => {
            leave(id);
            action.onSelect();
          }}
        >
          {action.text}
        </button>
      )}
    </div>
  );
};
