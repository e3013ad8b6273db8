import { accept, refuse, type Result } from '../../base/index.ts';
import { changeLogpush, createLogpush, deleteLogpush, destinationOf } from '../../control/index.ts';
import type { BodyOf, logpushEndpoints } from '../../contract/index.ts';
import {
  checkDataset,
  HIDDEN,
  LOGPUSH_FIELDS,
  planLogpush,
  readLogpullOptions,
  redactedDestination,
  USUAL_LOGPUSH,
  type LogpushSettings,
  type Refusal,
} from '../../domain/index.ts';
import { writeToDestination } from '../../observe/index.ts';
import type { LogpushJob } from '../../store/index.ts';
import type { Api, Answer, Handlers } from '../api.ts';
import { spoken } from '../refusals.ts';
import { logpushJobView } from '../views/index.ts';

type Family = typeof logpushEndpoints;
type Asked = BodyOf<Family['putLogpushJob']>;

/** What Cloudflare writes to a destination to see whether it can. */
const TEST_FILE = { name: 'test.txt', content: '{"content":"tests"}\n', isKept: false };
/** Enough names to see what is meant. */
const MOST_NAMES = 20;

/** What is asked for in place of what is there; null takes away. */
const settingsFrom = (asked: Asked, present: LogpushSettings): LogpushSettings => ({
  name: asked.name === undefined ? present.name : asked.name,
  isEnabled: asked.enabled ?? present.isEnabled,
  logpullOptions: asked.logpull_options === undefined ? present.logpullOptions : asked.logpull_options,
  outputOptions: asked.output_options === undefined ? present.outputOptions : asked.output_options,
  filter: asked.filter === undefined ? present.filter : asked.filter,
  frequency: asked.frequency === undefined ? present.frequency : asked.frequency,
  maxUploadBytes: asked.max_upload_bytes === undefined ? present.maxUploadBytes : asked.max_upload_bytes,
  maxUploadIntervalSeconds:
    asked.max_upload_interval_seconds === undefined ? present.maxUploadIntervalSeconds : asked.max_upload_interval_seconds,
  maxUploadRecords: asked.max_upload_records === undefined ? present.maxUploadRecords : asked.max_upload_records,
});

/** Whether a destination takes a small file. */
const tried = (api: Api, destination: string): Promise<Result<undefined, Refusal>> =>
  writeToDestination(destination, api.apiSettings.destinations, TEST_FILE);

const shown = async (api: Api, jobs: readonly LogpushJob[]) => {
  const state = await api.logpush.state();
  return jobs.map((job) => logpushJobView(job, destinationOf(api, job), state?.jobs[String(job.id)]));
};

/** The answer of a change, with whose invocations are not sent though they are deployed. */
const changed = async (api: Api, job: LogpushJob): Promise<Answer<ReturnType<typeof logpushJobView>>> => {
  await api.logpush.tell();
  const [result] = await shown(api, [job]);
  return { result: result ?? logpushJobView(job, destinationOf(api, job), undefined), messages: await unsentWorkers(api) };
};

const unsentWorkers = async (api: Api): Promise<readonly string[]> => {
  const workers = await api.store.read.workers.all();
  const unsent: string[] = [];
  for (const { tag, name, settings } of workers) {
    if (settings.logpush !== true && (await api.store.read.deployments.active(tag)) !== undefined) unsent.push(name);
  }
  if (unsent.length === 0) return [];
  const more = unsent.length > MOST_NAMES ? ` and ${unsent.length - MOST_NAMES} more` : '';
  return [
    `Only invocations of Workers with logpush = true are sent. Deployed without it: ${unsent.slice(0, MOST_NAMES).join(', ')}${more}. Set logpush = true in their configuration and deploy them again.`,
  ];
};

const jobOf = async (api: Api, key: string): Promise<Result<LogpushJob, Refusal>> => {
  const job = /^[1-9]\d{0,14}$/.test(key) ? await api.store.read.logpush.byId(Number(key)) : undefined;
  return job === undefined ? refuse({ code: 'logpush_job_not_found', id: key }) : accept(job);
};

/** What the challenge of a destination says; the key of the vault is needed to know it. */
const challengeOf = (api: Api, destination: string): string => api.vault.fingerprint(`logpush ownership ${destination}`);

const faultOf = (refusal: Refusal): string => spoken(refusal).message;

