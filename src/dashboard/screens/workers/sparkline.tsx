import type { Overview, WorkerRow } from './rows.ts';

const WIDTH = 144;
const HEIGHT = 28;
/** Room for the line at its highest. */
const HEAD = 4;

/** The requests of a day as a shape, with a mark where the newest version began. The numbers stand beside it, so it has no words. */
export const Sparkline = ({ worker, window: shown }: { readonly worker: WorkerRow; readonly window: Overview['window'] }) => {
  // The last step is under way: it would always seem to fall.
  const steps = worker.metrics?.series.slice(0, -1) ?? [];
  const total = steps.reduce((sum, value) => sum + value, 0);
  if (shown === null || total < steps.length || steps.length < 2) return null;
  const most = Math.max(...steps);
  const points = steps.map(
    (value, at) => `${round((at / (steps.length - 1)) * WIDTH)} ${round(HEIGHT - (value / most) * (HEIGHT - HEAD))}`,
  );
  const line = `M${points.join('L')}`;
  const mark = markAt(worker, shown);
  return (
    <svg className="workers-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden>
      <path className="workers-area" d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
      <path className="workers-curve" d={line} />
      {mark !== undefined && <rect className="workers-mark look-new" x={mark - 0.75} y={0} width={1.5} height={HEIGHT} />}
    </svg>
  );
};

/** Where in the picture the version that is new began; undefined where none is, or it began before. */
const markAt = ({ deployment, comparison }: WorkerRow, { since, until }: NonNullable<Overview['window']>): number | undefined => {
  const fresh = deployment?.versions.find(({ look, percentage }) => look === 'new' && percentage > 0);
  if (deployment === null || fresh === undefined) return undefined;
  const began = Date.parse(comparison?.version_id === fresh.version_id ? comparison.since : deployment.at);
  const share = (began - Date.parse(since)) / (Date.parse(until) - Date.parse(since));
  return share > 0 && share <= 1 ? round(share * WIDTH) : undefined;
};

const round = (value: number): number => Math.round(value * 10) / 10;
