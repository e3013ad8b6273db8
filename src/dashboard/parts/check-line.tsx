import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import './check-line.css';

interface CheckLineProps {
  readonly icon: LucideIcon;
  readonly kind?: 'stop' | 'passed';
  readonly children: ReactNode;
  /** The way on: a link or an action. */
  readonly way?: ReactNode;
}

/** One thing that was looked at before traffic moves: what blocks it, what is to be known, or what is well. */
export const CheckLine = ({ icon, kind, children, way }: CheckLineProps) => (
  <li className={kind === undefined ? 'check' : `check is-${kind}`}>
    <Icon of={icon} />
    <p>{children}</p>
    {way}
  </li>
);
