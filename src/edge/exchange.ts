import { constants } from 'node:http2';
import type { Outcome } from '../observe/index.ts';
import type { Arrival } from './arrival.ts';
import { CROWDED_RETRY_AFTER_S, type Crowd } from './crowd.ts';
import { PAGES, type Page } from './error-pages.ts';
import { messageOf, type Log } from './log.ts';
import { OUTCOME_OF_PAGE, type EndOutcome, type Invocations } from './observing/index.ts';
import { endWith, writeHeadTo, writeTo, type AnswerWithPage, type VisitorResponse } from './page-answer.ts';
import { BodyNotTaken, BodyTooLarge, VisitorLeft, type RequestBody } from './request-body.ts';
import { isUncaughtException, responseHeaders } from './response-head.ts';
import { noticed, startFailed, startWithin } from './start-within.ts';
import { giveBack, isLent, UpstreamFailure, type Asking, type Call, type FailureReason } from './upstream/index.ts';
import type { Upstreams } from './upstreams.ts';
import type { RunningVersion, VersionPool } from './version-pool.ts';
import type { VisitorRequest } from './visitor.ts';
import type { Holder, WaitingBytes } from './waiting-bytes.ts';

/** What all exchanges of an edge share. */
export interface ExchangeContext {
  readonly versions: VersionPool;
  readonly upstreams: Upstreams;
  readonly crowd: Crowd;
  readonly waiting: WaitingBytes;
  readonly startTimeoutMs: number;
  readonly log: Log;
  /** Tells whoever asked why nothing else answers. */
  readonly answerWithPage: AnswerWithPage;
  /** What is seen of invocations; left out, nothing is. */
  readonly invocations?: Invocations | undefined;
  /** The edge is stopping: connections end with their answers. */
  isDraining: boolean;
}

type Accepted = Extract<Arrival, { page?: undefined }>;

/**
 * One request and its answer, from the decision where it goes to the last byte. It holds the request while its version
 * starts, streams both ways at the pace of the slower side, and sends again only what never left.
 */
export class Exchange implements Asking, Holder {
  readonly #context: ExchangeContext;
  readonly #request: VisitorRequest;
  readonly #response: VisitorResponse;
  readonly #arrival: Accepted;
  readonly #ray: string;
  readonly #body: RequestBody | null;
  readonly #startedAt = performance.now();
  #call: Call | undefined;
  /** While it has the request in hand. */
  #version: RunningVersion | undefined;
  /** The same, and still when it no longer has. */
  #ranIn: RunningVersion | undefined;
  /** Until when it may look for a process to answer it; set when it first finds none. */
  #giveUpAt: number | undefined;
  #status: number | undefined;
  /** The visitor has its whole answer from our side, or is gone. */
  #isOver = false;

  constructor(
    context: ExchangeContext,
    request: VisitorRequest,
    response: VisitorResponse,
    arrival: Accepted,
    ray: string,
    body: RequestBody | null,
  ) {
    this.#context = context;
    this.#request = request;
    this.#response = response;
    this.#arrival = arrival;
    this.#ray = ray;
    this.#body = body;
  }

