import { useState } from 'react';
import { useApi } from '../../api/index.ts';
import { Bones, Cancel, Dialog, Refusal } from '../../parts/index.ts';
import { useWorker } from '../worker/worker.ts';
import type { WorkerDialogProps } from '../worker/index.ts';
import { RollbackForm } from './rollback-form.tsx';
import { FIRST_PAGE, type Target } from './targets.tsx';
import './rollback.css';

const MOST_AT_ONCE = 50;

/** Back to a version that served: one key away, and asked once. */
export const RollbackDialog = ({ name, versionId, onClose }: WorkerDialogProps) => {
  const { worker, read } = useWorker(name);
  // One that was asked for may have left long ago.
  const limit = versionId === undefined ? FIRST_PAGE : MOST_AT_ONCE;
  const targets = useApi('listRollbackTargets', { params: { name }, query: { limit } });
  const [times, setTimes] = useState(0);
  const frame = { width: 'wide' as const, onClose };
  const active = worker?.deployment ?? undefined;
  if (active !== undefined && targets.data !== undefined)
    return (
      <RollbackForm
        key={times}
        {...frame}
        name={name}
        active={active}
        perMinute={worker?.metrics?.requests_per_minute}
        fresh={targets.data.result}
        proposal={proposedAmong(targets.data.result, versionId)}
        limit={limit}
        nextNumber={(worker?.newest_version?.number ?? 0) + 1}
        onStartOver={() => setTimes(times + 1)}
      />
    );
  const error = read.error ?? targets.error;
  return (
    <Dialog {...frame} title={`Roll back ${name}`} foot={<Cancel />}>
      {error !== null && <Refusal what="What one can go back to did not load." error={error} />}
      {error === null && worker !== undefined && active === undefined && <p>Nothing is deployed, so there is nothing to roll back.</p>}
      {error === null && (worker === undefined || active !== undefined) && <Bones lines={[40, 60, 40, 60]} />}
    </Dialog>
  );
};

/**
 * The one that was asked for, also where it is blocked: then that is said. Else the last that may and held everything. What never did was
 * not tried with all traffic: that is for somebody to choose, not for a key and Enter.
 */
const proposedAmong = (targets: readonly Target[], wanted: string | undefined): Target | undefined => {
  const open = targets.filter(({ blockers }) => blockers.length === 0);
  if (wanted !== undefined) return targets.find(({ version_id: id }) => id === wanted);
  return open.find(({ is_last_whole: isLastWhole }) => isLastWhole) ?? open.find(({ served }) => served?.held_all);
};