export const logpush: Handlers<Family> = {
  listLogpushJobs: async (api) => accept({ result: await shown(api, await api.store.read.logpush.all()) }),
  createLogpushJob: async (api, { body, actor }) => {
    const settings = settingsFrom(body, USUAL_LOGPUSH);
    const dataset = checkDataset(body.dataset);
    if (!dataset.ok) return dataset;
    const plan = planLogpush(settings);
    if (!plan.ok) return plan;
    const test = await tried(api, body.destination_conf);
    if (!test.ok) return test;
    const made = await createLogpush(api, actor, { dataset: body.dataset, destination: body.destination_conf, settings });
    return made.ok ? accept(await changed(api, made.value)) : made;
  },
  getLogpushJob: async (api, { params }) => {
    const found = await jobOf(api, params.job_id);
    if (!found.ok) return found;
    const [result] = await shown(api, [found.value]);
    return accept({ result: result ?? logpushJobView(found.value, destinationOf(api, found.value), undefined) });
  },
  putLogpushJob: async (api, { params, body, actor }) => {
    const found = await jobOf(api, params.job_id);
    if (!found.ok) return found;
    const before = destinationOf(api, found.value);
    const asked = body.destination_conf;
    // As it was shown, it is the one that is there.
    const isKept = asked === undefined || asked === before || asked === (before === undefined ? HIDDEN : redactedDestination(before));
    const destination = isKept ? undefined : asked;
    const plan = planLogpush(settingsFrom(body, found.value.settings));
    if (!plan.ok) return plan;
    const test = destination === undefined ? accept(undefined) : await tried(api, destination);
    if (!test.ok) return test;
    const made = await changeLogpush(api, actor, found.value.id, (present) => ({
      dataset: body.dataset ?? present.dataset,
      destination,
      settings: settingsFrom(body, present.settings),
    }));
    return made.ok ? accept(await changed(api, made.value)) : made;
  },
  deleteLogpushJob: async (api, { params, actor }) => {
    const found = await jobOf(api, params.job_id);
    if (!found.ok) return found;
    const deleted = await deleteLogpush(api, actor, found.value.id);
    if (!deleted.ok) return deleted;
    await api.logpush.tell();
    return accept({ result: { id: deleted.value.id } });
  },
  listDatasetJobs: async (api, { params }) => {
    const known = checkDataset(params.dataset_id);
    return known.ok ? accept({ result: await shown(api, await api.store.read.logpush.all()) }) : known;
  },
  getDatasetFields: async (_, { params }) => {
    const known = checkDataset(params.dataset_id);
    if (!known.ok) return known;
    const fields = Object.entries(LOGPUSH_FIELDS).map(([name, [kind, meaning]]) => [name, `${kind}; ${meaning}`]);
    return accept({ result: Object.fromEntries(fields) as Record<string, string> });
  },
  validateLogpushDestination: async (api, { body }) => {
    const test = await tried(api, body.destination_conf);
    return accept({ result: test.ok ? { valid: true, message: '' } : { valid: false, message: faultOf(test.refusal) } });
  },
  findLogpushDestination: async (api, { body }) => {
    const jobs = await api.store.read.logpush.all();
    return accept({ result: { exists: jobs.some((job) => destinationOf(api, job) === body.destination_conf) } });
  },
  validateLogpullOptions: async (_, { body }) => {
    const known = checkDataset(body.dataset ?? 'workers_trace_events');
    if (!known.ok) return accept({ result: { valid: false, message: faultOf(known.refusal) } });
    const read = readLogpullOptions(body.logpull_options);
    return accept({ result: read.ok ? { valid: true, message: '' } : { valid: false, message: read.refusal.join('; ') } });
  },
  createLogpushOwnership: async (api, { body }) => {
    const name = 'ownership-challenge.txt';
    const content = `${challengeOf(api, body.destination_conf)}\n`;
    const written = await writeToDestination(body.destination_conf, api.apiSettings.destinations, { name, content, isKept: true });
    const result = written.ok ? { valid: true, message: '' } : { valid: false, message: faultOf(written.refusal) };
    return accept({ result: { ...result, filename: written.ok ? name : '' } });
  },
  validateLogpushOwnership: async (api, { body }) =>
    accept({ result: { valid: body.ownership_challenge.trim() === challengeOf(api, body.destination_conf) } }),
};
