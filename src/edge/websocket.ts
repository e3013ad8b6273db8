import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Receive } from './arrival.ts';
import { CROWDED_RETRY_AFTER_S } from './crowd.ts';
import { PAGES, type Page } from './error-pages.ts';
import { answeredBy, type ExchangeContext } from './exchange.ts';
import { FrameEnds, GOING_AWAY } from './frame-ends.ts';
import { handshakeWith, httpAnswer, neverConnected, switchingHead, tie, type Handshake } from './handshake.ts';
import { messageOf } from './log.ts';
import { OUTCOME_OF_PAGE, type EndOutcome } from './observing/index.ts';
import { newRay } from './ray.ts';
import { isUncaughtException, responseHeaders } from './response-head.ts';
import { noticed, startFailed, startWithin } from './start-within.ts';
import type { RunningVersion } from './version-pool.ts';

/**
 * WebSockets: the handshake goes to the version with its head made anew, and once the version agreed the two sockets are
 * tied together and their bytes are none of our business. An open WebSocket is work in flight: its version is not stopped.
 */
export class WebSockets {
  readonly #receive: Receive;
  readonly #context: ExchangeContext;
  /** Visitors with their versions, and what those send them once the handshake is over. */
  readonly #open = new Map<Socket, { readonly version: RunningVersion; frames?: FrameEnds; isCut?: true }>();
  /** Those whose end is heard of. */
  readonly #heeded = new WeakSet<RunningVersion>();

  constructor(receive: Receive, context: ExchangeContext) {
    this.#receive = receive;
    this.#context = context;
  }

  get count(): number {
    return this.#open.size;
  }

  /** For the server's `upgrade` event. */
  handle(request: IncomingMessage, visitor: Socket, early: Buffer): void {
    visitor.on('error', () => visitor.destroy());
    const ray = newRay();
    const arrival = this.#receive(request, ray);
    if (arrival.page !== undefined)
      return this.#context.answerWithPage(request, httpAnswer(request, visitor), arrival.page, { ray, isLast: true });
    void this.#shake({ request, visitor, early, arrival, ray, startedAt: performance.now() });
  }

  /**
   * Ends those that are still open, for an edge that has waited long enough, or those of a version whose process ends. Who takes no more,
   * or is in the middle of a frame, is not told.
   */
  cut(of?: RunningVersion): void {
    for (const [visitor, open] of this.#open) {
      const { version, frames } = open;
      if (of !== undefined && version !== of) continue;
      open.isCut = true;
      if (frames?.areBetween === true && visitor.writableLength === 0) visitor.write(GOING_AWAY);
      visitor.destroySoon();
    }
  }

