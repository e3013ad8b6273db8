import { useEffect, useRef, useState } from 'react';
import { ApiFailure, signIn } from '../api/index.ts';
import { Banner, Button, Command, Refusal, TextField } from '../parts/index.ts';
import { Mark } from './mark.tsx';

/** Of a one-time link: it signs in by itself. Each that is opened is another, also with the same code. */
export interface SignInLink {
  readonly code: string;
}

interface SignInFormProps {
  /** Who was signed in before is told why they are asked again. */
  readonly hasEnded: boolean;
  /** Whose page it is that lies behind. */
  readonly email?: string;
  readonly link?: SignInLink | undefined;
  /** Answers whether that matters to nobody, because somebody is signed in. */
  readonly onLinkRefused?: () => Promise<boolean>;
  readonly onSignedIn: () => unknown;
}

const whyAgain = (email: string | undefined): string =>
  email === undefined
    ? 'Your session has ended. Sign in again to go on where you were.'
    : `${email}’s session has ended. Whoever else signs in finds nothing of what was typed.`;

/** By a token, or by the code of a link. */
export const SignInForm = ({ hasEnded, email, link, onLinkRefused, onSignedIn }: SignInFormProps) => {
  const [token, setToken] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const [error, setError] = useState<unknown>();
  const [isWorking, setIsWorking] = useState(false);
  const isRunning = useRef(false);
  const enter = async (by: Parameters<typeof signIn>[0]): Promise<void> => {
    if (isRunning.current) return;
    isRunning.current = true;
    setIsWorking(true);
    try {
      await signIn(by);
      await onSignedIn();
    } catch (failure) {
      const isRefused = failure instanceof ApiFailure && failure.status < 500;
      const isIn = 'code' in by && isRefused && (await onLinkRefused?.()) === true;
      if (!isIn) setError(failure);
    } finally {
      isRunning.current = false;
      setIsWorking(false);
    }
  };
  useEffect(() => {
    if (link !== undefined) void enter(link);
  }, [link]);
  return (
    <>
      <div>
        <p className="brand">
          <Mark />
          Switchback
        </p>
        <h1 className="title">Sign in</h1>
        {hasEnded && error === undefined && <Banner>{whyAgain(email)}</Banner>}
        {error !== undefined && <Refusal what="Not signed in." error={error} />}
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setIsMissing(token.trim() === '');
            if (token.trim() !== '') void enter({ token: token.trim() });
          }}
        >
          <TextField
            label="API token"
            hint="It begins with sb_ and is exchanged for a session in this browser only."
            fault={isMissing ? 'Paste a token first. It begins with sb_.' : undefined}
            type="password"
            name="token"
            autoComplete="current-password"
            autoFocus
            value={token}
            onChange={({ target }) => {
              setToken(target.value);
              setIsMissing(false);
            }}
          />
          <Button kind="main" type="submit" working={isWorking ? 'Signing in' : undefined}>
            Sign in
          </Button>
        </form>
      </div>
      <div className="second small">
        <p>On the machine that runs it, this prints a link that signs you in once:</p>
        <Command text="switchback dashboard" />
      </div>
    </>
  );
};
