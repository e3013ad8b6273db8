import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { BUCKETS_MS, type Total } from './totals.ts';

/** Versions that are written before others have their turn: well below a millisecond, where all of them together take many. */
const AT_ONCE = 20;

const REQUESTS = 'switchback_edge_requests_total';
const FAILURES = 'switchback_edge_failures_total';
const LATENCY = 'switchback_edge_request_duration_seconds';

const LE = [...BUCKETS_MS.map((bound) => String(bound / 1_000)), '+Inf'];

/**
 * What each version did, as Prometheus reads it. Of a thousand versions that is megabytes, which are written piece by piece: requests
 * go on meanwhile. All that is told of one version is of one moment.
 */
export const versionFamilies = async (totals: readonly Total[]): Promise<string> => {
  const requests = [headOf(REQUESTS, 'counter', 'Invocations that are over, by version and class of their status.')];
  const failures = [headOf(FAILURES, 'counter', 'Those among them that ended otherwise than well, by how.')];
  const latencies = [headOf(LATENCY, 'histogram', 'Wall time of invocations, WebSockets apart.')];
  for (let from = 0; from < totals.length; from += AT_ONCE) {
    if (from > 0) await turnOfOthers();
    const some = totals.slice(from, from + AT_ONCE);
    requests.push(some.map(requestsOf).join(''));
    failures.push(some.map(failuresOf).join(''));
    latencies.push(some.map(latenciesOf).join(''));
  }
  return [...requests, '\n', ...failures, '\n', ...latencies].join('');
};

const headOf = (name: string, type: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

/** Most names have nothing in them that would have to be. */
const escaped = (value: string): string =>
  /[\\\n"]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"') : value;

const labelsOf = ({ script, version }: Total): string => `script="${escaped(script)}",version="${escaped(version)}"`;

const requestsOf = (total: Total): string => {
  const labels = labelsOf(total);
  let text = '';
  for (const [digit, value] of total.byStatus.entries())
    if (value > 0) text += `${REQUESTS}{${labels},status="${digit === 0 ? 'none' : `${digit}xx`}"} ${value}\n`;
  return text;
};

const failuresOf = (total: Total): string => {
  const labels = labelsOf(total);
  let text = '';
  for (const [outcome, value] of total.byOutcome) text += `${FAILURES}{${labels},outcome="${outcome}"} ${value}\n`;
  return text;
};

const latenciesOf = (total: Total): string => {
  const labels = labelsOf(total);
  let sum = 0;
  let text = '';
  for (const [at, value] of total.latencies.entries()) {
    sum += value;
    text += `${LATENCY}_bucket{${labels},le="${LE[at]}"} ${sum}\n`;
  }
  if (sum === 0) return '';
  return `${text}${LATENCY}_sum{${labels}} ${total.latencySumMs / 1_000}\n${LATENCY}_count{${labels}} ${sum}\n`;
};
