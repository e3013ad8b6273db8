import { useParams } from '@tanstack/react-router';
import { Bones, Loaded } from '../../parts/index.ts';
import { Activity } from './activity.tsx';
import { Board } from './board.tsx';
import { Exceptions } from './exceptions.tsx';
import { useLiveCounts } from './live-counts.ts';
import { MetricsSection } from './metrics-section.tsx';
import { NothingDeployed } from './nothing-deployed.tsx';
import { useWindow } from './window.ts';
import { useWorker } from './worker.ts';
import './overview.css';

/** What serves of a Worker, how it does, what it fails at, and what was done to it. */
export const Overview = () => {
  const { name } = useParams({ from: '/inside/workers/$name' });
  const { read } = useWorker(name);
  const counts = useLiveCounts(name);
  const [chosen] = useWindow();
  return (
    <Loaded from={read} bones={<BoardBones />} what="What serves did not load.">
      {({ result: worker }) =>
        worker.deployment === null ? (
          <>
            <NothingDeployed />
            <div className="section">
              <Activity name={name} />
            </div>
          </>
        ) : (
          <>
            <Board worker={worker} deployment={worker.deployment} counts={counts} />
            <MetricsSection worker={worker} deployment={worker.deployment} counts={counts} />
            <div className="overview-columns">
              <Exceptions worker={worker} deployment={worker.deployment} chosen={chosen} />
              <Activity name={name} />
            </div>
          </>
        )
      }
    </Loaded>
  );
};

const BoardBones = () => (
  <div className="board-bones">
    <Bones lines={[30, 20, 100]} />
  </div>
);
