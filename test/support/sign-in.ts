import assert from 'node:assert/strict';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { until } from './until.ts';

export interface SignedInto {
  /** Where the control plane listens, without a slash at the end. */
  readonly url: string;
  readonly token: string;
}

/** Gives the browser a session, as its sign-in does, and opens a page. The form itself is filled in where it is what is tested. */
export const signIn = async (page: Page, { url, token }: SignedInto, path = '/'): Promise<void> => {
  const answer = await page.context().request.post(`${url}/switchback/v1/session`, { data: { token } });
  assert.ok(answer.ok(), `nobody was signed in: ${answer.status()} ${await answer.text()}`);
  await open(page, `${url}${path}`);
};

/** Goes to an address, and waits until all of it is there. */
export const open = async (page: Page, address: string): Promise<void> => {
  watched(page.context());
  await page.goto(address);
  await whole(page);
};

/** What a browser has asked for and has no answer to yet. A stream is answered as soon as it begins. */
const unanswered = new WeakMap<BrowserContext, Set<Request>>();

const watched = (context: BrowserContext): ReadonlySet<Request> => {
  const known = unanswered.get(context);
  if (known !== undefined) return known;
  const requests = new Set<Request>();
  unanswered.set(context, requests);
  context.on('request', (request) => requests.add(request));
  context.on('response', (response) => requests.delete(response.request()));
  context.on('requestfailed', (request) => requests.delete(request));
  return requests;
};

/** What is answered is shown within this, and what that leads to is asked for: ms. */
const QUIET_MS = 250;

/** Waits until a page has all it asked for: no answer is missing, and nothing is held a place for any more. */
export const whole = async (page: Page): Promise<void> => {
  const requests = watched(page.context());
  await page.locator('h1').first().waitFor();
  let quietSince = performance.now();
  await until('the page to be whole', async () => {
    const isAsking = [...requests].some((request) => request.resourceType() === 'fetch' && request.frame().page() === page);
    if (isAsking || (await page.locator('.bone').count()) > 0) quietSince = performance.now();
    return performance.now() - quietSince > QUIET_MS;
  });
  await page.evaluate('document.fonts.ready.then(() => {})');
};
