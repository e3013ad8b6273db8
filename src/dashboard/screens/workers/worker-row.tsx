import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { newerFirst, SplitBar, versionName, When } from '../../parts/index.ts';
import { byWhom, changeInWords, count, percentage, rate } from '../../words/index.ts';
import { reachedBy } from './reached-by.ts';
import type { Overview, WorkerRow } from './rows.ts';
import { Sparkline } from './sparkline.tsx';

interface Placed {
  readonly ref: (row: HTMLTableRowElement | null) => void;
}

export interface RowProps extends Placed {
  readonly worker: WorkerRow;
  readonly window: Overview['window'];
}

/** While thousands are scrolled through, those that were in sight before are not made anew. */
export const Row = memo(({ worker, window: shown, ...placed }: RowProps) => (
  <tr data-row {...placed}>
    <th scope="row" className="workers-name">
      <Link to="/workers/$name" params={{ name: worker.name }} search={{}} className="workers-link">
        {worker.name}
      </Link>
      <span className="small third">{reachedBy(worker.hosts)}</span>
    </th>
    <td className="workers-serving">
      <Serving worker={worker} />
    </td>
    <td className="workers-line">
      <Sparkline worker={worker} window={shown} />
    </td>
    <td className="r workers-requests">
      <Requests of={worker} />
    </td>
    <td className="r workers-errors">
      <Errors of={worker} />
    </td>
    <td className="workers-change">
      {changeInWords(worker.last_change)}
      <span className="small third">
        {whoBefore(byWhom(worker.last_change))}
        <When at={worker.last_change.at} />
      </span>
    </td>
  </tr>
));
Row.displayName = 'Row';

const whoBefore = (who: string): string => (who === '' ? '' : `${who}, `);

/** Holds the place of one that is read, as high as most are. */
export const RowToCome = ({ height, ...placed }: Placed & { readonly height: number }) => (
  <tr aria-hidden className="workers-to-come" style={{ height }} {...placed}>
    {['name', 'serving', 'line', 'requests', 'errors', 'change'].map((column) => (
      <td key={column} className={`workers-${column}`}>
        <span className="bone" />
      </td>
    ))}
  </tr>
);

const Serving = ({ worker: { name, deployment, newest_version: newest, is_recent: isRecent } }: { readonly worker: WorkerRow }) => {
  const versions = newerFirst(deployment?.versions ?? []);
  return (
    <>
      <SplitBar versions={versions} size={isRecent || deployment === null ? 'row' : 'settled'} />
      <div className="split-row">
        {versions.map((version) => (
          <span key={version.version_id}>
            <strong className="strong">{versionName(version.number)}</strong> <span className="num">{percentage(version.percentage)}</span>
          </span>
        ))}
        {deployment === null && (
          <span>
            Nothing deployed.{' '}
            {newest !== null && (
              <Link to="/workers/$name" params={{ name }} search={{ dialog: 'deploy', of: newest.version_id }} className="link">
                Deploy {versionName(newest.number)}
              </Link>
            )}
          </span>
        )}
      </div>
    </>
  );
};

/** A minute's; of one that gets less, a day's. */
const Requests = ({ of: { metrics } }: { readonly of: WorkerRow }) => {
  if (metrics === null || metrics.requests === 0) return null;
  const isRare = metrics.requests_per_minute < 1;
  return (
    <>
      <span className="workers-number">{count(isRare ? metrics.requests : metrics.requests_per_minute)}</span>
      <span className="third"> / {isRare ? 'day' : 'min'}</span>
    </>
  );
};

/** Red only where the comparison is sure of it: then of the new version, beside the one before. */
const Errors = ({ of: { metrics, comparison, deployment, is_failing_more: isWorse } }: { readonly of: WorkerRow }) => {
  const [version, baseline] = [comparison?.error_rate.version ?? null, comparison?.error_rate.baseline ?? null];
  if (isWorse && comparison !== null && version !== null && baseline !== null) {
    const nameOf = (id: string): string => {
      const serving = deployment?.versions.find(({ version_id: each }) => each === id);
      return serving === undefined ? 'the one before' : versionName(serving.number);
    };
    return (
      <span className="stop-text">
        <strong className="strong">{rate(version)}</strong>
        <span className="workers-times">
          <span className="visually-hidden">on {nameOf(comparison.version_id)}, </span>
          {timesInWords(version, baseline)} {nameOf(comparison.baseline_id)}
        </span>
      </span>
    );
  }
  if (metrics === null || metrics.error_rate === null) return null;
  return <span className={metrics.errors === 0 ? 'third' : undefined}>{rate(metrics.error_rate)}</span>;
};

const SMALL = 2;

const timesInWords = (version: number, baseline: number): string => {
  if (baseline === 0) return 'none on';
  const times = version / baseline;
  return `${times < SMALL ? times.toFixed(1) : count(times)} times`;
};
