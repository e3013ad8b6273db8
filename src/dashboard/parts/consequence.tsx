import type { ReactNode } from 'react';
import { useRested } from './rested.ts';
import './consequence.css';

/** What will happen, in words, and beneath what else is to be known of it. It is said aloud once it rests. */
export const Consequence = ({ text, children }: { readonly text: string; readonly children?: ReactNode }) => {
  const rested = useRested(text);
  return (
    <div className="consequence">
      <p className="consequence-text">{text}</p>
      {children !== undefined && <p className="small second">{children}</p>}
      <p className="visually-hidden" aria-live="polite">
        {rested}
      </p>
    </div>
  );
};
