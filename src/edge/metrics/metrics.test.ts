import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Sketch, type Count } from '../../observe/index.ts';
import { exposition, type EdgeFacts } from './exposition.ts';
import { Totals } from './totals.ts';

const aCount = (of: Partial<Count> & { readonly latencies?: readonly number[] } = {}): Count => {
  const { latencies = [10], ...rest } = of;
  const sketch = new Sketch();
  for (const latency of latencies) sketch.accept(latency);
  const counted = { requests: latencies.length, latency: sketch.toBins() };
  return { minute: 0, script: 'hello', versionId: 'v1', kind: 'fetch', statusClass: 2, outcome: 'ok', ...counted, ...rest };
};

const ALL = { deployed: () => ({ has: () => true }) };

const facts = (totals: Totals): EdgeFacts => ({
  totals: totals.read(0),
  generation: 7,
  isFeedConnected: true,
  feedSilenceMs: 1_500,
  connections: 3,
  webSockets: 1,
  processes: { ready: 2, draining: 1 },
  waitingCounts: 4,
  droppedFacts: 5,
});

const GOLDEN = join(import.meta.dirname, '../golden/metrics.txt');

test('[MX-20] an edge tells Prometheus of requests by version and status, failures, latencies, processes, generation, feed and what waits', async () => {
  const totals = new Totals(ALL);
  totals.add([aCount({ latencies: [0.4, 3, 3, 40_000] }), aCount({ statusClass: 5, outcome: 'exception' })], 0);
  totals.add([aCount(), aCount({ versionId: 'v2', statusClass: 1, kind: 'websocket', latencies: [90_000] })], 0);
  totals.add([aCount({ script: 'a"b\\', versionId: 'v3', statusClass: 0, outcome: 'canceled' })], 0);
  const { text, contentType } = await exposition(facts(totals));
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, text);
  assert.equal(text, readFileSync(GOLDEN, 'utf8'));
});

test('[MX-20] while a thousand versions are written others have their turn', async () => {
  const totals = new Totals(ALL);
  totals.add(
    Array.from({ length: 1_000 }, (_, each) => aCount({ versionId: `v${each}` })),
    0,
  );
  let isWritten = false;
  let turns = 0;
  const take = (): void => {
    turns += 1;
    if (!isWritten) setImmediate(take);
  };
  setImmediate(take);
  const { text } = await exposition(facts(totals));
  isWritten = true;
  assert.equal(text.match(/^switchback_edge_requests_total\{/gm)?.length, 1_000);
  assert.ok(turns > 40, `${turns} turns`);
});

const HOUR_MS = 60 * 60_000;

test('[MX-21] no more than so many versions are told of, the rest as one; a version that left goes when it has served nothing for an hour', async () => {
  let deployed: ReadonlySet<string> = new Set();
  const totals = new Totals({ most: 2, deployed: () => deployed });
  totals.add(
    ['v1', 'v2', 'v3', 'v4'].map((versionId) => aCount({ versionId })),
    1,
  );
  const told = (now: number) => totals.read(now).map(({ script, version, byStatus }) => [script, version, byStatus[2]]);
  assert.deepEqual(told(HOUR_MS), [
    ['hello', 'v1', 1],
    ['hello', 'v2', 1],
    ['other', 'other', 2],
  ]);
  deployed = new Set(['v2']);
  assert.deepEqual(told(HOUR_MS + 2), [
    ['hello', 'v2', 1],
    ['other', 'other', 2],
  ]);
});

test('[MX-21] where nobody asks versions go too, and those that come have their room', () => {
  const totals = new Totals({ most: 2, deployed: () => new Set(['v2']) });
  totals.add([aCount({ versionId: 'v1' }), aCount({ versionId: 'v2' })], 0);
  totals.add([aCount({ versionId: 'v3' })], HOUR_MS + 1);
  assert.deepEqual(
    totals.read(HOUR_MS + 1).map(({ version }) => version),
    ['v2', 'v3'],
  );
});
