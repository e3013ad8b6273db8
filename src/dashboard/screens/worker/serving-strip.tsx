import { SplitBar, VersionChip, versionName, When } from '../../parts/index.ts';
import { dayAndClock, percentage } from '../../words/index.ts';
import { leftBy, servingOf, type Worker } from './worker.ts';

/** What serves, on every page of a Worker but its overview: nobody has to go elsewhere to know. */
export const ServingStrip = ({ worker }: { readonly worker: Worker }) => {
  const serving = servingOf(worker);
  const [newer, older] = serving;
  const left = leftBy(worker);
  if (newer === undefined) return <p className="split-strip small third">Nothing is deployed: it answers no request.</p>;
  return (
    <div className="split-strip small">
      <span className="worker-share">
        <VersionChip {...newer} /> <span className="num">{percentage(newer.percentage)}</span>
      </span>
      <SplitBar versions={serving} size="row" />
      {older !== undefined && (
        <span className="worker-share">
          <span className="num">{percentage(older.percentage)}</span> <VersionChip {...older} />
        </span>
      )}
      {older === undefined && left !== undefined && (
        <span className="second">
          {versionName(left.number)} left <When at={left.at} as={leftAt} />
        </span>
      )}
    </div>
  );
};

/** `at 15:40`, `Wed 09:40`, `18 Nov` */
const leftAt = (at: Date, now: Date): string => dayAndClock(at, now).replace('today', 'at');
