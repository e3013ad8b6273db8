import { VersionChip } from '../../parts/index.ts';
import { count } from '../../words/index.ts';
import type { Differences, Side } from './compare.tsx';
import { configurationRows } from './configuration-rows.ts';
import { NarrowChip } from './narrow-chip.tsx';

export const Configuration = ({ differences }: { readonly differences: Differences }) => {
  const rows = configurationRows(differences);
  const { same } = differences.bindings;
  return (
    <section id="configuration" className="section" aria-labelledby="configuration-heading">
      <div className="section-head">
        <h2 id="configuration-heading" className="heading">
          Configuration
        </h2>
        <p className="small third">{same === 1 ? '1 binding is the same' : `${count(same)} bindings are the same`}</p>
      </div>
      {rows.length === 0 ? (
        <p className="second">Nothing differs.</p>
      ) : (
        <table className="table compare-configuration">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col">
                <VersionChip {...differences.baseline} />
              </th>
              <th scope="col">
                <VersionChip {...differences.version} />
              </th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.kind} ${row.name}`}>
                <th scope="row" className="mono">
                  {row.name}
                </th>
                <td>{row.kind}</td>
                <Value of={row.before} absent={row.absent} side={differences.baseline} />
                <Value of={row.after} absent={row.absent} side={differences.version} />
                <td>{row.change}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};

interface ValueProps {
  readonly of: string | undefined;
  readonly absent: string;
  readonly side: Side;
}

const Value = ({ of, absent, side }: ValueProps) => (
  <td className="compare-value">
    <NarrowChip side={side} />
    <span className={of === undefined ? 'third' : 'mono'}>{of ?? absent}</span>
  </td>
);
