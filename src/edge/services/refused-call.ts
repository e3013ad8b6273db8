import type { ServerResponse } from 'node:http';
import { REFUSAL_HEADER, SERVICE_HEADER, serviceRequest } from '../../runtime/index.ts';
import { PAGES, type Page } from '../error-pages.ts';
import type { AnswerWithPage, VisitorResponse } from '../page-answer.ts';

/** Where the edge has a page for a visitor, a Worker that calls another gets an exception: it names the callee, and says what to do. */
export const refuseCall: AnswerWithPage = (request, response, page) => {
  const callee = serviceRequest(request.headers[SERVICE_HEADER])?.callee ?? '';
  refuseWith(response, sentenceFor(page, callee));
  request.resume();
};

export const refuseWith = (response: VisitorResponse | ServerResponse, sentence: string): void => {
  const head = [REFUSAL_HEADER, encodeURIComponent(sentence), 'content-length', '0', 'connection', 'close'];
  if ('stream' in response) response.writeHead(500, head);
  else response.writeHead(500, 'Not Called', head);
  response.end();
};

/** The chain is from the caller to itself. */
export const ringSentence = (callee: string, chain: readonly string[], most: number): string =>
  `The Worker ${quoted(callee)} was not called: Workers call each other in a ring (${chain.join(' → ')}), with ${most} calls under way for one request. Let one of them answer without calling the next.`;

export const tooManySentence = (caller: string, callee: string, most: number): string =>
  `The Worker ${quoted(callee)} was not called: ${quoted(caller)} has ${most} calls of other Workers open, as many as it may have at once. Let it make fewer together, and read or cancel what they answered.`;

const sentenceFor = (page: Page, callee: string): string => {
  const worker = `The Worker ${quoted(callee)}`;
  switch (page) {
    case 'no_deployment':
    case 'unknown_worker':
      return `${worker} was not called: there is no Worker of this name with a deployment. Was it deleted, or never deployed?`;
    case 'no_table':
      return `${worker} was not called: this server is starting and does not know its Workers yet.`;
    case 'worker_threw':
      return `${worker} threw an exception, or would never have answered; its log says which.`;
    case 'worker_hung':
      return `${worker} did not begin its answer in time.`;
    case 'worker_gone':
      return `${worker} stopped before it answered. It is being restarted.`;
    case 'could_not_start':
      return `${worker} was not called: the version that should answer does not start. Its log says why.`;
    case 'keeps_failing':
      return `${worker} was not called: the version that should answer keeps failing, and is tried again shortly. Its log says why.`;
    case 'crowded':
      return `${worker} was not called: it has as many requests in hand as it may have at once.`;
    default:
      return `${worker} was not called: ${PAGES[page].sentence}`;
  }
};

const quoted = (name: string): string => JSON.stringify(name);
