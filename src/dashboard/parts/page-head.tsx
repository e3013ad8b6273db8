import type { ReactNode } from 'react';

interface PageHeadProps {
  readonly title: string;
  /** What is here, in a sentence. */
  readonly children: ReactNode;
  /** What can be done with all of it. */
  readonly action?: ReactNode;
}

/** Of a page of the account. */
export const PageHead = ({ title, children, action }: PageHeadProps) => (
  <div className="page-head">
    <div>
      <h1 className="title">{title}</h1>
      <p className="second">{children}</p>
    </div>
    {action !== undefined && <div className="actions">{action}</div>}
  </div>
);
