import { Counter, Gauge, Registry } from 'prom-client';
import type { Total } from './totals.ts';
import { versionFamilies } from './version-families.ts';

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
  tell(Gauge, 'switchback_edge_processes', 'Processes of versions, by state.', processes(facts));
  tell(Gauge, 'switchback_edge_generation', 'Generation of the routing table that is served.', one(facts.generation ?? 0));
  tell(Gauge, 'switchback_edge_feed_connected', '1 where the control plane is listened to.', one(Number(facts.isFeedConnected)));
  const silence = facts.feedSilenceMs === undefined ? [] : one(facts.feedSilenceMs / 1_000);
  tell(Gauge, 'switchback_edge_feed_silence_seconds', 'Since the control plane last said anything; usually below 5.', silence);
  tell(Gauge, 'switchback_edge_connections', 'Connections of visitors.', one(facts.connections));
  tell(Gauge, 'switchback_edge_websockets', 'WebSockets that are open.', one(facts.webSockets));
  tell(Gauge, 'switchback_edge_reports_waiting', 'Counts that the process that collects has not been told.', one(facts.waitingCounts));
  tell(Counter, 'switchback_edge_facts_dropped_total', 'Facts of single invocations that found no room.', one(facts.droppedFacts));
  return { text: `${await versionFamilies(facts.totals)}\n${await registry.metrics()}`, contentType: registry.contentType };
};

const one = (value: number): Samples => [[{}, value]];

const processes = (facts: EdgeFacts): Samples => Object.entries(facts.processes).map(([state, value]) => [{ state }, value]);
