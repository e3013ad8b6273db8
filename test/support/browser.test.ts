import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { checkAccessible, checkFits } from './accessible.ts';
import { aBrowser, NARROW } from './browser.ts';

/** A page under the strictest policy; answers its address. */
const aPage = async (t: TestContext, html: string): Promise<string> => {
  const server = createServer((_, response) => {
    const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:";
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, connection: 'close' });
    response.end(`<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">${html}`);
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // A TCP server's address is one.
};

test('what goes wrong in a page unseen is found, and what a test allows is not', async (t) => {
  const url = await aPage(t, '<main><h1>Hello</h1></main><script>alert(1)</script>');
  await using browser = await aBrowser(t);
  await browser.page.goto(url);
  await Promise.all([browser.page.waitForEvent('pageerror'), browser.page.evaluate('void setTimeout(() => nothing())')]);
  assert.match(browser.faults.join('\n'), /console: Executing inline script violates/);
  assert.match(browser.faults.join('\n'), /script: ReferenceError/);
  browser.allow(/violates the following Content Security Policy/, /script: ReferenceError/);
  assert.deepEqual(browser.faults, []);
});

test('the browser is where and when each test says, and reaches nothing but this machine', async (t) => {
  const url = await aPage(t, '<main><h1>Hello</h1></main>');
  await using browser = await aBrowser(t, { viewport: NARROW, colorScheme: 'dark' });
  const { page } = browser;
  await page.goto(url);
  const seen = await page.evaluate(`[
    Intl.DateTimeFormat().resolvedOptions().timeZone,
    innerWidth,
    matchMedia('(prefers-color-scheme: dark)').matches,
    matchMedia('(prefers-reduced-motion: reduce)').matches,
  ]`);
  assert.deepEqual(seen, ['Europe/Berlin', 390, true, true]);
  await assert.rejects(page.goto('http://switchback.example/'), /ERR_NAME_NOT_RESOLVED/);
  browser.allow(/switchback\.example/);
});

test('a page that nobody can read or hit is not accessible, also under the strictest policy', async (t) => {
  const bad = await aPage(t, '<main><h1>Hello</h1><input><button>x</button><img src="/a.png" width="600" height="5"></main>');
  await using browser = await aBrowser(t, { viewport: NARROW });
  const { page } = browser;
  await page.goto(bad);
  await assert.rejects(checkAccessible(page), /label: input[^]*image-alt: img/);
  await assert.rejects(checkFits(page), /scrolls sideways at 390 px/);
  const good = await aPage(t, '<meta name="viewport" content="width=device-width"><main><h1>Hello</h1><p>Text</p></main>');
  await page.goto(good);
  await checkAccessible(page);
  await checkFits(page);
  // Its image is the page itself, and its bytes are none of an image.
  browser.allow(/a\.png/);
});
