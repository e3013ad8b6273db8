import assert from 'node:assert/strict';
import test from 'node:test';
import { request } from 'undici';
import { FakeControl, openEdge } from './fake-control.ts';
import type { Edge } from './index.ts';
import { aFolder, aTable, aWorker, splitOf, until, V1, V2 } from './testing.ts';

/** These run the real runtime. */
const V3 = '33333333-3333-4333-8333-333333333333';
const KILLS = 12;

const says = (text: string): string => `export default { fetch: () => new Response('${text}') };`;

interface Seen {
  readonly url: string;
  readonly status: number;
  readonly tookMs: number;
}

/** Asks in a row until told to stop, as a visitor with one connection would. */
const visitor = async (edge: Edge, host: string, version: string | undefined, seen: Seen[], isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    const began = performance.now();
    const headers = { host, ...(version === undefined ? {} : { 'cloudflare-workers-version-overrides': `hello="${version}"` }) };
    const { statusCode, body } = await request(edge.url, { headers });
    await body.dump();
    seen.push({ url: version ?? host, status: statusCode, tookMs: performance.now() - began });
  }
};

const quantile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * share)] ?? 0;

test('[X-31] [X-32] while one version is killed in a loop, the other version of the split and other Workers see no error, and its own requests wait', async (t) => {
  await using folder = await aFolder();
  await using control = await FakeControl.open(
    aTable([
      aWorker('hello', { deployment: splitOf(50_000) }),
      aWorker('other', { deployment: { id: 'd2', split: [{ versionId: V3, share: 100_000 }] } }),
    ]),
  );
  for (const [id, name] of [
    [V1, 'hello'],
    [V2, 'hello'],
    [V3, 'other'],
  ] as const)
    control.addVersion(id, name, says(id));
  const edge = await openEdge(control, folder.path, {
    // Here a version is killed for no fault of its own, and often: the breaker is not what is tried.
    runtimeSettings: { waitUntilGraceMs: 0, drainDeadlineMs: 200, breakerFailures: 4, breakerWindowMs: 300 },
  });
  const pidOf = () => edge.state().processes.find(({ versionId, state }) => versionId === V1 && state === 'ready')?.pid;
  let isOver = false;
  const [killed, sibling, other]: [Seen[], Seen[], Seen[]] = [[], [], []];
  const visitors = [
    visitor(edge, 'hello.team.localhost', V1, killed, () => isOver),
    visitor(edge, 'hello.team.localhost', V1, killed, () => isOver),
    visitor(edge, 'hello.team.localhost', V2, sibling, () => isOver),
    visitor(edge, 'other.team.localhost', undefined, other, () => isOver),
  ];
  const replacedMs: number[] = [];
  for (let kills = 0; kills < KILLS; kills += 1) {
    await until(() => pidOf() !== undefined, 'the version runs');
    const pid = pidOf() ?? 0;
    const began = performance.now();
    process.kill(pid, 'SIGKILL');
    await until(() => ![undefined, pid].includes(pidOf()), 'it runs again');
    replacedMs.push(performance.now() - began);
    const before = killed.length;
    await until(() => killed.length > before + 5, 'it answers');
  }
  isOver = true;
  await Promise.all(visitors);
  assert.ok(sibling.every(({ status }) => status === 200));
  assert.ok(other.every(({ status }) => status === 200));
  // What its processes were answering when they were killed is lost; nobody else's, and nobody was refused.
  assert.deepEqual(
    [...new Set(killed.map(({ status }) => status))].filter((status) => status !== 200 && status !== 502),
    [],
  );
  assert.ok(killed.filter(({ status }) => status === 502).length <= KILLS * 2);
  t.diagnostic(
    `from the kill to the next process: p50 ${quantile(replacedMs, 0.5).toFixed(0)} ms, most ${Math.max(...replacedMs).toFixed(0)} ms`,
  );
  t.diagnostic(
    `requests: ${killed.length} of the killed version (${killed.filter(({ status }) => status === 502).length} lost), ${sibling.length} and ${other.length} of its neighbours`,
  );
  await edge.close();
});
