import { Counter, Gauge, Registry, type Metric } from 'prom-client';
import { BUCKETS_MS, type Total } from './totals.ts';

/** An edge at the moment of a scrape. */
export interface EdgeFacts {
  readonly totals: readonly Total[];
  readonly generation: number | undefined;
  readonly isFeedConnected: boolean;
  /** Since the control plane last said anything; undefined before it did. */
  readonly feedSilenceMs: number | undefined;
  readonly connections: number;
  readonly webSockets: number;
  /** How many processes are in each state. */
  readonly processes: Readonly<Record<string, number>>;
  /** Counts that wait to be told to the process that collects. */
  readonly waitingCounts: number;
  readonly droppedFacts: number;
}

type Labels = Readonly<Record<string, string>>;
type Samples = readonly (readonly [labels: Labels, value: number])[];

/** In the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export const exposition = async (facts: EdgeFacts): Promise<{ readonly text: string; readonly contentType: string }> => {
  const registry = new Registry();
  const tell = (Family: typeof Counter | typeof Gauge, name: string, help: string, samples: Samples): void => {
    const family = new Family({ name, help, labelNames: Object.keys(samples[0]?.[0] ?? {}), registers: [registry] });
    for (const [labels, value] of samples) family.inc(labels, value);
  };
  const { totals } = facts;
  tell(Counter, 'switchback_edge_requests_total', 'Invocations that are over, by version and class of their status.', byStatus(totals));
  tell(Counter, 'switchback_edge_failures_total', 'Those among them that ended otherwise than well, by how.', byOutcome(totals));
  // The library's own histograms take one value at a time; these come from sketches. It asks a metric for no more than this one has.
  registry.registerMetric(latencyFamily(totals) as unknown as Metric);
  tell(Gauge, 'switchback_edge_processes', 'Processes of versions, by state.', processes(facts));
  tell(Gauge, 'switchback_edge_generation', 'Generation of the routing table that is served.', one(facts.generation ?? 0));
  tell(Gauge, 'switchback_edge_feed_connected', '1 where the control plane is listened to.', one(Number(facts.isFeedConnected)));
  const silence = facts.feedSilenceMs === undefined ? [] : one(facts.feedSilenceMs / 1_000);
  tell(Gauge, 'switchback_edge_feed_silence_seconds', 'Since the control plane last said anything; usually below 5.', silence);
  tell(Gauge, 'switchback_edge_connections', 'Connections of visitors.', one(facts.connections));
  tell(Gauge, 'switchback_edge_websockets', 'WebSockets that are open.', one(facts.webSockets));
  tell(Gauge, 'switchback_edge_reports_waiting', 'Counts that the process that collects has not been told.', one(facts.waitingCounts));
  tell(Counter, 'switchback_edge_facts_dropped_total', 'Facts of single invocations that found no room.', one(facts.droppedFacts));
  return { text: await registry.metrics(), contentType: registry.contentType };
};

const one = (value: number): Samples => [[{}, value]];

const byStatus = (totals: readonly Total[]): Samples =>
  totals.flatMap(({ script, version, byStatus: numbers }) =>
    numbers.flatMap((value, at) => (value === 0 ? [] : [[{ script, version, status: at === 0 ? 'none' : `${at}xx` }, value] as const])),
  );

const byOutcome = (totals: readonly Total[]): Samples =>
  totals.flatMap(({ script, version, byOutcome: numbers }) =>
    [...numbers].map(([outcome, value]) => [{ script, version, outcome }, value] as const),
  );

const processes = (facts: EdgeFacts): Samples => Object.entries(facts.processes).map(([state, value]) => [{ state }, value]);

const LATENCY = 'switchback_edge_request_duration_seconds';

const latencyFamily = (totals: readonly Total[]) => ({
  name: LATENCY,
  get: () => ({
    name: LATENCY,
    help: 'Wall time of invocations, WebSockets apart.',
    type: 'histogram',
    aggregator: 'sum',
    values: totals.flatMap(latencySamples),
  }),
});

const latencySamples = ({ script, version, latencies, latencySumMs }: Total) => {
  const labels = { script, version };
  let sum = 0;
  const buckets = latencies.map((value, at) => {
    const bound = BUCKETS_MS[at];
    sum += value;
    return { metricName: `${LATENCY}_bucket`, labels: { ...labels, le: bound === undefined ? '+Inf' : String(bound / 1_000) }, value: sum };
  });
  const ofAll = [
    { metricName: `${LATENCY}_sum`, labels, value: latencySumMs / 1_000 },
    { metricName: `${LATENCY}_count`, labels, value: sum },
  ];
  return sum === 0 ? [] : [...buckets, ...ofAll];
};
