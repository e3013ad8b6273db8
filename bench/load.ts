import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import autocannon from 'autocannon';
import { findProgram, type Program } from './debian.ts';
import type { Target } from './paced.ts';
import { endedChildrenCpuMs } from './processes.ts';
import { newFolder, spawnOwned } from './scratch.ts';

/** What a load generator got answered, and what it took itself. */
export interface Load {
  readonly answered: number;
  readonly seconds: number;
  readonly cpuMs: number;
  /** 99th percentile of the time to an answer, with the connections always busy. */
  readonly p99Ms: number;
}

/** As many requests as go, on so many connections that are kept alive. Throws when one fails. */
export interface LoadGenerator {
  /** With its version. */
  readonly name: string;
  load(target: Target, connections: number, seconds: number): Promise<Load>;
}

/**
 * wrk, written in C, where it is to be had, else autocannon, in this process: the less of the cores the generator takes, the
 * more is left for what is measured.
 */
export const loadGenerator = async (): Promise<LoadGenerator> => {
  const wrk = await findProgram('wrk');
  return 'missing' in wrk
    ? { name: `autocannon (${wrk.missing})`, load: withAutocannon }
    : { name: `wrk ${wrk.version}`, load: withWrk(wrk) };
};

const withAutocannon: LoadGenerator['load'] = async ({ url, host }, connections, seconds) => {
  const before = process.cpuUsage();
  const result = await autocannon({ url, headers: { host }, connections, duration: seconds });
  const { user, system } = process.cpuUsage(before);
  refuseFailures(result.errors + result.non2xx, { url, host });
  return { answered: result['2xx'], seconds: result.duration, cpuMs: (user + system) / 1000, p99Ms: result.latency.p99 };
};

/** Runs once, after the last answer, so that it costs nothing meanwhile. */
const SUMMARY = `done = function(all, latency)
  local e = all.errors
  io.write(string.format('\\n{"requests":%d,"us":%d,"failed":%d,"p99":%d}\\n', all.requests, all.duration, e.connect + e.read + e.write + e.timeout + e.status, latency:percentile(99)))
end
`;

const withWrk = ({ path, env }: Program): LoadGenerator['load'] => {
  const script = join(newFolder('wrk'), 'summary.lua');
  writeFileSync(script, SUMMARY);
  return async ({ url, host }, connections, seconds) => {
    const before = endedChildrenCpuMs(process.pid);
    const args = ['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '-H', `Host: ${host}`, '-s', script, url];
    const child = spawnOwned(path, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const said = child.stdout === null ? '' : await text(child.stdout);
    await exited;
    const cpuMs = endedChildrenCpuMs(process.pid) - before;
    const result = JSON.parse(/^\{.*\}$/m.exec(said)?.[0] ?? '{}') as Partial<Record<'requests' | 'us' | 'failed' | 'p99', number>>; // As written above.
    const { requests, us, failed, p99 } = result;
    if (requests === undefined || us === undefined || failed === undefined || p99 === undefined)
      throw new Error(`wrk gave no summary: ${said}`);
    refuseFailures(failed, { url, host });
    return { answered: requests, seconds: us / 1e6, cpuMs, p99Ms: p99 / 1000 };
  };
};

const refuseFailures = (failed: number, { url, host }: Target): void => {
  if (failed > 0) throw new Error(`${failed} requests to ${url} for ${host} failed.`);
};
