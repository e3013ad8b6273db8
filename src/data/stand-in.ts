import { spawn, type ChildProcess } from 'node:child_process';

/** As long as the edge holds a request while its version starts: a process that dies is back long before. */
const PATIENCE_MS = 15_000;

/** What callers are told; the API knows it by the header. */
export const AWAY = 'The data of bindings cannot be reached: what holds it does not start. The log of the server says why.';
export const AWAY_HEADER = 'switchback-away';

/** Each kind of binding looks for the words of a refusal in another place. */
const HEADERS = {
  [AWAY_HEADER]: '1',
  'content-type': 'application/json',
  'cf-r2-error': JSON.stringify({ version: 0, v4code: 10001, message: AWAY }),
  'cf-queues-error-code': '10001',
  'cf-queues-error-cause': AWAY,
};

/** A process and not a server in this one: closing that would close the socket, and it would take connections until then. */
const PROGRAM = `
const { createServer } = require('node:http');
const [words, headers, body, ...descriptors] = JSON.parse(process.argv[1]);
process.on('disconnect', () => process.exit());
for (const fd of descriptors) {
  createServer({ keepAliveTimeout: 1, requestTimeout: 0 }, (request, response) => {
    response.setHeader('connection', 'close');
    request.resume().once('end', () => response.writeHead(503, words, headers).end(body));
  }).listen({ fd });
}`;

/** Behind stdin, stdout, stderr and the channel by which it ends with this process. */
const FIRST_DESCRIPTOR = 4;

/**
 * Answers at held sockets whose process does not come back: who calls there would wait without end. Until then callers wait in the
 * kernel, and notice nothing of a process that is started again.
 */
export class StandIn implements Disposable {
  readonly #descriptors: readonly number[];
  readonly #patienceMs: number;
  readonly #onBegin: (() => void) | undefined;
  #waiting: NodeJS.Timeout | undefined;
  #process: ChildProcess | undefined;

  constructor(descriptors: readonly number[], { patienceMs = PATIENCE_MS, onBegin }: { patienceMs?: number; onBegin?: () => void } = {}) {
    this.#descriptors = descriptors;
    this.#patienceMs = patienceMs;
    this.#onBegin = onBegin;
  }

  /** Nobody takes what comes; said again, it changes nothing. */
  away(): void {
    if (this.#descriptors.length === 0) return;
    this.#waiting ??= setTimeout(() => this.#begin(), this.#patienceMs).unref();
  }

  /** Somebody does again. */
  back(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }

  [Symbol.dispose](): void {
    this.back();
  }

  #begin(): void {
    const at = this.#descriptors.map((_, index) => FIRST_DESCRIPTOR + index);
    const said = JSON.stringify([AWAY, HEADERS, JSON.stringify({ success: false, error: AWAY }), ...at]);
    const standIn = spawn(process.execPath, ['-e', PROGRAM, said], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', ...this.#descriptors],
      detached: true,
      env: {},
    });
    standIn.unref();
    standIn.channel?.unref();
    this.#process = standIn;
    // Without it callers wait on, as they would have; what holds the data is tried again all the same.
    standIn.on('error', () => undefined).once('exit', () => this.#gone(standIn));
    this.#onBegin?.();
  }

  /** It was not us who ended it. */
  #gone(standIn: ChildProcess): void {
    if (this.#process !== standIn) return;
    this.#process = undefined;
    this.#waiting = setTimeout(() => this.#begin(), this.#patienceMs).unref();
  }
}