  begin(): void {
    // Who left while the version's assets were looked at is not heard of again.
    if (this.#response.destroyed) return;
    this.#response.once('close', () => this.#visitorLeft());
    const version = this.#context.versions.running(this.#arrival.versionId);
    if (version === undefined) void this.#hold();
    else this.#send(version);
  }

  async #hold(): Promise<void> {
    const now = performance.now();
    this.#giveUpAt ??= now + this.#context.startTimeoutMs;
    try {
      this.#send(await startWithin(this.#context.versions, this.#arrival.versionId, this.#giveUpAt - now));
    } catch (error) {
      if (this.#isOver) return;
      this.#tell(error, 'A request found no version to answer it.');
      const { page, retryAfterS } = startFailed(error);
      this.#page(page, retryAfterS);
    }
  }

  #send(version: RunningVersion): void {
    if (this.#isOver) return;
    if (!this.#context.crowd.admits(version, 'request')) return this.#page('crowded', CROWDED_RETRY_AFTER_S);
    this.#version = version;
    this.#ranIn = version;
    version.enter('request');
    if (this.#body !== null) this.#context.waiting.watch(this);
    const { path, head } = this.#arrival;
    const { method = 'GET' } = this.#request;
    const isChunked = this.#body !== null && head.contentLength === undefined;
    try {
      this.#call = this.#context.upstreams.to(version).send({ method, path, headers: head.forward, body: this.#body, isChunked }, this);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      this.onFailure(error);
    }
  }

  /** Of its request's body: what waits of its answer is the connection's. */
  get waitingBytes(): number {
    return (this.#body?.waitingBytes ?? 0) + (this.#call?.waitingBytes ?? 0);
  }

  giveUp(): void {
    this.#call?.fail(new BodyNotTaken());
  }

  onHead(status: number, words: string, headers: readonly string[]): void {
    this.#version?.heard();
    if (isUncaughtException(status, headers)) return this.#page('worker_threw');
    this.#status = status;
    const isLast = this.#context.isDraining && this.#request.httpVersionMajor === 1;
    writeHeadTo(
      this.#response,
      status,
      words,
      responseHeaders(headers, { ray: this.#ray, version: answeredBy(this.#version, this.#arrival), isLast }),
    );
  }

  onHeadAlone(): void {
    // HTTP/2 sends a head as soon as it is written.
    if (!this.#isOver && !('stream' in this.#response)) this.#response.flushHeaders();
  }

  onPiece(piece: Buffer): boolean {
    this.#version?.heard();
    if (this.#isOver) giveBack(piece);
    if (this.#isOver || writePiece(this.#response, piece)) return true;
    this.#response.once('drain', () => this.#call?.resume());
    return false;
  }

  onEnd(last: Buffer | undefined): void {
    this.#release();
    if (this.#isOver) return;
    this.#over('ok');
    endWith(this.#response, last);
  }

  onFailure(error: Error): void {
    const version = this.#version;
    this.#release();
    if (this.#isOver) return;
    if (error instanceof VisitorLeft) return this.#cut(this.#outcomeOfLeaving());
    if (error instanceof BodyTooLarge) return this.#pageOrCut('body_too_large');
    if (error instanceof BodyNotTaken) return this.#pageOrCut('crowded', CROWDED_RETRY_AFTER_S);
    const reason = error instanceof UpstreamFailure ? error.reason : undefined;
    if (reason === 'unreachable' && this.#mayRetry() && version !== undefined) return void this.#retry(version);
    this.#tell(error, 'A Worker broke off, or did not answer in time.');
    this.#pageOrCut(pageFor(reason));
  }

  #mayRetry(): boolean {
    return this.#giveUpAt === undefined || performance.now() < this.#giveUpAt;
  }

  /** No byte was sent: the process is gone or going. Its successor gets the request, body and all; and the next, if that one goes too. */
  async #retry(failed: RunningVersion): Promise<void> {
    this.#giveUpAt ??= performance.now() + this.#context.startTimeoutMs;
    this.#ranIn = undefined;
    await noticed(failed);
    await this.#hold();
  }

  #pageOrCut(page: Page, retryAfterS?: number): void {
    if (this.#response.headersSent) this.#cut(OUTCOME_OF_PAGE[page]);
    else this.#page(page, retryAfterS);
  }

  #page(page: Page, retryAfterS?: number): void {
    this.#status = PAGES[page].status;
    this.#over(OUTCOME_OF_PAGE[page]);
    const facts = { ray: this.#ray, isLast: this.#context.isDraining };
    this.#context.answerWithPage(this.#request, this.#response, page, retryAfterS === undefined ? facts : { ...facts, retryAfterS });
  }

  /** An answer that began and cannot be finished must not look finished. */
  #cut(outcome: EndOutcome | undefined): void {
    this.#over(outcome);
    if ('stream' in this.#response) this.#response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.#response.destroy();
  }

  #visitorLeft(): void {
    if (this.#isOver) return;
    this.#over(this.#outcomeOfLeaving());
    this.#call?.abort();
    this.#release();
  }

  /** Cloudflare tells apart whether the answer had begun. */
  #outcomeOfLeaving(): Outcome {
    return this.#status === undefined ? 'canceled' : 'responseStreamDisconnected';
  }

  /** Without an outcome it was no invocation: nothing of it can have reached the version. */
  #over(outcome: EndOutcome | undefined): void {
    this.#isOver = true;
    const { invocations } = this.#context;
    if (invocations === undefined || outcome === undefined) return;
    const { script, versionId, why } = this.#arrival;
    const process = this.#ranIn;
    invocations.ended({
      kind: 'fetch',
      script,
      versionId: process?.versionId ?? versionId,
      process,
      startedAt: this.#startedAt,
      outcome,
      why,
      status: this.#status,
      method: this.#request.method,
      request: this.#arrival,
    });
  }

  #release(): void {
    this.#version?.leave('request');
    this.#version = undefined;
    this.#context.waiting.forget(this);
  }

  #tell(error: unknown, sentence: string): void {
    this.#context.log.warn({ ray: this.#ray, versionId: this.#arrival.versionId, error: messageOf(error) }, sentence);
  }
}

/** Once all of it is the system's its memory is free for the next; HTTP/2 does not say so plainly. */
const writePiece = (response: VisitorResponse, piece: Buffer): boolean => {
  if ('stream' in response || !isLent(piece)) return writeTo(response, piece);
  return response.write(piece, (error) => {
    if (error == null) giveBack(piece);
  });
};

/** Nothing where another version answers than was decided on: it came while this request waited. */
export const answeredBy = (version: RunningVersion | undefined, { versionId, answer }: Accepted): string | undefined =>
  version?.versionId === versionId ? answer : undefined;

const pageFor = (reason: FailureReason | undefined): Page => {
  if (reason === 'unsendable') return 'bad_request';
  return reason === 'silent' ? 'worker_hung' : 'worker_gone';
};
