import { OctagonAlert } from 'lucide-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { wordsOf } from './banner.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import './loaded.css';

interface LoadedProps<Value> {
  readonly from: UseQueryResult<Value>;
  /** Holds the place, in the shape of what comes. */
  readonly bones: ReactNode;
  /** What is missing when it failed: `Metrics did not load.` */
  readonly what: string;
  /** What is correct all the same: `The split above is live and correct.` */
  readonly still?: string;
  readonly children: (value: Value) => ReactNode;
}

/**
 * A part of a page: its bones, what it shows, or why it failed. What was known stays while it is read again. What failed once is
 * tried again some times, and says so above the bones, which stay where they are.
 */
export const Loaded = <Value,>({ from, bones, what, still, children }: LoadedProps<Value>) => {
  if (from.data !== undefined) return children(from.data);
  if (from.isPending)
    return (
      <>
        <p className="not-yet small" role="status">
          {from.failureCount > 0 && <span>{what.replace(/\.$/, ' yet, trying again.')}</span>}
        </p>
        {bones}
      </>
    );
  return (
    <div className="failed" role="alert">
      <Icon of={OctagonAlert} />
      <div>
        <strong className="strong">{what}</strong>
        <p className="small second">
          {still === undefined ? '' : `${still} `}
          {wordsOf(from.error)}
        </p>
      </div>
      <Button isSmall working={from.isFetching ? 'Trying again' : undefined} onClick={() => void from.refetch()}>
        Try again
      </Button>
    </div>
  );
};

/** Lines of about these widths, in per cent. */
export const Bones = ({ lines = [60, 80, 40] }: { readonly lines?: readonly number[] }) => (
  <div aria-hidden className="bones">
    {lines.map((width, index) => (
      // They never change places.
      <span key={index} className="bone" style={{ width: `${width}%` }} />
    ))}
  </div>
);

/** Rows of a table that is to come. */
export const RowBones = ({ rows = 5, columns = 4 }: { readonly rows?: number; readonly columns?: number }) => (
  <ul aria-hidden className="rows">
    {Array.from({ length: rows }, (_, row) => (
      <li key={row} className="row-bones">
        {Array.from({ length: columns }, (__, column) => (
          <span key={column} className="bone" />
        ))}
      </li>
    ))}
  </ul>
);
