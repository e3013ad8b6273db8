import { useEffect, useRef, useState } from 'react';
import { ApiFailure, signIn } from '../api/index.ts';
import { Banner, Button, Command, Refusal, TextField } from '../parts/index.ts';
import { Mark } from './mark.tsx';

interface SignInFormProps {
  /** Who was signed in before is told why they are asked again. */
  readonly hasEnded: boolean;
  /** Of a one-time link: it signs in by itself. */
  readonly code?: string | undefined;
  readonly onSignedIn: () => unknown;
}

/** By a token, or by the code of a link. */
export const SignInForm = ({ hasEnded, code, onSignedIn }: SignInFormProps) => {
  const [token, setToken] = useState('');
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
      setError(failure);
    } finally {
      isRunning.current = false;
      setIsWorking(false);
    }
  };
  useEffect(() => {
    if (code !== undefined) void enter({ code });
    // It is there only when the page is opened.
  }, []);
  return (
    <>
      <div>
        <p className="brand">
          <Mark />
          Switchback
        </p>
        <h1 className="title">Sign in</h1>
        {hasEnded && error === undefined && <Banner>Your session has ended. Sign in again to go on where you were.</Banner>}
        {error !== undefined && <Refusal what="Not signed in." error={error} />}
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (token.trim() === '') setError(new ApiFailure(400, [{ code: 400, message: 'The token is missing.' }]));
            else void enter({ token: token.trim() });
          }}
        >
          <TextField
            label="API token"
            hint="It begins with sb_ and is exchanged for a session in this browser only."
            type="password"
            name="token"
            autoComplete="current-password"
            autoFocus
            value={token}
            onChange={({ target }) => setToken(target.value)}
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
