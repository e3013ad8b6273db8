import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'undici';
import { openObserver, reportsSocketIn, Sketch, type Count, type EdgeReportOfUse, type Fact } from '../../src/observe/index.ts';
import type { TestApi } from './api.ts';

export interface Observing {
  /** As an edge reports it; stored once it resolves. */
  tell(counts: readonly Count[], facts?: readonly Fact[]): Promise<void>;
  /** Ends what observes, as if its process had died. */
  end(): Promise<void>;
}

/** What observes, beside an API that asks it. */
export const anObserver = async (t: TestContext, { plane }: TestApi): Promise<Observing> => {
  const folder = join(plane.folder, 'observe');
  const observer = await openObserver({
    folder,
    dataDir: join(plane.folder, 'observed'),
    modulesDir: join(plane.folder, 'modules'),
    archiveBytes: 100_000_000,
    logpush: { spoolBytes: 1_000_000, rules: { allowPrivate: false, deniedNetworks: [], fileRoot: undefined } },
    log: (detail, sentence) => t.diagnostic(`${sentence} ${JSON.stringify(detail)}`),
  });
  let isOver = false;
  const end = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await edge.destroy();
    await observer[Symbol.asyncDispose]();
  };
  const edge = new Client('http://observe', { socketPath: reportsSocketIn(folder) });
  t.after(end);
  let sequence = 0;
  return {
    end,
    tell: async (counts, facts = []) => {
      const report: EdgeReportOfUse = {
        edge: 'here',
        boot: 'one',
        sequence: (sequence += 1),
        counts: [...counts],
        cpu: [],
        facts: [...facts],
        attached: [],
        droppedFacts: 0,
      };
      const headers = { 'content-type': 'application/json' };
      const { statusCode, body } = await edge.request({ method: 'POST', path: '/reports', headers, body: JSON.stringify(report) });
      assert.equal(statusCode, 200, await body.text());
    },
  };
};

/** Requests that a version answered in one minute, each of which took 10 ms. */
export const someRequests = (script: string, versionId: string, at: number, { ok = 0, failed = 0 }): readonly Count[] =>
  [{ requests: ok, outcome: 'ok', statusClass: 2 } as const, { requests: failed, outcome: 'exception', statusClass: 5 } as const].flatMap(
    (way) => {
      const latency = new Sketch();
      for (let request = 0; request < Math.min(way.requests, 100); request += 1) latency.accept(10);
      return way.requests === 0
        ? []
        : [{ script, versionId, minute: Math.floor(at / 60_000), kind: 'fetch', latency: latency.toBins(), ...way }];
    },
  );
