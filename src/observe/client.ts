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
  /** If not given, 15 s. An answer that takes longer is as good as none. */
  readonly withinMs?: number;
}

const AWAY = 'What was observed cannot be read: the process that collects it does not answer, and is started again.';
const ANSWER_WITHIN_MS = 15_000;

/** The API's way to what was observed. Throws a {@link WorldFault} where the observe process does not answer. */
export class ObserveClient implements AsyncDisposable {
  /** Where an upgraded connection is asked for. */
  readonly socketPath: string;
  /** For edges on other machines. */
  readonly relay: ObserveRelay;
  readonly #answers: Pool;
  /** Those who look on hold a connection each for as long as they do, and take none from those who ask. */
  readonly #streams: Pool;

  /** `folder` is where the observe process has its sockets. */
  constructor(folder: string) {
    this.socketPath = querySocketIn(folder);
    this.relay = new ObserveRelay(folder);
    const connect = { socketPath: this.socketPath };
    this.#answers = new Pool('http://observe', { connect, connections: 64 });
    // As many as the other side lets look on. One of them may be silent for long.
    this.#streams = new Pool('http://observe', { connect, headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: 0 });
  }

  /** The JSON that answers a question; undefined where what is asked for is not there. */
  async read<Value>({ method = 'GET', path, body, withinMs = ANSWER_WITHIN_MS }: ObserveQuestion): Promise<Value | undefined> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    // Over all of it: also while it waits for a connection, of which no other time limit knows.
    const signal = AbortSignal.timeout(withinMs);
    const { status, text } = await this.#answers
      .request({ method, path, ...sent, signal })
      .then(async (answer) => ({ status: answer.statusCode, text: await answer.body.text() }))
      .catch(isAway);
    if (status === 404) return undefined;
    if (status !== 200) throw faultIn(status, text);
    // Written by the same release, in the room this class is of.
    return JSON.parse(text) as Value;
  }

  /** What comes as long as it is read; to be destroyed, or `signal` aborted. */
  async stream(path: string, signal: AbortSignal): Promise<Readable> {
    const answer = await this.#streams.request({ method: 'GET', path, signal }).catch((cause: unknown) => {
      if (signal.aborted) throw cause;
      return isAway(cause);
    });
    if (answer.statusCode === 200) return answer.body;
    throw faultIn(answer.statusCode, await answer.body.text().catch(isAway));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#answers.destroy(), this.#streams.destroy(), this.relay[Symbol.asyncDispose]()]);
  }
}

const isAway = (cause: unknown): never => {
  throw new WorldFault(AWAY, { cause });
};

/** Its own words where it has some; whatever else stands there is not for people, and the log has it. */
const faultIn = (status: number, text: string): WorldFault => {
  const said = status === 503 ? errorIn(text) : undefined;
  return said === undefined
    ? new WorldFault(AWAY, { cause: new Error(`The observe process answered ${status}: ${text.slice(0, 500)}`) })
    : new WorldFault(said);
};

const errorIn = (text: string): string | undefined => {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
};
