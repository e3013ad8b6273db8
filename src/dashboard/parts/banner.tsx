import { OctagonAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiFailure } from '../api/index.ts';
import { Icon } from './icon.tsx';
import './banner.css';

interface BannerProps {
  readonly kind?: 'stop' | 'notice';
  readonly children: ReactNode;
  /** The way on. */
  readonly action?: ReactNode;
}

/** What holds until it is dealt with. A refusal is told at once to who cannot see it. */
export const Banner = ({ kind = 'notice', children, action }: BannerProps) => (
  <div className={`banner${kind === 'stop' ? ' is-stop' : ''}`} role={kind === 'stop' ? 'alert' : 'status'}>
    <Icon of={kind === 'stop' ? OctagonAlert : TriangleAlert} />
    <div>{children}</div>
    {action}
  </div>
);

/** `what` did not happen: `Not deployed.` Then the API's own words, and its code, small. */
export const Refusal = ({ what, error, action }: { readonly what: string; readonly error: unknown; readonly action?: ReactNode }) => (
  <Banner kind="stop" action={action}>
    <strong className="strong">{what}</strong> {wordsOf(error)}
    {error instanceof ApiFailure && <span className="third small"> Code {error.code}.</span>}
  </Banner>
);

/** As the browsers say that a fetch, or a part of the page, did not come. */
const UNREACHED = /fetch|network|load failed|importing a module/i;

export const UNREACHED_WORDS = 'The server cannot be reached. What it serves goes on; try again in a moment.';

export const wordsOf = (error: unknown): string => {
  if (error instanceof ApiFailure) return error.message;
  if (error instanceof TypeError && UNREACHED.test(error.message)) return UNREACHED_WORDS;
  return `This page has a fault of its own. ${error instanceof Error ? error.message : String(error)}`;
};
