import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { aBrowser } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const SCRIPT = 'workers/scripts/hello';
/** A browser opens six connections to a server of HTTP/1.1. */
const WINDOWS = 8;

let server: Server;
let url: string;

before(async () => {
  server = await startServer();
  url = server.started.control_url ?? '';
  await server.api('PUT', SCRIPT, aWorker({ code: saying('v1') }));
  await server.api('POST', `${SCRIPT}/subdomain`, { enabled: true });
});
after(() => server[Symbol.asyncDispose]());

const MANY = ['one', 'two', 'three', 'four', 'five', 'six'];

const upload = (text: string) =>
  server.api('PUT', SCRIPT, aWorker({ code: saying(text), metadata: { annotations: { 'workers/message': text } } }));

/** What the page says of how many there were. */
const requestsIn = (page: Page) =>
  page
    .getByRole('article')
    .filter({ has: page.getByRole('heading', { name: /^Requests/ }) })
    .textContent();

test('[UI-108] eight windows on one Worker are all live at once and a ninth loads: one of them holds the streams, and the next one when it is closed', async (t) => {
  await using browser = await aBrowser(t);
  const { context, page } = browser;
  browser.allow(/status of 401/);
  const streams: string[] = [];
  context.on('request', (request) => request.resourceType() === 'eventsource' && streams.push(new URL(request.url()).pathname));
  await signIn(page, { url, token: server.connection.token }, '/workers/hello');
  const windows: Page[] = [page];
  while (windows.length < WINDOWS) {
    const window = await context.newPage();
    await window.goto(`${url}/workers/hello`);
    await whole(window);
    windows.push(window);
  }
  const held = ['/switchback/v1/events', '/switchback/v1/workers/hello/live'];
  assert.deepEqual(streams.toSorted(), held);

  await upload('Said to all');
  await Promise.all(windows.map((window) => window.getByText('Said to all').first().waitFor()));
  // What is asked for tells of traffic too: from now on it has no answer.
  await context.route('**/workers/hello/metrics?*', () => undefined);
  const shown = await Promise.all(windows.map(requestsIn));
  for (let visit = 0; visit < 20; visit += 1) await server.visit('hello');
  await until('the counts to move in each window', async () =>
    (await Promise.all(windows.map(requestsIn))).every((text, at) => text !== shown[at]),
  );
  await context.unroute('**/workers/hello/metrics?*');
  const ninth = await context.newPage();
  await ninth.goto(`${url}/workers/hello/deployments`);
  await whole(ninth);

  await page.close();
  await until('another window to hold the streams', () => streams.length === 4);
  await upload('Said after the first was closed');
  await Promise.all([...windows.slice(1), ninth].map((window) => window.getByText('Said after the first was closed').first().waitFor()));
  assert.deepEqual(streams.slice(2).toSorted(), held);
});

test('[UI-140] windows on six Workers all load and hear of changes: the counts of three of them move at once, and of another one when one is closed', async (t) => {
  for (const name of MANY) await server.api('PUT', `workers/scripts/${name}`, aWorker({ code: saying(name) }));
  await using browser = await aBrowser(t);
  const { context, page } = browser;
  browser.allow(/status of 401/);
  const streams: string[] = [];
  context.on('request', (request) => request.resourceType() === 'eventsource' && streams.push(new URL(request.url()).pathname));
  await signIn(page, { url, token: server.connection.token }, '/workers/one');
  const windows: Page[] = [page];
  for (const name of MANY.slice(1)) {
    const window = await context.newPage();
    await window.goto(`${url}/workers/${name}`);
    await whole(window);
    windows.push(window);
  }
  assert.deepEqual(streams.filter((path) => path.endsWith('/live')).toSorted(), liveOf(['one', 'three', 'two']));
  const said = { metadata: { annotations: { 'workers/message': 'Said of six' } } };
  await server.api('PUT', 'workers/scripts/six', aWorker({ code: saying('six again'), ...said }));
  await windows.at(-1)?.getByText('Said of six').first().waitFor();
  await windows[1]?.close();
  await until('another one to be counted', () => streams.filter((path) => path.endsWith('/live')).length === 4);
});

const liveOf = (names: readonly string[]): readonly string[] => names.map((name) => `/switchback/v1/workers/${name}/live`);
