import { Link } from '@tanstack/react-router';
import { expectedRequests } from '../../../domain/index.ts';
import { SplitBar, VersionChip, versionName, useNow } from '../../parts/index.ts';
import { count, lasted, percentage } from '../../words/index.ts';
import type { LiveCount } from '../../api/index.ts';
import { recentOf, type Recent } from './recent.ts';
import { Ruler } from './ruler.tsx';
import { servingOf, type Deployment, type Serving, type Worker } from './worker.ts';
import './board.css';

interface BoardProps {
  readonly worker: Worker;
  readonly deployment: Deployment;
  readonly counts: readonly LiveCount[];
}

/** What serves: the share of each version over its end of the bar, which steps were taken, and what was measured. */
export const Board = ({ worker, deployment, counts }: BoardProps) => {
  const serving = servingOf(worker);
  const recent = recentOf(worker, deployment, counts);
  const expected = expectedOf(serving, recent);
  return (
    <section aria-label="What serves" className="board">
      <div className="board-ends">
        {serving.map((version, at) => (
          <End key={version.version_id} version={version} expected={expected?.[at]} isAlone={serving.length === 1} />
        ))}
      </div>
      <SplitBar versions={serving} />
      {serving.length > 1 && <Ruler worker={worker} serving={serving} />}
      <p className="small second board-line">
        <SinceWhen worker={worker} deployment={deployment} /> <MeasuredShare serving={serving} recent={recent} />{' '}
        <Link to="/workers/$name/deployments" params={{ name: worker.name }} search={{}} className="link">
          How it got here
        </Link>
      </p>
    </section>
  );
};

/** Shares count in hundred-thousandths, as the API's percentages have at most three decimals. */
const expectedOf = (serving: readonly Serving[], recent: Recent | undefined): readonly number[] | undefined =>
  recent &&
  expectedRequests(
    serving.map((version) => ({ share: Math.round(version.percentage * 1_000) })),
    recent.perMinute,
  );

interface EndProps {
  readonly version: Serving;
  readonly expected: number | undefined;
  readonly isAlone: boolean;
}

const End = ({ version, expected, isAlone }: EndProps) => (
  <div className={`board-end look-${version.look}`}>
    <p className="board-what">
      <VersionChip {...version} /> <Message of={version.message} />
    </p>
    <p className="board-share">
      <span className="figure board-figure">{percentage(version.percentage)}</span>{' '}
      <span className="second">{inRequests(version, expected, isAlone)}</span>
    </p>
  </div>
);

const Message = ({ of }: { readonly of: string | null }) =>
  of !== null && (
    <span className="second board-message clamp" title={of}>
      {of}
    </span>
  );

const inRequests = ({ percentage: share }: Serving, expected: number | undefined, isAlone: boolean): string => {
  if (share === 0) return 'by override header only';
  if (expected === undefined) return '';
  if (expected === 0) return isAlone ? 'no requests in the last 5 minutes' : '';
  return `about ${count(expected)} ${expected === 1 ? 'request' : 'requests'} a minute`;
};

/** `At 10% for 3 h 36 min, set by Mara Lindqvist.` */
const SinceWhen = ({ worker, deployment }: { readonly worker: Worker; readonly deployment: Deployment }) => {
  const now = useNow();
  const [newer] = servingOf(worker);
  if (newer === undefined) return null;
  return (
    <>
      At {percentage(newer.percentage)} for <strong className="strong">{lasted(now.getTime() - Date.parse(deployment.at))}</strong>, set by{' '}
      {deployment.author}.
    </>
  );
};

/** Setting is not proof: what was measured stands beside it. */
const MeasuredShare = ({ serving, recent }: { readonly serving: readonly Serving[]; readonly recent: Recent | undefined }) => {
  const [newer, older] = serving;
  if (newer === undefined) return null;
  if (recent === undefined) return <>How many requests come is not known now: the process that observes does not answer.</>;
  if (older === undefined || !recent.isOfIt) return null;
  const measured = recent.shareOf(newer.version_id);
  if (measured === undefined) return <>No request came in the last 5 minutes.</>;
  return (
    <>
      Over the last 5 minutes {versionName(newer.number)} received <strong className="strong num">{rateShort(measured.share)}</strong>.
    </>
  );
};

const rateShort = (share: number): string =>
  share >= 0.995 || share === 0 ? `${Math.round(share * 100)}%` : `${(share * 100).toFixed(1)}%`;
