import { accept, refuse, type Result } from '../base/index.ts';
import { checkDataset, HIDDEN, planLogpush, redactedDestination, type LogpushSettings, type Refusal } from '../domain/index.ts';
import { SealBroken } from '../files/index.ts';
import type { LogpushJob } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';

/** Each writes a row of every record: at 1,000 invocations a second they take a quarter of a processor together. */
const MOST_JOBS = 10;

export interface WantedLogpush {
  readonly dataset: string;
  readonly destination: string;
  readonly settings: LogpushSettings;
}

/** What a job's destination is sealed for. */
const context = (seal: string): string => `logpush ${seal}`;

/** Undefined where it cannot be opened, by which no other job is held up. */
export const destinationOf = ({ vault }: Pick<Control, 'vault'>, job: LogpushJob): string | undefined => {
  try {
    return vault.open(job.destination, context(job.seal));
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
};

/** Adds a job. Whether its destination takes anything was seen before. */
export const createLogpush = (control: Control, actor: Actor, wanted: WantedLogpush): Promise<Result<LogpushJob, Refusal>> =>
  control.store.change<LogpushJob, Refusal>(
    async (change) => {
      const { dataset, destination, settings } = wanted;
      const checked = planned(wanted);
      if (!checked.ok) return checked;
      if ((await change.logpush.all()).length >= MOST_JOBS) return refuse({ code: 'too_many_logpush_jobs', limit: MOST_JOBS });
      const seal = control.ids.uuid();
      const job = {
        seal,
        dataset,
        destination: control.vault.seal(destination, context(seal)),
        settings,
        createdOn: control.clock.now().toISOString(),
      };
      return accept({ ...job, id: await change.logpush.insert(job) });
    },
    (job) => auditEntry(control, actor, 'logpush_job.create', `logpush_job/${job.id}`, logpushWords(job, destinationOf(control, job))),
  );

/** Changes a job; `wanted` says from what it is what it shall be. Without a destination it keeps its own. */
export const changeLogpush = (
  control: Control,
  actor: Actor,
  id: number,
  wanted: (present: LogpushJob) => Omit<WantedLogpush, 'destination'> & { readonly destination: string | undefined },
): Promise<Result<LogpushJob, Refusal>> =>
  control.store.change<LogpushJob, Refusal>(
    async (change) => {
      const present = await change.logpush.byId(id);
      if (present === undefined) return refuse({ code: 'logpush_job_not_found', id: String(id) });
      const asked = wanted(present);
      const checked = planned(asked);
      if (!checked.ok) return checked;
      const { settings, destination } = asked;
      const sealed = destination === undefined ? present.destination : control.vault.seal(destination, context(present.seal));
      const job = { ...present, settings, destination: sealed };
      await change.logpush.update(job);
      return accept(job);
    },
    (job) => auditEntry(control, actor, 'logpush_job.change', `logpush_job/${id}`, logpushWords(job, destinationOf(control, job))),
  );

export const deleteLogpush = (control: Control, actor: Actor, id: number): Promise<Result<LogpushJob, Refusal>> =>
  control.store.change<LogpushJob, Refusal>(
    async (change) => {
      const present = await change.logpush.byId(id);
      if (present === undefined) return refuse({ code: 'logpush_job_not_found', id: String(id) });
      await change.logpush.delete(id);
      return accept(present);
    },
    ({ settings }) => auditEntry(control, actor, 'logpush_job.delete', `logpush_job/${id}`, { name: settings.name }),
  );

/** What a job was asked for, in the words of the API. `destination` is the opened one: what may let one in is hidden of it. */
export const logpushWords = ({ settings, dataset }: LogpushJob, destination: string | undefined) => ({
  name: settings.name,
  dataset,
  enabled: settings.isEnabled,
  destination_conf: destination === undefined ? HIDDEN : redactedDestination(destination),
  logpull_options: settings.logpullOptions,
  output_options: settings.outputOptions,
  filter: settings.filter,
  frequency: settings.frequency,
  max_upload_bytes: settings.maxUploadBytes,
  max_upload_interval_seconds: settings.maxUploadIntervalSeconds,
  max_upload_records: settings.maxUploadRecords,
});

const planned = ({ dataset, settings }: Pick<WantedLogpush, 'dataset' | 'settings'>): Result<unknown, Refusal> => {
  const known = checkDataset(dataset);
  return known.ok ? planLogpush(settings) : known;
};
