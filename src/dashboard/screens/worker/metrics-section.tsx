import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useApi, type LiveCount, type Result } from '../../api/index.ts';
import type { Mark } from '../../charts/index.ts';
import { Bones, Button, Loaded, Segments, versionName } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { percentage } from '../../words/index.ts';
import { tailAfter } from './live-counts.ts';
import { Metric } from './metric.tsx';
import { chartsOf, type Drawn, type Metrics } from './metrics.ts';
import { MetricsTable } from './metrics-table.tsx';
import { meant, slowestIn, type Comparison } from './meant.ts';
import { recentOf } from './recent.ts';
import { stepFor, useWindow, WINDOWS } from './window.ts';
import { servingOf, type Deployment, type Worker } from './worker.ts';

const EVERY_MS = 30_000;

interface MetricsProps {
  readonly worker: Worker;
  readonly deployment: Deployment;
  readonly counts: readonly LiveCount[];
}

/** How what serves does, beside what it replaced while that is news. */
export const MetricsSection = (props: MetricsProps) => {
  const { worker, deployment } = props;
  const [chosen, choose] = useWindow();
  const [{ as }, change] = useAddress();
  const drawn = drawnOf(worker, deployment);
  const params = { name: worker.name };
  const every = { refetchInterval: EVERY_MS };
  const step = stepFor(chosen, Date.now() - Date.parse(worker.created_on));
  const metrics = useApi('getMetrics', { params, query: { since: chosen.value, step } }, { ...every, keepsPrevious: true });
  const [newer, older] = drawn;
  const comparison = useApi(
    'compareVersions',
    { params, query: { version: newer?.version_id ?? '', baseline: older?.version_id ?? '' } },
    { ...every, enabled: older !== undefined },
  );
  return (
    <section className="section">
      <div className="section-head">
        <h2 className="heading">{titleOf(drawn, deployment)}</h2>
        <div className="metrics-controls">
          <Button
            kind="quiet"
            isSmall
            aria-expanded={as === 'table'}
            onClick={() => change({ as: as === 'table' ? undefined : 'table' }, false)}
          >
            {as === 'table' ? 'Hide the table' : 'Show as table'}
          </Button>
          <Segments name="Time that is shown" of={WINDOWS} value={chosen.value} onChange={choose} />
          {older !== undefined && (
            <Link to="/workers/$name/compare" params={params} search={{}} className="button is-small">
              Compare in detail
            </Link>
          )}
        </div>
      </div>
      <Loaded from={metrics} bones={<MetricsBones />} what="Metrics did not load." still="The split above is live and correct.">
        {({ result }) => <Charts {...props} metrics={result} drawn={drawn} comparison={comparison.data?.result} isTable={as === 'table'} />}
      </Loaded>
    </section>
  );
};

const MetricsBones = () => (
  <div className="metrics metrics-room" aria-hidden>
    {['requests', 'errors', 'latency'].map((each) => (
      <Bones key={each} lines={[30, 50]} />
    ))}
  </div>
);

/** What serves; of one that took all traffic lately, also what it took it from. */
const drawnOf = (worker: Worker, { story, versions }: Deployment): readonly Drawn[] => {
  const serving = servingOf(worker);
  const [only] = serving;
  if (versions.length !== 1 || only?.look !== 'new' || story.other === null) return serving;
  return [only, { ...story.other, look: worker.looks[story.other.version_id] ?? 'past' }];
};

const titleOf = ([newer, older]: readonly Drawn[], { versions }: Deployment): string => {
  if (versions.length > 1) return 'How the two versions compare';
  if (older === undefined || newer === undefined) return 'How it does';
  return `How ${versionName(newer.number)} compares with ${versionName(older.number)}`;
};

interface ChartsProps extends MetricsProps {
  readonly metrics: Metrics;
  readonly drawn: readonly Drawn[];
  readonly comparison: Comparison | undefined;
  readonly isTable: boolean;
}

const Charts = ({ worker, deployment, counts, metrics, drawn, comparison, isTable }: ChartsProps) => {
  const marks = useMarks(worker.name, drawn);
  const tail = tailAfter(counts, metrics.until);
  const seen = tail?.seconds;
  // Once a second, and not for each render.
  const slowest = slowestIn(comparison);
  const charts = useMemo(
    () => chartsOf(metrics, drawn, marks, tail, slowest),
    [metrics, marks, seen, slowest, drawn.map(({ version_id, look }) => version_id + look).join()],
  );
  const said = meant({ deployment, drawn, metrics, comparison, recent: recentOf(worker, deployment, counts) });
  return (
    <>
      <div className="metrics">
        <Metric title="Requests" of="a minute" data={charts.requests} {...said.requests} />
        <Metric title="Errors" of="share of requests" unit="%" data={charts.errors} {...said.errors} />
        <Metric title="Latency" of="p99" unit="ms" data={charts.latency} {...said.latency} />
      </div>
      {isTable && <MetricsTable charts={charts} />}
    </>
  );
};

/** Deployments that gave one of these versions its share, with that share. */
const useMarks = (name: string, drawn: readonly Drawn[]): readonly Mark[] => {
  const history = useApi('listDeploymentHistory', { params: { name }, query: { limit: 50 } });
  const told = history.data?.result;
  const ids = drawn.map(({ version_id: id }) => id).join();
  return useMemo(() => marksOf(told ?? [], ids.split(',')), [told, ids]);
};

const marksOf = (newestFirst: Result<'listDeploymentHistory'>, [newest, ...others]: readonly string[]): readonly Mark[] =>
  newestFirst
    .filter(({ story }) => story.version_id === newest || others.includes(story.version_id))
    .filter(({ story: { kind } }) => kind !== 'repeated' && kind !== 'changed_secret' && kind !== 'changed_settings')
    .map(({ at, story }) => ({
      at: Date.parse(at) / 1_000,
      text: story.version_id === newest ? percentage(story.percentage) : `${versionName(story.number)} ${percentage(story.percentage)}`,
    }))
    .toReversed();