  async #shake(asked: Handshake, isRetry = false): Promise<void> {
    const { visitor, early, arrival, ray } = asked;
    const { versions, startTimeoutMs, crowd, log } = this.#context;
    let version: RunningVersion;
    try {
      version = versions.running(arrival.versionId) ?? (await startWithin(versions, arrival.versionId, startTimeoutMs));
    } catch (error) {
      log.warn({ ray, versionId: arrival.versionId, error: messageOf(error) }, 'A WebSocket found no version to answer it.');
      const { page, retryAfterS } = startFailed(error);
      return this.#answerWithPage(asked, undefined, page, { retryAfterS });
    }
    if (visitor.destroyed) return this.#over(asked, 'fetch', undefined, 'canceled');
    if (!crowd.admits(version, 'webSocket'))
      return this.#answerWithPage(asked, undefined, 'crowded', { retryAfterS: CROWDED_RETRY_AFTER_S });
    this.#occupy(version, visitor);
    const upstream = handshakeWith(asked, version);
    // Bytes written do not tell: earlier answers on a kept-alive connection count as well.
    let isAnswered = false;
    visitor.once('close', () => {
      upstream.destroy();
      if (!isAnswered) this.#over(asked, 'fetch', version, 'canceled');
    });
    upstream.once('upgrade', (response, worker: Socket, first: Buffer) => {
      isAnswered = true;
      visitor.write(switchingHead(response, ray, answeredBy(version, arrival)));
      const frames = new FrameEnds();
      this.#open.set(visitor, { version, frames });
      frames.take(first);
      worker.on('data', (chunk: Buffer) => {
        version.heard();
        frames.take(chunk);
      });
      this.#context.waiting.watchReader(worker);
      this.#untilClosed(asked, worker, version, frames);
      tie(visitor, worker, early, first);
    });
    upstream.once('response', (response) => {
      isAnswered = true;
      this.#refused(asked, version, response);
    });
    let isLate = false;
    upstream.once('error', (error) => {
      if (visitor.destroyed || isAnswered) return void visitor.destroy();
      isAnswered = true;
      // Its process is gone and has read nothing: the next one gets the handshake.
      if (!isRetry && neverConnected(error)) return void noticed(version).then(() => this.#shake(asked, true));
      log.warn({ ray, versionId: arrival.versionId, error: error.message }, 'A WebSocket handshake failed.');
      this.#answerWithPage(asked, version, 'worker_gone', isLate ? { outcome: 'exceededWallTime' } : {});
    });
    upstream.setTimeout(this.#context.upstreams.responseTimeoutMs, () => {
      isLate = true;
      upstream.destroy(new Error('The Worker did not answer the handshake.'));
    });
    upstream.end();
  }

  /** From the handshake to the last byte this is one piece of work of the version. */
  #occupy(version: RunningVersion, visitor: Socket): void {
    version.enter('webSocket');
    this.#open.set(visitor, { version });
    this.#heed(version);
    visitor.once('close', () => {
      this.#open.delete(visitor);
      version.leave('webSocket');
    });
  }

  #heed(version: RunningVersion): void {
    if (this.#heeded.has(version)) return;
    this.#heeded.add(version);
    void version.goodbye.then(() => this.cut(version));
  }

  /** The invocation lasts as long as the WebSocket. */
  #untilClosed(asked: Handshake, worker: Socket, version: RunningVersion, frames: FrameEnds): void {
    const { visitor } = asked;
    let outcome: EndOutcome = 'ok';
    const onEnd = (): void => {
      const isCut = this.#open.get(visitor)?.isCut === true;
      if (!isCut && !frames.hasClosed && !visitor.destroyed && !visitor.readableEnded) outcome = 'broke_off';
    };
    worker.once('error', onEnd).once('close', onEnd);
    visitor.once('close', () => this.#over(asked, 'websocket', version, outcome, 101));
  }

  /** The version answered as if to any request: a refusal, or a page for people who open the address in a browser. */
  #refused(asked: Handshake, version: RunningVersion, response: IncomingMessage): void {
    const { request, visitor, arrival, ray } = asked;
    const { answer, versionId } = arrival;
    const visible = httpAnswer(request, visitor);
    const headers = responseHeaders(response.rawHeaders, { ray, version: answer, isLast: true });
    const { statusCode: status = 502, rawHeaders } = response;
    try {
      visible.writeHead(status, response.statusMessage ?? '', headers);
    } catch (error) {
      // Node reads statuses and reason phrases that it does not write.
      response.resume();
      this.#context.log.warn({ ray, versionId, error: messageOf(error) }, 'A WebSocket was refused by an answer that is not HTTP.');
      return this.#answerWithPage(asked, version, 'worker_gone', { visible, outcome: 'exception' });
    }
    let outcome: EndOutcome = 'responseStreamDisconnected';
    response.once('end', () => (outcome = isUncaughtException(status, rawHeaders) ? 'exception' : 'ok'));
    response.once('error', () => {
      outcome = 'broke_off';
      visitor.destroy();
    });
    visitor.once('close', () => this.#over(asked, 'fetch', version, outcome, status));
    response.pipe(visible);
  }

  #answerWithPage(asked: Handshake, version: RunningVersion | undefined, page: Page, options: PageOptions): void {
    const { request, visitor, ray } = asked;
    const { visible = httpAnswer(request, visitor), outcome = OUTCOME_OF_PAGE[page] ?? 'unknown', retryAfterS } = options;
    this.#over(asked, 'fetch', version, outcome, PAGES[page].status);
    const facts = { ray, isLast: true };
    this.#context.answerWithPage(request, visible, page, retryAfterS === undefined ? facts : { ...facts, retryAfterS });
  }

  /** Where no WebSocket came of it, it was a request like any other. */
  #over(
    { request, arrival, startedAt }: Handshake,
    kind: 'fetch' | 'websocket',
    process: RunningVersion | undefined,
    outcome: EndOutcome,
    status?: number,
  ): void {
    const { script, why } = arrival;
    const versionId = process?.versionId ?? arrival.versionId;
    const { method } = request;
    this.#context.invocations?.ended({ kind, script, versionId, process, startedAt, outcome, why, status, method, request: arrival });
  }
}

interface PageOptions {
  readonly retryAfterS?: number;
  /** Where there is one on the visitor's socket already. */
  readonly visible?: ServerResponse;
  /** Where the page alone does not tell. */
  readonly outcome?: EndOutcome;
}
