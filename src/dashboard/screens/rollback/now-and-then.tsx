import { newerFirst, SplitBar, VersionChip } from '../../parts/index.ts';
import { percentage } from '../../words/index.ts';
import type { Active } from '../traffic/index.ts';
import type { Target } from './targets.tsx';

interface BarProps {
  readonly label: string;
  readonly versions: readonly Pick<Active['versions'][number], 'number' | 'percentage' | 'look'>[];
}

/** What serves now and what will, as the same bar. */
export const NowAndThen = ({ active, target }: { readonly active: Active; readonly target: Target | undefined }) => (
  <div className="rollback-bars small">
    <Bar label="Now" versions={newerFirst(active.versions)} />
    {target !== undefined && <Bar label="Then" versions={[{ number: target.number, percentage: 100, look: 'stable' }]} />}
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
