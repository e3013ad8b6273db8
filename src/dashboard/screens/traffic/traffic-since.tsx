import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { watchCounts, type LiveCount } from '../../api/index.ts';
import { Button, SplitBar, VersionChip, versionName } from '../../parts/index.ts';
import { count, counted, percentage } from '../../words/index.ts';
import { useWorker } from '../worker/worker.ts';
import { useWatched, watch, type Watched } from './watched.ts';
import './traffic.css';

/** Beneath the head of a Worker, after something was deployed here: what each version has got since, as it comes. */
export const TrafficSince = ({ name }: { readonly name: string }) => {
  const watched = useWatched();
  const active = useWorker(name).worker?.deployment?.id;
  if (watched === undefined || watched.worker !== name) return null;
  // Something else serves by now.
  if (active !== undefined && active !== watched.deploymentId) return null;
  return <Since key={watched.deploymentId} watched={watched} />;
};

const Since = ({ watched }: { readonly watched: Watched }) => {
  const counts = useCountsSince(watched.worker);
  const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const [first, other] = watched.versions;
  if (first === undefined) return null;
  const part = (id: string): number => (all === 0 ? 0 : ((counts.get(id) ?? 0) / all) * 100);
  return (
    <section className="traffic small" aria-label="Traffic since the deployment">
      <p>
        {all === 0 ? (
          `No request yet since ${versionName(first.number)} got ${percentage(first.percentage)}.`
        ) : (
          <>
            Since then {versionName(first.number)} got <strong className="strong num">{part(first.id).toFixed(1)}%</strong> of{' '}
            <span className="num">{counted(all, 'request')}</span> seen here, set to {percentage(first.percentage)}.
          </>
        )}
      </p>
      <div className="traffic-counts">
        <Count version={first} requests={counts.get(first.id)} />
        <SplitBar versions={watched.versions.map((version) => ({ ...version, percentage: part(version.id) }))} size="row" />
        {other && <Count version={other} requests={counts.get(other.id)} />}
      </div>
      <Button kind="quiet" isSmall icon={X} name="Close the counts" onClick={() => watch(undefined)} />
    </section>
  );
};

const Count = ({ version, requests = 0 }: { readonly version: Watched['versions'][number]; readonly requests?: number | undefined }) => (
  <span className="traffic-count">
    <VersionChip number={version.number} look={version.look} /> <span className="num">{count(requests)}</span>
  </span>
);

/** Requests of each version since this began to look; while the window is hidden nobody looks. */
const useCountsSince = (name: string): ReadonlyMap<string, number> => {
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    let isFirst = true;
    return watchCounts(name, {
      onCount: (told) => {
        // What came in the second in which this was opened is in part of before.
        if (isFirst) isFirst = false;
        else setCounts((before) => added(before, told));
      },
      onOpen: () => {
        isFirst = true;
      },
    });
  }, [name]);
  return counts;
};

const added = (before: ReadonlyMap<string, number>, { versions }: LiveCount): ReadonlyMap<string, number> => {
  if (versions.length === 0) return before;
  const counts = new Map(before);
  for (const { version_id: id, requests } of versions) counts.set(id, (counts.get(id) ?? 0) + requests);
  return counts;
};
