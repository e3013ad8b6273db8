import { HIDDEN, planLogpush, redactedDestination } from '../../domain/index.ts';
import type { LogpushStatus } from '../../observe/index.ts';
import type { LogpushJob } from '../../store/index.ts';

/** A job with how it does. `destination` is the opened one, where it can be opened; what may let one in is hidden of it. */
export const logpushJobView = (
  { id, dataset, settings }: LogpushJob,
  destination: string | undefined,
  status: LogpushStatus | undefined,
) => ({
  id,
  dataset,
  name: settings.name,
  enabled: settings.isEnabled,
  kind: '' as const,
  destination_conf: destination === undefined ? HIDDEN : redactedDestination(destination),
  logpull_options: settings.logpullOptions,
  output_options: settings.outputOptions,
  filter: settings.filter,
  frequency: settings.frequency,
  max_upload_bytes: settings.maxUploadBytes,
  max_upload_interval_seconds: settings.maxUploadIntervalSeconds,
  max_upload_records: settings.maxUploadRecords,
  last_complete: status?.lastComplete ?? null,
  last_error: status?.lastError ?? null,
  error_message: faultOf(settings, destination) ?? status?.errorMessage ?? null,
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
