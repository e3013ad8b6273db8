import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { RESOURCE_HEADER, resourceSocket } from '../../runtime/index.ts';
import type { Settled, Wanted } from './broker.ts';
import type { FailureRule, Outcome } from './rules.ts';

export type { FailureRule, Outcome, Settled, Wanted };

/** Messages that nobody else has as long as this is neither settled nor released, nor its process ended. */
export interface LeasedBatch {
  /** As the Worker of ours in the version's process takes them. */
  readonly messages: readonly { readonly id: string }[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Resolves when it is durable what became of each message. */
  settle(told: Outcome, rule: FailureRule): Promise<Settled>;
  /** Nothing happened: they can be delivered again. */
  release(): void;
}

/** The edge's way to the messages of queues. */
export class QueueLeases implements Disposable {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(dataFolder: string) {
    this.#socketPath = resourceSocket(dataFolder, 'queue');
  }

  /**
   * The next batch of a queue, however long that takes. Throws where it cannot be asked for, and when the signal says so; a batch that
   * is there already stays, whatever the signal says: it is being worked on.
   */
  async next(queue: string, wanted: Wanted, signal: AbortSignal): Promise<LeasedBatch> {
    const waiting = new AbortController();
    const giveUp = (): void => waiting.abort(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
    try {
      return await this.#wait(queue, wanted, waiting.signal);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #wait(queue: string, wanted: Wanted, signal: AbortSignal): Promise<LeasedBatch> {
    const answer = await this.#post(queue, '/wait', wanted, { agent: false, signal });
    const { lease, messages, metadata } = JSON.parse(await firstLine(answer)) as Line;
    const ids = messages.map(({ id }) => id);
    return {
      messages,
      metadata,
      settle: async (told, rule) => {
        const settled = await text(await this.#post(queue, '/settle', { lease, ids, told, rule }, { agent: this.#agent }));
        answer.destroy();
        // Our own server's words.
        return JSON.parse(settled) as Settled;
      },
      release: () => void answer.destroy(),
    };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #post(
    queue: string,
    path: string,
    body: object,
    more: { readonly agent: Agent | false; readonly signal?: AbortSignal },
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { [RESOURCE_HEADER]: queue, 'content-type': 'application/json' };
      const asked = request({ socketPath: this.#socketPath, path, method: 'POST', headers, ...more }, (answer) => {
        if (answer.statusCode === 200) return resolve(answer);
        answer.resume();
        reject(new Error(answer.statusMessage));
      });
      asked.on('error', reject);
      asked.end(JSON.stringify(body));
    });
  }
}

/** As our own server writes it. */
interface Line {
  readonly lease: string;
  readonly messages: LeasedBatch['messages'];
  readonly metadata: LeasedBatch['metadata'];
}

/** What is behind it is never: the answer stays open. */
const firstLine = (answer: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    let line = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      line += chunk;
      if (line.endsWith('\n')) resolve(line);
    });
    answer.on('error', reject);
    answer.on('end', () => reject(new Error('The data process ended.')));
  });
