import type { ReactNode } from 'react';
import { Button } from '../../parts/index.ts';
import './triggers.css';

interface SectionProps {
  readonly title: string;
  readonly count?: number | undefined;
  /** What adds another one. */
  readonly add?: { readonly text: string; readonly onAdd: () => void };
  /** Among the settings it is a part of a part. */
  readonly level?: 'h2' | 'h3';
  readonly children: ReactNode;
}

/** One kind of trigger. */
export const Section = ({ title, count, add, level: Heading = 'h2', children }: SectionProps) => (
  <section className="triggers-section" aria-label={title}>
    <div className="section-head">
      <Heading className="heading">
        {title} {count !== undefined && count > 0 && <span className="count num">{count}</span>}
      </Heading>
      {add && <Button onClick={add.onAdd}>{add.text}</Button>}
    </div>
    {children}
  </section>
);

/** Why there is none, and what one would do. */
export const None = ({ children }: { readonly children: ReactNode }) => <p className="triggers-none second">{children}</p>;

/** Rows below headings; the last column is the menu's. */
export const Rows = ({ heads, children }: { readonly heads: readonly string[]; readonly children: ReactNode }) => (
  <table className="table is-stacked triggers-table">
    <thead>
      <tr>
        {heads.map((head) => (
          <th key={head} scope="col">
            {head}
          </th>
        ))}
        <th scope="col">
          <span className="visually-hidden">Menu</span>
        </th>
      </tr>
    </thead>
    <tbody>{children}</tbody>
  </table>
);
