import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ApiFailure, signIn } from '../api/index.ts';
import { Banner, Button, Command, Refusal, TextField } from '../parts/index.ts';
import { useAddress } from './address.ts';
import { Mark } from './mark.tsx';
import { titleOf } from './titles.ts';

/** The code of a one-time link stands behind the `#`, which no server and no log sees. */
const codeInAddress = (): string | undefined => new URLSearchParams(window.location.hash.slice(1)).get('code') ?? undefined;

/** Only a path of ours: an address that somebody sent must not lead elsewhere. */
const pathAfter = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/');

export const SignIn = () => {
  const [{ to, ended }] = useAddress();
  const navigate = useNavigate();
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
      await navigate({ href: pathAfter(to), replace: true });
    } catch (failure) {
      setError(failure);
    } finally {
      isRunning.current = false;
      setIsWorking(false);
    }
  };
  useEffect(() => {
    document.title = titleOf('/sign-in');
    const code = codeInAddress();
    if (code === undefined) return;
    // Once: it is used up, and shall not stand in the history.
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
    void enter({ code });
    // It is there only when the page is opened.
  }, []);
  return (
    <main className="sign-in">
      <div>
        <p className="brand">
          <Mark />
          Switchback
        </p>
        <h1 className="title">Sign in</h1>
        {ended === 'yes' && error === undefined && <Banner>Your session has ended. Sign in again to go on where you were.</Banner>}
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
    </main>
  );
};
