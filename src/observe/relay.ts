import { Readable } from 'node:stream';
import { Pool } from 'undici';
import { reportsSocketIn, tracesSocketIn } from './sockets.ts';
import { watchedPath } from './watched-stream.ts';

/** What edges on other machines say to the observe process, and ask of it. */
export type Relayed = 'report' | 'traces' | 'watched';

/** What it answered, still to be read. */
export interface RelayedAnswer {
  readonly status: number;
  readonly body: Readable;
}

const ANSWER_WITHIN_MS = 10_000;
/** It says something every 10 s to whoever asks what is watched. */
const SILENCE_MS = 30_000;

/** Passes on what edges on other machines say, and the traces of their versions, as it comes. Throws where the observe process is away. */
export class ObserveRelay implements AsyncDisposable {
  readonly #reports: Pool;
  readonly #traces: Pool;

  constructor(folder: string) {
    const times = { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: SILENCE_MS };
    this.#reports = new Pool('http://observe', { ...times, connect: { socketPath: reportsSocketIn(folder) } });
    this.#traces = new Pool('http://observe', { ...times, connect: { socketPath: tracesSocketIn(folder) } });
  }

  /** `edge` is which one asks what is watched. */
  async pass(what: Relayed, body: AsyncIterable<Uint8Array> | null, signal: AbortSignal, edge = ''): Promise<RelayedAnswer> {
    const pool = what === 'traces' ? this.#traces : this.#reports;
    const options =
      what === 'watched'
        ? ({ method: 'GET', path: watchedPath(edge) } as const)
        : ({ method: 'POST', path: '/', body: Readable.from(body ?? []) } as const);
    const answer = await pool.request({ ...options, signal });
    return { status: answer.statusCode, body: answer.body };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#reports.destroy(), this.#traces.destroy()]);
  }
}
