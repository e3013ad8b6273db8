import { X } from 'lucide-react';
import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { useGiveBack } from './give-back.ts';
import './dialog.css';

interface DialogProps {
  /** A phrase with a verb: `Roll back checkout to v41`. */
  readonly title: string;
  /** What it is about, small, beside the title. */
  readonly aside?: ReactNode;
  readonly width?: 'small' | 'wide';
  readonly children: ReactNode;
  /** In words, left: how it can be undone. Then the safe button, then the acting one, of `type="submit"`. */
  readonly foot: ReactNode;
  readonly onClose: () => void;
  readonly onSubmit?: () => void;
  /** Somebody has typed: leaving asks first. */
  readonly hasTyped?: boolean;
  /** What leaving asks. */
  readonly question?: string;
}

/**
 * A modal dialog. The browser traps the focus and makes the page inert; whoever opened it has the focus afterwards. The element with
 * `autoFocus` has it at first. `Esc` closes unless something was typed; then it asks.
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
  question = 'Leave without keeping what you typed?',
}: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useGiveBack(dialog);
  useEffect(() => {
    const { current } = dialog;
    if (current === null || current.open) return;
    // The browser would take the first button, which closes.
    const wanted = current.querySelector<HTMLElement>('[data-first], [autofocus]');
    current.showModal();
    wanted?.focus();
  }, []);
  const close = (): void => {
    if (!hasTyped || window.confirm(question)) onClose();
    // Where the browser has closed it already, it was to stay.
    else if (dialog.current?.open === false) dialog.current.showModal();
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
      <form className="dialog-form" onSubmit={submit} noValidate>
        <div className="dialog-body">{children}</div>
        <div className="dialog-foot">{foot}</div>
      </form>
    </dialog>
  );
};
