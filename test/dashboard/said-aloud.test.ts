import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible } from '../support/accessible.ts';
import { aBrowser } from '../support/browser.ts';
import { startHalves } from '../support/halves.ts';
import { startServer } from '../support/server.ts';
import { signIn, whole, type SignedInto } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

/** Notes what a screen reader is told of by itself: what changes in a live region, without what is hidden from it. */
const LISTENER = `
  window.saidAloud = [];
  const isSaid = (element) =>
    element?.closest('[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]') != null &&
    element.closest('[aria-hidden=true], [hidden]') == null;
  const wordsIn = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return node.textContent;
    if (node.matches('[aria-hidden=true], [hidden]')) return '';
    return [...node.childNodes].map(wordsIn).join('');
  };
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records)
      for (const node of type === 'characterData' ? [target] : addedNodes)
        if (isSaid(node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement) && wordsIn(node).trim() !== '')
          window.saidAloud.push(wordsIn(node).trim());
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

const said = (page: Page): Promise<string[]> => page.evaluate('window.saidAloud.splice(0)');

test('[UI-97] how edges follow is said aloud once where it changes in kind, and its seconds are not counted aloud', async (t) => {
  await using halves = await startHalves();
  const { control, edge } = halves;
  const site: SignedInto = { url: control.started.control_url ?? '', token: control.connection.token };
  for (const text of ['one', 'two']) await control.api('PUT', 'workers/scripts/hello', aWorker({ code: saying(text) }));
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await page.addInitScript(LISTENER);
  await signIn(page, site);
  await page.goto(`${site.url}/workers/hello?dialog=rollback`);
  await whole(page);
  const held = edge.half('edge') ?? 0;
  process.kill(held, 'SIGSTOP');
  await page.getByRole('button', { name: /^Roll back to v1/ }).click();
  await page.getByText(/0 of 1 edges follow\. Waiting for .+, [3-9] s\./).waitFor();
  const late = await said(page);
  assert.equal(late.filter((text) => /0 of 1 edges follow\. Waiting for/.test(text)).length, 1, late.join('\n'));
  assert.deepEqual(
    late.filter((text) => /\d s\b/.test(text)),
    [],
  );
  process.kill(held, 'SIGCONT');
  await page.getByText('The edge follows it.').waitFor();
  assert.equal((await said(page)).filter((text) => /The edge follows it\./.test(text)).length, 1);
});

test('[UI-98] the lines of a live log are counted, and not aloud', async (t) => {
  await using server = await startServer();
  const site: SignedInto = { url: server.started.control_url ?? '', token: server.connection.token };
  await server.api('PUT', 'workers/scripts/hello', aWorker({ code: saying('one') }));
  await server.api('POST', 'workers/scripts/hello/subdomain', { enabled: true });
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await page.addInitScript(LISTENER);
  await signIn(page, site);
  await page.goto(`${site.url}/workers/hello/logs`);
  await page.getByRole('status').getByText('Live.', { exact: true }).waitFor();
  await said(page);
  const lines = page.getByRole('list', { name: 'Invocations, newest first' }).locator('li[data-row]');
  // The first visits may be over before anybody hears of them.
  await until('some lines', async () => {
    await server.visit('hello');
    return (await lines.count()) >= 3;
  });
  await page.getByText(/\b[3-9]\d* lines/).waitFor();
  assert.deepEqual(await said(page), []);
});

test('[UI-99] what did not load at first says so where it will stand and moves nothing; then why, and is tried again when asked to', async (t) => {
  await using server = await startServer();
  const site: SignedInto = { url: server.started.control_url ?? '', token: server.connection.token };
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/, /ERR_FAILED/, /logpush/);
  await signIn(page, site);
  const { promise: isSeen, resolve: seen } = Promise.withResolvers<void>();
  let tries = 0;
  await page.route('**/logpush/jobs**', async (route) => {
    tries += 1;
    // The second waits until the page was looked at.
    if (tries === 2) await isSeen;
    return route.abort();
  });
  await page.goto(`${site.url}/logpush`);
  const bones = page.locator('.row-bones').first();
  await bones.waitFor();
  const place = await bones.boundingBox();
  await page.getByRole('status').getByText('The jobs did not load yet, trying again.').waitFor();
  assert.deepEqual(await bones.boundingBox(), place);
  await checkAccessible(page);
  seen();
  const failure = page.getByRole('alert').filter({ hasText: 'The jobs did not load.' });
  await failure.getByText('The server cannot be reached.').waitFor();
  assert.equal(tries, 4);
  await page.unroute('**/logpush/jobs**');
  await failure.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'No job yet' }).waitFor();
});
