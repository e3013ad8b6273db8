import type { AssetDesk } from './assets/index.ts';
import type { Arrival, Receive } from './arrival.ts';
import { Exchange, type ExchangeContext } from './exchange.ts';
import { messageOf } from './log.ts';
import type { VisitorResponse } from './page-answer.ts';
import { newRay } from './ray.ts';
import { RequestBody } from './request-body.ts';
import type { VisitorRequest } from './visitor.ts';

type Accepted = Extract<Arrival, { page?: undefined }>;

export interface ProxySettings {
  readonly maxBodyBytes: number;
}

/** Takes visitors' requests, and answers each: by the version it belongs to, or with a page that says why not. */
export class Proxy {
  readonly #receive: Receive;
  readonly #context: ExchangeContext;
  readonly #assets: AssetDesk;
  readonly #maxBodyBytes: number;

  constructor(receive: Receive, context: ExchangeContext, assets: AssetDesk, { maxBodyBytes }: ProxySettings) {
    this.#receive = receive;
    this.#context = context;
    this.#assets = assets;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** `expectsContinue`: the visitor waits for a 100 before it sends the body, and gets it once the Worker's side reads. */
  handle(request: VisitorRequest, response: VisitorResponse, expectsContinue = false): void {
    const ray = newRay();
    try {
      this.#serve(request, response, ray, expectsContinue);
    } catch (error) {
      // A fault of ours costs this request, not the edge and everybody's.
      this.#context.log.error({ ray, error: messageOf(error) }, 'A request could not be served.');
      response.destroy();
    }
  }

  #serve(request: VisitorRequest, response: VisitorResponse, ray: string, expectsContinue: boolean): void {
    const arrival = this.#receive(request, ray);
    const { answerWithPage } = this.#context;
    const facts = { ray, isLast: this.#context.isDraining };
    if (arrival.page === 'bad_request') {
      // Where this request ends is what two readers may not agree on: nothing behind it is taken for another.
      return answerWithPage(request, response, arrival.page, { ray, isLast: true });
    }
    if (arrival.page !== undefined) return answerWithPage(request, response, arrival.page, facts);
    const { contentLength } = arrival.head;
    if ((contentLength ?? 0) > this.#maxBodyBytes) return answerWithPage(request, response, 'body_too_large', facts);
    const { assets } = arrival;
    if (assets === undefined) return this.#ask(request, response, arrival, ray, expectsContinue);
    const toWorker = () => this.#ask(request, response, arrival, ray, expectsContinue);
    this.#assets.serve(request, response, { ...arrival, assets }, { ...facts, version: arrival.answer }, toWorker);
  }

  /** The version answers. */
  #ask(request: VisitorRequest, response: VisitorResponse, arrival: Accepted, ray: string, expectsContinue: boolean): void {
    const { contentLength, isChunked } = arrival.head;
    const hasBody = isChunked || (contentLength ?? 0) > 0 || ('stream' in request && !request.stream.endAfterHeaders);
    const onFirstRead = expectsContinue ? () => response.writeContinue() : undefined;
    const body = hasBody ? new RequestBody(request, this.#maxBodyBytes, onFirstRead) : null;
    new Exchange(this.#context, request, response, arrival, ray, body).begin();
  }
}
