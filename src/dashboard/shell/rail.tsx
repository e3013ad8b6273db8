import { Activity, KeyRound, LogOut, Moon, Rows3, ScrollText, Search, Send, Sun, type LucideIcon } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { useLive, type Session } from '../api/index.ts';
import { Button, Icon } from '../parts/index.ts';
import { counted } from '../words/index.ts';
import { Mark } from './mark.tsx';
import { useTheme } from './theme.ts';

export interface Place {
  readonly to: '/' | '/observability' | '/logpush' | '/audit' | '/tokens';
  readonly text: string;
  readonly icon: LucideIcon;
}

export const PLACES: readonly Place[] = [
  { to: '/', text: 'Workers & Pages', icon: Rows3 },
  { to: '/observability', text: 'Observability', icon: Activity },
  { to: '/logpush', text: 'Logpush', icon: Send },
  { to: '/audit', text: 'Audit log', icon: ScrollText },
  { to: '/tokens', text: 'Tokens', icon: KeyRound },
];

interface RailProps {
  readonly session: Session;
  /** Where one is; a Worker's pages belong to the first place. */
  readonly path: string;
  readonly onGoTo: () => void;
  readonly onSignOut: () => void;
}

export const Rail = ({ session, path, onGoTo, onSignOut }: RailProps) => (
  <div className="rail">
    <Brand />
    <button type="button" className="go-to" onClick={onGoTo}>
      <Icon of={Search} />
      Go to
      <kbd>Ctrl K</kbd>
    </button>
    <Places path={path} />
    <RailFoot session={session} onSignOut={onSignOut} />
  </div>
);

export const Brand = () => (
  <Link to="/" className="brand">
    <Mark />
    Switchback
  </Link>
);

export const Places = ({ path, onGone }: { readonly path: string; readonly onGone?: () => void }) => {
  const isAt = (to: Place['to']): boolean => (to === '/' ? /^\/(workers|create|$)/.test(path) : path.startsWith(to));
  return (
    <nav aria-label="Main">
      {PLACES.map(({ to, text, icon }) => (
        <Link key={to} to={to} aria-current={isAt(to) ? 'page' : undefined} onClick={onGone}>
          <Icon of={icon} />
          {text}
        </Link>
      ))}
    </nav>
  );
};

export const RailFoot = ({ session, onSignOut }: Pick<RailProps, 'session' | 'onSignOut'>) => {
  const [theme, toggle] = useTheme();
  const name = theme === 'dark' ? 'Light theme' : 'Dark theme';
  return (
    <div className="rail-foot small">
      <EdgesLine />
      <div className="who">
        <span>
          <span className="strong">{session.user.name}</span>
          {session.user.email !== session.user.name && <Email of={session.user.email} />}
        </span>
        <span>
          <Button kind="quiet" isSmall icon={theme === 'dark' ? Sun : Moon} name={name} onClick={toggle} />
          <Button kind="quiet" isSmall icon={LogOut} name="Sign out" onClick={onSignOut} />
        </span>
      </div>
    </div>
  );
};

/** It breaks before the @ where it does not fit. */
const Email = ({ of }: { readonly of: string }) => {
  const at = Math.max(0, of.lastIndexOf('@'));
  return (
    <span className="third rail-email" title={of}>
      {of.slice(0, at)}
      <wbr />
      {of.slice(at)}
    </span>
  );
};

/** Whether what was deployed is what every edge serves. */
const EdgesLine = () => {
  const { edges, generation } = useLive();
  if (edges === undefined) return <p className="third">Asking for the edges</p>;
  if (edges.length === 0) return <p className="strong">No edge is connected</p>;
  const upToDate = edges.filter((edge) => edge.connected && !edge.pending);
  const late = edges.filter((edge) => !upToDate.includes(edge)).map(({ id }) => id);
  return (
    <>
      <p className="strong">
        {upToDate.length} of {counted(edges.length, 'edge')} up to date
      </p>
      <p className="third">{late.length === 0 ? `generation ${generation}` : `Waiting for ${late.join(', ')}`}</p>
    </>
  );
};
