import { Counter, Gauge, Registry } from 'prom-client';
import { WHOLE } from '../domain/index.ts';
import { worldFault } from '../files/index.ts';
import { archiveStatus } from '../observe/index.ts';
import type { Api } from './api.ts';

/** What one scrape may name of each kind; of more than so many Workers those with the largest names are left out. */
const MOST_WORKERS = 1_000;
/** An edge that has been away for longer may be gone for ever. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;
/** Who scrapes waits 10 s by default, and what is known here is worth something without the rest. */
const OBSERVE_WITHIN_MS = 3_000;

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One family of values, as they are at the scrape. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
  /** Only grows, until whoever counts starts anew. */
  readonly isCounter?: true;
}

const one = (value: number): readonly Sample[] => [{ labels: {}, value }];

/**
 * What the control plane knows and no edge does, in the text format of Prometheus
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Requests are in the metrics of the edges.
 */
export const metricsText = async (api: Api): Promise<{ readonly text: string; readonly contentType: string }> => {
  const registry = new Registry();
  for (const { name, help, samples, isCounter } of [...(await ofRouting(api)), ...(await ofShares(api)), ...(await ofObserving(api))]) {
    if (samples.length === 0) continue;
    const labelNames = Object.keys(samples[0]?.labels ?? {});
    const family = new (isCounter === true ? Counter : Gauge)({ name, help, labelNames, registers: [registry] });
    for (const { labels, value } of samples) family.inc(labels, value);
  }
  return { text: await registry.metrics(), contentType: registry.contentType };
};

const ofRouting = async ({ store, feed, publisher }: Api): Promise<readonly Family[]> => {
  const generation = await store.read.meta.generation();
  const edges = feed.status().filter(({ awayMs }) => awayMs < FORGOTTEN_AFTER_MS);
  const ofEach = (value: (edge: (typeof edges)[number]) => number): readonly Sample[] =>
    edges.map((edge) => ({ labels: { edge: edge.id }, value: value(edge) }));
  return [
    { name: 'switchback_control_generation', help: 'Newest generation of the routing table.', samples: one(generation) },
    {
      name: 'switchback_control_can_publish',
      help: '1 where the newest generation can be told to the edges.',
      samples: one(publisher.behind === undefined ? 1 : 0),
    },
    {
      name: 'switchback_control_edge_connected',
      help: '1 where the edge listens to the feed.',
      samples: ofEach(({ connected }) => Number(connected)),
    },
    {
      name: 'switchback_control_edge_generations_behind',
      help: 'Generations that the edge has not confirmed.',
      samples: ofEach((edge) => Math.max(0, generation - edge.generation)),
    },
  ];
};

/** Beside the requests it shows whether the split is what was asked for. */
const ofShares = async ({ store }: Api): Promise<readonly Family[]> => {
  const [active, workers] = await Promise.all([store.read.deployments.allActive(), store.read.workers.all()]);
  const deployed = new Map(active.map(({ scriptTag, split }) => [scriptTag, split]));
  const named = workers.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, MOST_WORKERS);
  const samples = named.flatMap(({ name, tag }) =>
    (deployed.get(tag) ?? []).map(({ versionId, share }) => ({ labels: { script: name, version: versionId }, value: share / WHOLE })),
  );
  return [
    { name: 'switchback_control_workers', help: 'Workers that there are.', samples: one(workers.length) },
    { name: 'switchback_control_deployment_share', help: 'Share of requests that a version is to have, 0 to 1.', samples },
  ];
};

const ofObserving = async (api: Api): Promise<readonly Family[]> => {
  const [archive, logpush] = await Promise.all([archiveOrNothing(api), api.logpush.state(OBSERVE_WITHIN_MS)]);
  const jobs = Object.entries(logpush?.jobs ?? {});
  const ofJobs = (value: (job: (typeof jobs)[number][1]) => number): readonly Sample[] =>
    jobs.map(([id, job]) => ({ labels: { job: id }, value: value(job) }));
  return [
    {
      name: 'switchback_observe_up',
      help: '1 where the process that collects what is observed answers.',
      samples: one(archive === undefined ? 0 : 1),
    },
    {
      name: 'switchback_observe_archive_bytes',
      help: 'Size of what is kept of what was observed.',
      samples: archive === undefined ? [] : one(archive.bytes.counts + archive.bytes.records),
    },
    {
      name: 'switchback_observe_dropped_total',
      help: 'What was lost, by cause, since the process that collects started.',
      isCounter: true,
      samples: Object.entries(archive?.dropped ?? {}).map(([cause, value]) => ({ labels: { cause }, value })),
    },
    {
      name: 'switchback_logpush_waiting_bytes',
      help: 'What a job has spooled and not sent.',
      samples: ofJobs(({ waitingBytes }) => waitingBytes),
    },
    {
      name: 'switchback_logpush_dropped_records_total',
      help: 'Records of a job that found no room in the spool, since it was made or enabled.',
      isCounter: true,
      samples: ofJobs(({ droppedRecords }) => droppedRecords),
    },
    {
      name: 'switchback_logpush_failing',
      help: '1 where the last upload of a job failed.',
      samples: ofJobs(({ errorMessage }) => (errorMessage === null ? 0 : 1)),
    },
  ];
};

const archiveOrNothing = async (api: Api) => {
  try {
    return await archiveStatus(api.observe, OBSERVE_WITHIN_MS);
  } catch (error) {
    if (worldFault(error) === undefined) throw error;
    return undefined;
  }
};
