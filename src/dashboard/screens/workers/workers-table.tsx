import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { count } from '../../words/index.ts';
import type { Overview, Rows, WorkerRow } from './rows.ts';
import { Row, RowToCome } from './worker-row.tsx';

interface WorkersTableProps extends Pick<Rows, 'rowAt' | 'showRange'> {
  readonly found: number;
  /** How many of them changed lately; undefined where only the rows tell. */
  readonly recent: number | undefined;
  readonly window: Overview['window'];
}

const COLUMNS = 6;
/** Until the first rows are there. */
const ROW_PX = 65;
/** Fewer are drawn at once: a page that is searched or printed has them all. */
const VIRTUAL_FROM = 200;
const OVERSCAN = 8;

/** One table in two groups. Of many rows those in sight are drawn, between two rows that hold the place of the others. */
export const WorkersTable = ({ found, recent, window: shown, rowAt, showRange }: WorkersTableProps) => {
  const changed = recent ?? leadingRecent(found, rowAt);
  const entries = useMemo(() => entriesOf(found, changed), [found, changed]);
  const table = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(table.current === null ? 0 : table.current.getBoundingClientRect().top + window.scrollY), []);
  const rowPx = useRef(ROW_PX);
  const virtualizer = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => rowPx.current,
    overscan: found < VIRTUAL_FROM ? entries.length : OVERSCAN,
    scrollMargin: top,
  });
  const width = virtualizer.scrollRect?.width;
  const isThere = found > 0 && rowAt(0) !== undefined;
  useLayoutEffect(() => {
    const rows = [...(table.current?.querySelectorAll<HTMLTableRowElement>('tr[data-row]') ?? [])];
    const typical = medianOf(rows.map(({ offsetHeight }) => offsetHeight));
    if (typical === undefined || typical === rowPx.current) return;
    // What differs from what was expected is drawn again and moves what is beneath, so that as little as possible is to differ.
    rowPx.current = typical;
    virtualizer.measure();
    for (const row of rows) virtualizer.measureElement(row);
  }, [virtualizer, width, isThere]);
  const items = virtualizer.getVirtualItems();
  const inSight = items.flatMap(({ index }) => {
    const entry = entries[index];
    return entry?.kind === 'row' ? [entry.row] : [];
  });
  const [from, to] = [inSight[0] ?? 0, inSight.at(-1) ?? 0];
  useEffect(() => showRange(from, to), [showRange, from, to]);
  const above = (items[0]?.start ?? top) - top;
  const beneath = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <table ref={table} className="table workers" aria-rowcount={entries.length + 1}>
      <Head />
      <tbody>
        {above > 0 && <Space height={above} />}
        {items.map(({ index }) => {
          const entry = entries[index];
          if (entry === undefined) return null;
          const ref = { ref: virtualizer.measureElement, 'data-index': index, 'aria-rowindex': index + 2 };
          if (entry.kind === 'heading') return <Heading key={entry.text} {...ref} text={entry.text} number={entry.number} />;
          const row = rowAt(entry.row);
          return row === undefined ? (
            <RowToCome key={`at-${entry.row}`} {...ref} height={rowPx.current} />
          ) : (
            <Row key={row.id} {...ref} worker={row} window={shown} />
          );
        })}
        {beneath > 0 && <Space height={beneath} />}
      </tbody>
    </table>
  );
};

const medianOf = (values: readonly number[]): number | undefined => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

type Entry = { readonly kind: 'heading'; readonly text: string; readonly number: number } | { readonly kind: 'row'; readonly row: number };

const entriesOf = (found: number, recent: number): readonly Entry[] => {
  const group = (text: string, from: number, to: number): Entry[] =>
    from === to
      ? []
      : [
          { kind: 'heading', text, number: to - from },
          ...Array.from({ length: to - from }, (_, at): Entry => ({ kind: 'row', row: from + at })),
        ];
  return [...group('Changed in the last 24 hours', 0, Math.min(recent, found)), ...group('Settled', Math.min(recent, found), found)];
};

/** Those that changed lately come first. */
const leadingRecent = (found: number, rowAt: (index: number) => WorkerRow | undefined): number => {
  let at = 0;
  while (at < found && rowAt(at)?.is_recent === true) at += 1;
  return at;
};

const Head = () => (
  <thead>
    <tr>
      <th scope="col">Worker</th>
      <th scope="col">Serving now</th>
      <th scope="col" className="workers-line">
        <span className="together">Requests, last 24 hours</span>
      </th>
      <th scope="col" className="r">
        <span className="workers-head">Requests</span>
      </th>
      <th scope="col" className="r">
        Errors
      </th>
      <th scope="col">Last change</th>
    </tr>
  </thead>
);

interface HeadingProps {
  readonly text: string;
  readonly number: number;
  readonly ref: (row: HTMLTableRowElement | null) => void;
}

const Heading = ({ text, number, ...more }: HeadingProps) => (
  <tr className="workers-group" {...more}>
    <th colSpan={COLUMNS} scope="rowgroup">
      <h2 className="heading">
        {text} <span className="count num">{count(number)}</span>
      </h2>
    </th>
  </tr>
);

const Space = ({ height }: { readonly height: number }) => (
  <tr aria-hidden className="workers-space" style={{ height }}>
    <td colSpan={COLUMNS} />
  </tr>
);
