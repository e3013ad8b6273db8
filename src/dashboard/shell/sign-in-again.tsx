import { useEffect, useRef } from 'react';
import { useHasEnded } from '../api/index.ts';
import { useGiveBack } from '../parts/index.ts';
import { SignInForm } from './sign-in-form.tsx';
import './sign-in.css';

/** Over a page whose session has ended: nothing of it is seen or reached, and what was typed into it is there afterwards. */
export const SignInAgain = ({ email }: { readonly email: string }) => (useHasEnded() ? <Over email={email} /> : null);

const Over = ({ email }: { readonly email: string }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useGiveBack(dialog);
  const show = (): void => {
    if (dialog.current?.open !== false) return;
    dialog.current.showModal();
    dialog.current.querySelector('input')?.focus();
  };
  useEffect(show, []);
  return (
    <dialog
      ref={dialog}
      className="sign-in-over"
      aria-label="Sign in"
      // The page behind it must not hear of it either.
      onKeyDown={(event) => event.key === 'Escape' && event.preventDefault()}
      onCancel={(event) => event.preventDefault()}
      onClose={show}
    >
      <div className="sign-in">
        <SignInForm hasEnded email={email} onSignedIn={() => undefined} />
      </div>
    </dialog>
  );
};
