import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { tracesSocketIn, type Trace, type TraceBatch, type TracedVersion, type TraceWants } from '../observe/index.ts';
import { until } from './workbench.ts';

export interface Heard extends Trace {
  readonly version: TracedVersion;
}

/** For tests: stands where the observe process listens for traces, and keeps what it hears. */
export class HeardTraces {
  readonly folder: string;
  readonly batches: TraceBatch[] = [];
  wants: TraceWants['wants'][number] = 'all';
  /** What it answers with instead, while it is not well. */
  status = 200;
  /** A text that it fails over, as often as it comes. */
  failsOver: string | undefined;
  failed = 0;
  #stop: (() => Promise<void>) | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** It hears nothing before {@link listen}. */
  static async in(test: TestContext, runtimeDir: string): Promise<HeardTraces> {
    const heard = new HeardTraces(join(runtimeDir, 'observe'));
    await mkdir(heard.folder, { recursive: true });
    test.after(() => heard.close());
    return heard;
  }

  async listen(): Promise<this> {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      if (this.status !== 200) return void response.writeHead(this.status).end();
      if (this.failsOver !== undefined && body.includes(this.failsOver)) {
        this.failed += 1;
        return void response.writeHead(500).end();
      }
      // Posted by the tracer, whose words these are.
      const batch = JSON.parse(body) as TraceBatch;
      this.batches.push(batch);
      const answer: TraceWants = { wants: batch.versions.map(() => this.wants) };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await rm(tracesSocketIn(this.folder), { force: true });
    server.listen(tracesSocketIn(this.folder));
    await once(server, 'listening');
    this.#stop = async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    };
    return this;
  }

  async close(): Promise<void> {
    await this.#stop?.();
    this.#stop = undefined;
  }

  traces(): readonly Heard[] {
    return this.batches.flatMap(({ versions, traces }) =>
      traces.flatMap((trace) => {
        const version = versions[trace.v];
        return version === undefined ? [] : [{ ...trace, version }];
      }),
    );
  }

  dropped(): number {
    return this.batches.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** The first that is like that, as soon as it was heard. */
  async first(isIt: (trace: Heard) => boolean, what: string): Promise<Heard> {
    let found: Heard | undefined;
    await until(() => (found = this.traces().find(isIt)) !== undefined, what);
    return found as Heard; // It was waited for.
  }
}
