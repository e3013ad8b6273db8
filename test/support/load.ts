import { Agent, type IncomingMessage, request } from 'node:http';

/** One request of the load. Times are milliseconds of `performance.now()`. */
export interface Answered {
  readonly began: number;
  readonly ended: number;
  /** 0 where there was no answer, or no whole one. */
  readonly status: number;
  /** What was answered, or why nothing was. */
  readonly text: string;
}

const TICK_MS = 10;

/** Visitors on kept connections: so many requests a second begin, however long the answers take. */
export class Load implements AsyncDisposable {
  readonly answers: Answered[] = [];
  readonly #options: { readonly url: string; readonly host: string };
  readonly #agent = new Agent({ keepAlive: true });
  readonly #inFlight = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #began = 0;

  constructor(options: { readonly url: string; readonly host: string; readonly perSecond: number }) {
    this.#options = options;
    const startedAt = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * options.perSecond;
      for (; this.#began < due; this.#began += 1) this.#begin();
    }, TICK_MS);
  }

  /** What was answered since a moment, each with how many times; that of a failure begins with its status. */
  tally(since = 0): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { began, status, text } of this.answers) {
      if (began < since) continue;
      const what = status === 200 ? text : `${status} ${text.slice(0, 80)}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return counts;
  }

  /** Begins no more, and answers everything that was answered once the last is. */
  async stop(): Promise<readonly Answered[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    this.#agent.destroy();
    return this.answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    await this.stop();
  }

  #begin(): void {
    const began = performance.now();
    const one = this.#ask()
      .catch((error: NodeJS.ErrnoException) => ({ status: 0, text: error.code ?? error.message }))
      .then((answer) => void this.answers.push({ began, ended: performance.now(), ...answer }));
    this.#inFlight.add(one);
    void one.finally(() => this.#inFlight.delete(one));
  }

  async #ask(): Promise<{ readonly status: number; readonly text: string }> {
    const { url, host } = this.#options;
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      request(url, { agent: this.#agent, headers: { host } }, resolve).on('error', reject).end(),
    );
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode ?? 0, text };
  }
}
