import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'undici';
import { ObserveClient } from './client.ts';
import { Observer } from './observer.ts';
import type { InvocationRecord } from './record.ts';
import type { Count, EdgeReportOfUse, Fact } from './report.ts';
import { Sketch } from './sketch.ts';
import { reportsSocketIn, tracesSocketIn } from './sockets.ts';
import type { Trace, TraceBatch } from './trace.ts';

export const SCRIPT = 'shop';
export const ONE = '11111111-1111-4111-8111-111111111111';
export const TWO = '22222222-2222-4222-8222-222222222222';
/** A minute of the past, so that nothing in a test depends on the clock. */
export const NOON = Date.UTC(2026, 10, 21, 12);
export const NOON_MINUTE = NOON / 60_000;

export const aCount = (some: Partial<Count> & { readonly latencies?: readonly number[] } = {}): Count => {
  const { latencies = [10], ...rest } = some;
  const sketch = new Sketch();
  for (const latency of latencies) sketch.accept(latency);
  return {
    minute: NOON_MINUTE,
    script: SCRIPT,
    versionId: ONE,
    kind: 'fetch',
    statusClass: 2,
    outcome: 'ok',
    requests: latencies.length,
    latency: sketch.toBins(),
    ...rest,
  };
};

export const aReport = (some: Partial<EdgeReportOfUse> = {}): EdgeReportOfUse => ({
  edge: 'here',
  boot: 'one',
  sequence: 0,
  counts: [],
  cpu: [],
  facts: [],
  attached: [],
  droppedFacts: 0,
  ...some,
});

export const aFact = (some: Partial<Fact> = {}): Fact => ({
  ray: 'ray-1',
  script: SCRIPT,
  versionId: ONE,
  kind: 'fetch',
  at: NOON,
  wallMs: 12.5,
  outcome: 'ok',
  status: 200,
  method: 'GET',
  url: 'shop.example.com/cart',
  clientIp: '192.0.2.1',
  why: 'random',
  isTraced: true,
  ...some,
});

export const aTrace = (some: Partial<Trace> = {}, ray = 'ray-1'): Trace => ({
  v: 0,
  kind: 'fetch',
  outcome: 'ok',
  eventTimestamp: NOON,
  endedAt: NOON + 20,
  event: { request: { url: 'http://shop.example.com/cart', method: 'GET', headers: { 'cf-ray': ray } }, response: { status: 200 } },
  logs: [{ message: ['hello'], level: 'log', timestamp: NOON }],
  exceptions: [],
  ...some,
});

export const aBatch = (traces: readonly Trace[], some: Partial<TraceBatch> = {}): TraceBatch => ({
  versions: [{ id: ONE, tag: 'v1', script: SCRIPT }],
  traces,
  dropped: 0,
  ...some,
});

export const aRecord = (some: Partial<InvocationRecord> = {}): InvocationRecord => ({
  id: 'ray-1',
  at: NOON,
  script: SCRIPT,
  version: { id: ONE },
  kind: 'fetch',
  outcome: 'ok',
  status: 200,
  wallMs: 10,
  event: null,
  logs: [],
  exceptions: [],
  isSampled: true,
  ...some,
});

export const aFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'observe-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** An observe process in this one, with ways to be told things and asked. */
export class ObserverHere {
  readonly folder: string;
  readonly client: ObserveClient;
  readonly said: string[] = [];
  #observer: Observer | undefined;

  private constructor(t: TestContext, folder: string) {
    this.folder = folder;
    this.client = new ObserveClient(folder);
    t.after(async () => {
      await this.client[Symbol.asyncDispose]();
      await this.#observer?.[Symbol.asyncDispose]();
    });
  }

  static async open(t: TestContext, archiveBytes?: number): Promise<ObserverHere> {
    const here = new ObserverHere(t, aFolder(t));
    await here.open(archiveBytes);
    return here;
  }

  async open(archiveBytes = 64 * 1024 * 1024): Promise<void> {
    const { folder } = this;
    this.#observer = await Observer.open({
      folder,
      dataDir: join(folder, 'data'),
      modulesDir: join(folder, 'modules'),
      archiveBytes,
      log: (_, sentence) => this.said.push(sentence),
    });
  }

  /** Ends it as a stop of the server does. */
  async close(): Promise<void> {
    await this.#observer?.[Symbol.asyncDispose]();
    this.#observer = undefined;
  }

  report(some: Partial<EdgeReportOfUse>): Promise<{ readonly status: number; readonly body: unknown }> {
    return this.post(reportsSocketIn(this.folder), '/reports', JSON.stringify(aReport(some)));
  }

  traces(batch: TraceBatch): Promise<{ readonly status: number; readonly body: unknown }> {
    return this.post(tracesSocketIn(this.folder), '/', JSON.stringify(batch));
  }

  async post(socketPath: string, path: string, body: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const client = new Client('http://observe', { socketPath });
    try {
      const answer = await client.request({ method: 'POST', path, body });
      return { status: answer.statusCode, body: await answer.body.json() };
    } finally {
      await client.destroy();
    }
  }
}
