import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { currentSession } from '../api/index.ts';
import { toast } from '../parts/index.ts';
import { useAddress } from './address.ts';
import { SignInForm, type SignInLink } from './sign-in-form.tsx';
import { titleOf } from './titles.ts';
import { wayOn } from './way-on.ts';
import './sign-in.css';

/** The code of a one-time link stands behind the `#`, which no server and no log sees. */
const linkInAddress = (): SignInLink | undefined => {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  return code === null ? undefined : { code };
};

export const SignIn = () => {
  const [{ to, ended }] = useAddress();
  const navigate = useNavigate();
  const [link, setLink] = useState(linkInAddress);
  const [path] = useState(() => wayOn.remember(to, link !== undefined));
  // Whoever is signed in has nothing to do here. A link is tried first: it may be another person's.
  const [isAsking, setIsAsking] = useState(link === undefined);
  const goOn = (): void => {
    wayOn.forget();
    void navigate({ href: path, replace: true });
  };
  const isIn = async (): Promise<boolean> => {
    const session = await currentSession().catch(() => undefined);
    if (session !== undefined) goOn();
    return session !== undefined;
  };
  useEffect(() => {
    document.title = titleOf('/sign-in');
    if (isAsking) void isIn().then((is) => setIsAsking(is));
    // Pasted into the tab that shows this page, a link changes nothing but what stands behind the `#`.
    const follow = (): void => {
      const pasted = linkInAddress();
      if (pasted !== undefined) setLink(pasted);
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    // Once: it is used up, and shall not stand in the history.
    if (link !== undefined) window.history.replaceState(null, '', window.location.pathname + window.location.search);
  }, [link]);
  const linkRefused = async (): Promise<boolean> => {
    const is = await isIn();
    if (is) toast({ text: 'The link was used before or is too old. You are signed in all the same.' });
    return is;
  };
  return (
    <main className="sign-in">
      {(!isAsking || link !== undefined) && (
        <SignInForm hasEnded={ended === 'yes'} link={link} onLinkRefused={linkRefused} onSignedIn={goOn} />
      )}
    </main>
  );
};
