import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useAddress } from './address.ts';
import { SignInForm } from './sign-in-form.tsx';
import { titleOf } from './titles.ts';
import './sign-in.css';

/** The code of a one-time link stands behind the `#`, which no server and no log sees. */
const codeInAddress = (): string | undefined => new URLSearchParams(window.location.hash.slice(1)).get('code') ?? undefined;

/** Only a path of ours: an address that somebody sent must not lead elsewhere. */
const pathAfter = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/');

export const SignIn = () => {
  const [{ to, ended }] = useAddress();
  const navigate = useNavigate();
  const [code] = useState(codeInAddress);
  useEffect(() => {
    document.title = titleOf('/sign-in');
    // Once: it is used up, and shall not stand in the history.
    if (code !== undefined) window.history.replaceState(null, '', window.location.pathname + window.location.search);
  }, [code]);
  return (
    <main className="sign-in">
      <SignInForm hasEnded={ended === 'yes'} code={code} onSignedIn={() => navigate({ href: pathAfter(to), replace: true })} />
    </main>
  );
};
