import { accept, refuse, type Result } from '../base/index.ts';
import { cronFault, type Refusal } from '../domain/index.ts';
import type { Schedule } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsExpected, type Expectation } from './expectations.ts';

/** Replaces a Worker's cron schedules. They change no version. */
export const replaceSchedules = (
  control: Control,
  actor: Actor,
  name: string,
  crons: readonly string[],
  expected?: Expectation,
): Promise<Result<readonly Schedule[], Refusal>> =>
  control.store.change<readonly Schedule[], Refusal>(
    async (change) => {
      const worker = await change.workers.byName(name);
      if (worker === undefined) return refuse({ code: 'worker_not_found', name });
      const isFresh = await isAsExpected(change, name, expected);
      if (!isFresh.ok) return isFresh;
      for (const cron of crons) {
        const fault = cronFault(cron);
        if (fault !== undefined) return refuse({ code: 'cron_invalid', cron, reason: fault });
      }
      const now = control.clock.now().toISOString();
      const present = await change.schedules.ofWorker(worker.tag);
      const wanted = [...new Set(crons)].map((cron) => ({
        cron,
        createdOn: present.find((schedule) => schedule.cron === cron)?.createdOn ?? now,
        modifiedOn: now,
      }));
      await change.schedules.replace(worker.tag, wanted);
      change.touchWorker(worker.name);
      return accept(wanted);
    },
    () => auditEntry(control, actor, 'schedules.replace', `worker/${name}`, { crons }),
  );
