import { X } from 'lucide-react';
import { createContext, useContext, useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useHasEnded } from '../api/index.ts';
import { Button, type ButtonProps } from './button.tsx';
import { useGiveBack } from './give-back.ts';
import './dialog.css';

interface DialogProps {
  /** A phrase with a verb: `Roll back checkout to v41`. */
  readonly title: string;
  /** What it is about, small, beside the title. */
  readonly aside?: ReactNode;
  readonly width?: 'small' | 'wide';
  readonly children: ReactNode;
  /** In words, left: how it can be undone. Then the safe button, a `Cancel`, then the acting one, of `type="submit"`. */
  readonly foot: ReactNode;
  readonly onClose: () => void;
  readonly onSubmit?: () => void;
  /** Somebody has typed: leaving asks first. */
  readonly hasTyped?: boolean;
  /** What leaving asks, and what it then does. */
  readonly question?: string;
  readonly discard?: string;
}

const Leave = createContext<() => void>(() => undefined);

/** The safe button of a dialog: what `Esc` and ✕ do, which ask first where something was typed. */
export const Cancel = ({ children = 'Cancel', ...more }: Omit<ButtonProps, 'onClick'>) => {
  const leave = useContext(Leave);
  return (
    <Button {...more} onClick={leave}>
      {children}
    </Button>
  );
};

/**
 * A modal dialog. The browser traps the focus and makes the page inert; whoever opened it has the focus afterwards. The element with
 * `autoFocus` has it at first. `Esc`, ✕ and `Cancel` close unless something was typed; then the first asks, in place, and the second closes.
 */
export const Dialog = ({
  title,
  aside,
  width,
  children,
  foot,
  onClose,
  onSubmit,
  hasTyped = false,
  question = 'Discard what you typed?',
  discard = 'Discard',
}: DialogProps) => {
  const [hasAsked, setHasAsked] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  /** What had the focus when it was asked. */
  const wasIn = useRef<Element>(null);
  const heading = useId();
  const hasEnded = useHasEnded();
  useGiveBack(dialog);
  useEffect(() => {
    const { current } = dialog;
    // What comes late waits behind the sign-in: the browser would lay it over that.
    if (current === null || current.open || hasEnded) return;
    // The browser would take the first button, which closes.
    const wanted = current.querySelector<HTMLElement>('[data-first], [autofocus]');
    current.showModal();
    wanted?.focus();
  }, [hasEnded]);
  const isAsking = hasAsked && hasTyped;
  const close = (): void => {
    if (!hasTyped || hasAsked) return onClose();
    wasIn.current = document.activeElement;
    setHasAsked(true);
    // Where the browser has closed it already, it was to stay.
    if (dialog.current?.open === false) dialog.current.showModal();
    return undefined;
  };
  const stay = (): void => {
    setHasAsked(false);
    // The button that was pressed goes, and the focus with it.
    if (wasIn.current instanceof HTMLElement && wasIn.current.isConnected) wasIn.current.focus();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <dialog
      ref={dialog}
      className={`dialog${width ? ` is-${width}` : ''}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      // Pressed twice, Esc closes it without asking anybody.
      onClose={close}
    >
      <div className="dialog-head">
        <h2 id={heading}>{title}</h2>
        {aside !== undefined && <span className="second small">{aside}</span>}
        <Button kind="quiet" isSmall icon={X} name="Close" onClick={close} />
      </div>
      {/* Whoever types on stays. */}
      <form className="dialog-form" onSubmit={submit} onInput={() => setHasAsked(false)} noValidate>
        <Leave value={close}>
          <div className="dialog-body">{children}</div>
          {isAsking && <Question {...{ question, discard }} onStay={stay} onLeave={onClose} />}
          <div className="dialog-foot">{foot}</div>
        </Leave>
      </form>
    </dialog>
  );
};

interface QuestionProps extends Required<Pick<DialogProps, 'question' | 'discard'>> {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** It takes no focus: who is asked goes on typing, or presses the key once more. */
const Question = ({ question, discard, onStay, onLeave }: QuestionProps) => (
  <div className="dialog-question">
    <p role="alert">
      <strong className="strong">{question}</strong> <kbd>Esc</kbd> again means yes.
    </p>
    <Button isSmall onClick={onStay}>
      Go on
    </Button>
    <Button isSmall onClick={onLeave}>
      {discard}
    </Button>
  </div>
);
