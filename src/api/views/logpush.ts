import { logpushWords } from '../../control/index.ts';
import { planLogpush } from '../../domain/index.ts';
import type { LogpushStatus } from '../../observe/index.ts';
import type { LogpushJob } from '../../store/index.ts';

/** A job with how it does. `destination` is the opened one, where it can be opened; what may let one in is hidden of it. */
export const logpushJobView = (job: LogpushJob, destination: string | undefined, status: LogpushStatus | undefined) => ({
  id: job.id,
  kind: '' as const,
  ...logpushWords(job, destination),
  last_complete: status?.lastComplete ?? null,
  last_error: status?.lastError ?? null,
  error_message: faultOf(job.settings, destination) ?? status?.errorMessage ?? null,
  spool:
    status === undefined
      ? null
      : {
          batches: status.waitingBatches,
          bytes: status.waitingBytes,
          dropped_records: status.droppedRecords,
          rejected_records: status.rejectedRecords,
        },
});

/** Why nothing is sent at all. */
const faultOf = (settings: LogpushJob['settings'], destination: string | undefined): string | undefined => {
  if (destination === undefined) return 'Its destination cannot be opened with the keys of this server, and must be set anew.';
  return planLogpush(settings).ok ? undefined : 'Its settings are not valid any more, and must be set anew.';
};
