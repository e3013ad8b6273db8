import { call } from '../../api/index.ts';
import { versionName } from '../../parts/index.ts';
import { deployed, useMove } from '../deploy/use-deploy.ts';
import { announce, tagOf, wayBackTo, type Active } from '../traffic/index.ts';
import type { Target } from './targets.tsx';

/** Whose values the secrets are to have: those of the version that comes back, or of today, which takes a version of its own. */
export type Values = 'then' | 'today';

interface Wanted {
  readonly target: Target;
  readonly message: string;
  /** Undefined where no secret changed. */
  readonly values: Values | undefined;
}

/** Rolls back over what the person saw, says so, and offers the way back. */
export const useRollback = (worker: string, seen: Active, leaving: string, onMade: () => void) => {
  const { move, isWorking, error } = useMove(worker);
  const rollBack = (wanted: Wanted): Promise<void> =>
    move(async () => {
      const { answer, version, text } = await (wanted.values === 'today' ? renewed : asItWas)(worker, seen, wanted);
      const before = wayBackTo(seen, version.id);
      announce({
        worker,
        answer,
        versions: [{ ...version, percentage: 100, look: 'stable' }],
        text,
        before: before && { ...before, text: `Back to ${leaving}` },
      });
      onMade();
    });
  return { rollBack, isWorking, error };
};

const asItWas = async (worker: string, seen: Active, { target, message, values }: Wanted) => {
  const versions = [{ version_id: target.version_id, percentage: 100 }];
  const answer = await deployed(worker, { versions, message, isForced: values === 'then', ifMatch: tagOf(seen) });
  return { answer, version: { id: target.version_id, number: target.number }, text: `Rolled back to ${versionName(target.number)}.` };
};

const renewed = async (worker: string, seen: Active, { target, message }: Wanted) => {
  const said = message.trim();
  const answer = await call('rollBackRenewed', {
    params: { name: worker },
    body: { version_id: target.version_id, ...(said === '' ? {} : { message: said }) },
    ifMatch: tagOf(seen),
  });
  const { version, of, deployment } = answer.result;
  return {
    answer: { ...answer, result: deployment },
    version: { id: version.version_id, number: version.number },
    text: `Rolled back to the code of ${versionName(of.number)}: ${versionName(version.number)}, with the secrets of today.`,
  };
};
