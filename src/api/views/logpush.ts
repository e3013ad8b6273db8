import { redactedDestination } from '../../domain/index.ts';
import type { LogpushStatus } from '../../observe/index.ts';
import type { LogpushJob } from '../../store/index.ts';

/** A job with how it does. `destination` is the opened one; what may let one in is hidden of it. */
export const logpushJobView = ({ id, dataset, settings }: LogpushJob, destination: string, status: LogpushStatus | undefined) => ({
  id,
  dataset,
  name: settings.name,
  enabled: settings.isEnabled,
  kind: '' as const,
  destination_conf: redactedDestination(destination),
  logpull_options: settings.logpullOptions,
  output_options: settings.outputOptions,
  filter: settings.filter,
  frequency: settings.frequency,
  max_upload_bytes: settings.maxUploadBytes,
  max_upload_interval_seconds: settings.maxUploadIntervalSeconds,
  max_upload_records: settings.maxUploadRecords,
  last_complete: status?.lastComplete ?? null,
  last_error: status?.lastError ?? null,
  error_message: status?.errorMessage ?? null,
  spool:
    status === undefined ? null : { batches: status.waitingBatches, bytes: status.waitingBytes, dropped_records: status.droppedRecords },
});
