import { constants } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Arrival } from './arrival.ts';
import type { Page } from './error-pages.ts';
import { messageOf, type Log } from './log.ts';
import { answerWithPage, writeHeadTo, writeTo, type VisitorResponse } from './page-answer.ts';
import { BodyTooLarge, VisitorLeft, type RequestBody } from './request-body.ts';
import { isUncaughtException, responseHeaders } from './response-head.ts';
import { noticed, startFailed, startWithin } from './start-within.ts';
import type { Upstreams } from './upstreams.ts';
import type { RunningVersion, VersionPool } from './version-pool.ts';
import type { VisitorRequest } from './visitor.ts';

/** What all exchanges of an edge share. */
export interface ExchangeContext {
  readonly versions: VersionPool;
  readonly upstreams: Upstreams;
  readonly startTimeoutMs: number;
  readonly log: Log;
  /** The edge is stopping: connections end with their answers. */
  isDraining: boolean;
}

type Accepted = Extract<Arrival, { page?: undefined }>;

/**
 * One request and its answer, from the decision where it goes to the last byte. It holds the request while its version
 * starts, streams both ways at the pace of the slower side, and sends again only what never left.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #context: ExchangeContext;
  readonly #request: VisitorRequest;
  readonly #response: VisitorResponse;
  readonly #arrival: Accepted;
  readonly #ray: string;
  readonly #body: RequestBody | null;
  #controller: Dispatcher.DispatchController | undefined;
  #version: RunningVersion | undefined;
  /** Until when it may look for a process to answer it; set when it first finds none. */
  #giveUpAt: number | undefined;
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
      this.#page('could_not_start', startFailed(error).retryAfterS);
    }
  }

  #send(version: RunningVersion): void {
    if (this.#isOver) return;
    this.#version = version;
    version.enter();
    const { path, head } = this.#arrival;
    const method = this.#request.method as Dispatcher.HttpMethod; // undici takes any token, its type names the common ones.
    this.#context.upstreams.to(version).dispatch({ path, method, headers: head.forward, body: this.#body }, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new VisitorLeft());
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders, words = ''): void {
    this.#version?.heard();
    // 100 is answered to the visitor by us, and no other interim answer comes from a Worker.
    if (statusCode < 200 || this.#isOver) return;
    if (isUncaughtException(statusCode, headers)) return this.#page('worker_threw');
    const isLast = this.#context.isDraining && this.#request.httpVersionMajor === 1;
    writeHeadTo(this.#response, statusCode, words, responseHeaders(headers, { ray: this.#ray, version: this.#arrival.answer, isLast }));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#version?.heard();
    if (this.#isOver || writeTo(this.#response, chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#release();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#response.end();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    const version = this.#version;
    this.#release();
    if (this.#isOver) return;
    if (error instanceof VisitorLeft) return this.#cut();
    if (error instanceof BodyTooLarge) return this.#pageOrCut('body_too_large');
    if (this.#controller === undefined && this.#mayRetry() && version !== undefined && !isOurFault(error)) return void this.#retry(version);
    this.#tell(error, 'A Worker broke off, or did not answer in time.');
    this.#pageOrCut(pageFor(error));
  }

  #mayRetry(): boolean {
    return this.#giveUpAt === undefined || performance.now() < this.#giveUpAt;
  }

  /** No byte was sent: the process is gone or going. Its successor gets the request, body and all; and the next, if that one goes too. */
  async #retry(failed: RunningVersion): Promise<void> {
    this.#giveUpAt ??= performance.now() + this.#context.startTimeoutMs;
    await noticed(failed);
    await this.#hold();
  }

  #pageOrCut(page: Page): void {
    if (this.#response.headersSent) this.#cut();
    else this.#page(page);
  }

  #page(page: Page, retryAfterS?: number): void {
    this.#isOver = true;
    const facts = { ray: this.#ray, isLast: this.#context.isDraining };
    answerWithPage(this.#request, this.#response, page, retryAfterS === undefined ? facts : { ...facts, retryAfterS });
  }

  /** An answer that began and cannot be finished must not look finished. */
  #cut(): void {
    this.#isOver = true;
    if ('stream' in this.#response) this.#response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.#response.destroy();
  }

  #visitorLeft(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(new VisitorLeft());
  }

  #release(): void {
    this.#version?.leave();
    this.#version = undefined;
  }

  #tell(error: unknown, sentence: string): void {
    this.#context.log.warn({ ray: this.#ray, versionId: this.#arrival.versionId, error: messageOf(error) }, sentence);
  }
}

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined);

/** undici refused the request itself, as it would again. */
const isOurFault = (error: Error): boolean => codeOf(error) === 'UND_ERR_INVALID_ARG' || codeOf(error) === 'UND_ERR_NOT_SUPPORTED';

const pageFor = (error: Error): Page => {
  if (isOurFault(error)) return 'bad_request';
  return codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT' ? 'worker_hung' : 'worker_gone';
};
