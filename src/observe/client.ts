import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import { WorldFault } from '../files/index.ts';
import { ObserveRelay } from './relay.ts';
import { querySocketIn } from './sockets.ts';

export interface ObserveQuestion {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the name of the part that answers: `/archive/metrics?script=hello`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface ObserveAnswer {
  readonly status: number;
  /** To be read to its end, or destroyed. */
  readonly body: Readable;
}

const AWAY = 'What was observed cannot be read: the process that collects it does not answer, and is started again.';
/** An answer that takes longer is as good as none. */
const ANSWER_WITHIN_MS = 15_000;

/** The API's way to what was observed. Throws a {@link WorldFault} where the observe process does not answer. */
export class ObserveClient implements AsyncDisposable {
  /** Where an upgraded connection is asked for. */
  readonly socketPath: string;
  /** For edges on other machines. */
  readonly relay: ObserveRelay;
  readonly #pool: Pool;

  /** `folder` is where the observe process has its sockets. */
  constructor(folder: string) {
    this.socketPath = querySocketIn(folder);
    this.relay = new ObserveRelay(folder);
    // A stream of live counts may be silent for long.
    this.#pool = new Pool('http://observe', {
      connect: { socketPath: this.socketPath },
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: 0,
      connections: 64,
    });
  }

  async ask({ method = 'GET', path, body, signal }: ObserveQuestion): Promise<ObserveAnswer> {
    const answer = await this.#pool
      .request({
        method,
        path,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        ...(signal === undefined ? {} : { signal }),
      })
      .catch((cause: unknown) => {
        if (signal?.aborted === true) throw cause;
        throw new WorldFault(AWAY, { cause });
      });
    return { status: answer.statusCode, body: answer.body };
  }

  /** The JSON that answers a question; undefined where what is asked for is not there. */
  async read<Value>(question: ObserveQuestion): Promise<Value | undefined> {
    const { status, body } = await this.ask(question);
    const chunks: Buffer[] = [];
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (status === 404) return undefined;
    if (status === 503) throw new WorldFault((JSON.parse(text) as { readonly error: string }).error);
    if (status !== 200) throw new Error(`The observe process answered ${status}: ${text.slice(0, 500)}`);
    // Written by the same release, in the room this class is of.
    return JSON.parse(text) as Value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pool.destroy(), this.relay[Symbol.asyncDispose]()]);
  }
}
