import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** Above the editor, also while there is none. */
export const Head = ({
  name,
  children,
  actions,
}: {
  readonly name: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) => (
  <div className="page-head">
    <div>
      <p className="crumbs">
        <Link to="/" search={{}}>
          Workers & Pages
        </Link>
        {' / '}
        <Link to="/workers/$name" params={{ name }} search={{}}>
          {name}
        </Link>
      </p>
      <h1 className="title">Edit code</h1>
      <p className="small second editor-about">{children}</p>
    </div>
    {actions}
  </div>
);
