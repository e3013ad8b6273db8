import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { renderPage, statusText, type Page } from './error-pages.ts';
import type { VisitorRequest } from './visitor.ts';

export type VisitorResponse = ServerResponse | Http2ServerResponse;

export interface PageFacts {
  readonly ray: string;
  readonly retryAfterS?: number;
  /** The connection ends after this page. */
  readonly isLast?: boolean;
}

export type AnswerWithPage = (request: VisitorRequest, response: VisitorResponse, page: Page, facts: PageFacts) => void;

/** How long a visitor who is still sending may go on: cut off sooner, it would see a reset in place of the page. */
const LINGER_MS = 2_000;

/** Answers with one of the edge's own pages. A request whose body was not wanted ends its connection. */
export const answerWithPage: AnswerWithPage = (request, response, page, facts) => {
  const { status, headers, body } = renderPage(page, request.headers.accept, facts.ray, facts.retryAfterS);
  const isHttp1 = request.httpVersionMajor === 1;
  const isUnread = !request.complete && hasBody(request);
  if (isHttp1 && (isUnread || facts.isLast === true)) headers.push('Connection', 'close');
  writeHeadTo(response, status, statusText(status), headers);
  if (request.method !== 'HEAD') writeTo(response, body);
  if (isHttp1 && isUnread) endOnceSilent(request, response);
  else response.end();
};

/** Node calls a request complete only after its handler has run, one without a body too. */
const hasBody = ({ headers }: VisitorRequest): boolean => 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;

const endOnceSilent = (request: VisitorRequest, response: VisitorResponse): void => {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('close', end).resume();
};

/** HTTP/2 has no words beside the status, and warns where some are given. */
export const writeHeadTo = (response: VisitorResponse, status: number, words: string, headers: string[]): void => {
  if ('stream' in response) response.writeHead(status, headers);
  else response.writeHead(status, words, headers);
};

/** False where the visitor is slower than we are: wait for `drain`. */
export const writeTo = (response: VisitorResponse, chunk: string | Buffer): boolean =>
  'stream' in response ? response.write(chunk) : response.write(chunk);

export const endWith = (response: VisitorResponse, last: Buffer | undefined): void => {
  if (last === undefined) response.end();
  else if ('stream' in response) response.end(last);
  else response.end(last);
};
