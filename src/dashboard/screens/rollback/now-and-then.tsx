import { newerFirst, SplitBar, VersionChip } from '../../parts/index.ts';
import { percentage } from '../../words/index.ts';
import type { Active } from '../traffic/index.ts';

interface BarProps {
  readonly label: string;
  readonly versions: readonly Pick<Active['versions'][number], 'number' | 'percentage' | 'look'>[];
}

/** What serves now and what will, as the same bar. */
export const NowAndThen = ({ active, then }: { readonly active: Active; readonly then: number | undefined }) => (
  <div className="rollback-bars small">
    <Bar label="Now" versions={newerFirst(active.versions)} />
    {then !== undefined && <Bar label="Then" versions={[{ number: then, percentage: 100, look: 'stable' }]} />}
  </div>
);

const Bar = ({ label, versions }: BarProps) => (
  <>
    <span className="third">{label}</span>
    <SplitBar versions={versions} />
    <span className="rollback-shares">
      {versions.map(({ number, look, percentage: share }) => (
        <span key={number}>
          <VersionChip number={number} look={look} /> <span className="num">{percentage(share)}</span>
        </span>
      ))}
    </span>
  </>
);
