import { Menu, Search, X } from 'lucide-react';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { listen, lookForOwnVersion, signOut, useIsGone, useIsOutdated, useLive, whenLeft, type Session } from '../api/index.ts';
import { Banner, Button, LoadAnew, OUTDATED, Refusals, Toasts, refused, useNow } from '../parts/index.ts';
import { clockOf } from '../words/index.ts';
import { GoTo } from './go-to.tsx';
import { KeyList } from './key-list.tsx';
import { useKeys } from './keys.ts';
import { mayLeave } from './leaving.ts';
import { Brand, Places, Rail, RailFoot } from './rail.tsx';
import { SignInAgain } from './sign-in-again.tsx';
import { useTheme } from './theme.ts';
import { usePage } from './use-page.ts';

/** Around every page of somebody who is signed in, and nothing once they have left. */
export const Shell = ({ session }: { readonly session: Session }) => {
  const isGone = useIsGone();
  const navigate = useNavigate();
  useEffect(
    () =>
      whenLeft(() => {
        const to = window.location.pathname + window.location.search;
        void navigate({ to: '/sign-in', search: { to, ended: 'yes' }, ignoreBlocker: true });
      }),
    [navigate],
  );
  return isGone ? null : <Whole session={session} />;
};

const Whole = ({ session }: { readonly session: Session }) => {
  const [opened, setOpened] = useState<'go-to' | 'keys' | 'places'>();
  const [, toggleTheme] = useTheme();
  const navigate = useNavigate();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const close = (): void => setOpened(undefined);
  const leave = async (): Promise<void> => {
    // Afterwards there is no way back.
    if (!mayLeave()) return;
    try {
      await signOut();
      await navigate({ to: '/sign-in', search: {}, ignoreBlocker: true });
    } catch (failure) {
      refused('Not signed out.', failure);
    }
  };
  usePage();
  useEffect(listen, []);
  useKeys({
    'mod+k': () => setOpened('go-to'),
    '?': () => setOpened('keys'),
    '/': () => document.querySelector<HTMLInputElement>('[data-find]')?.focus(),
    t: toggleTheme,
    'g w': () => void navigate({ to: '/', search: {} }),
    j: () => stepRow(1),
    k: () => stepRow(-1),
    m: () => document.activeElement?.closest('[data-row]')?.querySelector<HTMLElement>('[data-row-menu]')?.click(),
  });
  const foot = { session, onSignOut: () => void leave() };
  return (
    <div className="shell">
      <a className="skip" href="#page">
        To the page
      </a>
      <Rail {...foot} path={path} onGoTo={() => setOpened('go-to')} />
      <div className="bar-narrow">
        <Brand />
        <Button kind="quiet" icon={Search} name="Go to" onClick={() => setOpened('go-to')} />
        <Button
          kind="quiet"
          icon={opened === 'places' ? X : Menu}
          name={opened === 'places' ? 'Close the menu' : 'Menu'}
          aria-expanded={opened === 'places'}
          onClick={() => setOpened(opened === 'places' ? undefined : 'places')}
        />
      </div>
      {opened === 'places' && (
        <div className="narrow-nav">
          <Places path={path} onGone={close} />
          <RailFoot {...foot} />
        </div>
      )}
      <main id="page" className="page" tabIndex={-1}>
        <NotLive />
        <Outdated />
        <Refusals />
        <Outlet />
      </main>
      {opened === 'go-to' && <GoTo onClose={close} />}
      {opened === 'keys' && <KeyList onClose={close} />}
      <Toasts />
      <SignInAgain email={session.user.email} />
    </div>
  );
};

/** Goes to the link of the next row, or the one before. */
const stepRow = (step: number): void => {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at === -1 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  row?.querySelector<HTMLElement>('a, button')?.focus();
  row?.scrollIntoView({ block: 'nearest' });
};

/** What is shown may be old: the values stay, and this says since when. */
const NotLive = () => {
  const { away } = useLive();
  const now = useNow(1_000);
  if (away === undefined) return null;
  const seconds = Math.max(0, Math.ceil((away.nextTry.getTime() - now.getTime()) / 1_000));
  return (
    <p className="not-live small third" role="status">
      Not live since {clockOf(away.since)}. <span aria-hidden>Trying again in {seconds} s.</span>
    </p>
  );
};

/** A server that was away may have come back as another version. The page works on, as far as it has its parts. */
const Outdated = () => {
  const isAway = useLive().away !== undefined;
  const wasAway = useRef(false);
  const isOutdated = useIsOutdated();
  useEffect(() => {
    if (wasAway.current && !isAway) void lookForOwnVersion();
    wasAway.current = isAway;
  }, [isAway]);
  return isOutdated && <Banner action={<LoadAnew />}>{OUTDATED} What you typed here is gone once you load it.</Banner>;
};
