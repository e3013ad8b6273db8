/** A session ends while somebody is in the middle of something: they are asked to sign in again, and what they typed is there. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, type Browsing } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { open, signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const SCRIPT = 'workers/scripts/shop';
const DIALOG = '/workers/shop?dialog=deploy';
/** A browser that is left alone is signed out after a night: twelve hours. */
const NIGHT_MS = 13 * 3_600_000;

let server: Server;
let url: string;
/** By whom it lets in. */
const tokens = { Mara: '', Jonas: '' };
/** The first version first. */
const ids: string[] = [];

interface Deployment {
  readonly author_email: string;
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
  readonly annotations: Readonly<Record<string, string>>;
}

const deployments = async (): Promise<readonly Deployment[]> =>
  ((await server.api('GET', `${SCRIPT}/deployments`)) as { readonly deployments: readonly Deployment[] }).deployments;

before(async () => {
  server = await startServer();
  url = server.started.control_url ?? '';
  for (const name of ['Mara', 'Jonas'] as const) {
    const { value } = (await server.api('POST', 'tokens', { name })) as { readonly value: string };
    tokens[name] = value;
  }
  await server.api('PUT', SCRIPT, aWorker({ code: saying('one') }));
  await server.api('POST', `${SCRIPT}/versions`, aWorker({ code: saying('two') }));
  const { items } = (await server.api('GET', `${SCRIPT}/versions`)) as { readonly items: readonly { readonly id: string }[] };
  ids.push(...items.map(({ id }) => id).toReversed());
});
beforeEach(() =>
  server.api('POST', `${SCRIPT}/deployments`, { strategy: 'percentage', versions: [{ version_id: ids[0], percentage: 100 }] }),
);
after(() => server[Symbol.asyncDispose]());

/** As if nobody had done anything in any browser since yesterday. */
const aNightGoesBy = (): void => {
  using file = new DatabaseSync(join(server.data, 'switchback.db'), { timeout: 5_000 });
  const yesterday = new Date(Date.now() - NIGHT_MS).toISOString();
  const { changes } = file.prepare('UPDATE sessions SET used_on = ?').run(yesterday);
  assert.ok(Number(changes) > 0, 'somebody is signed in');
};

/** Mara, in the middle of a deployment: a share is set, and half a message is typed. */
const halfway = async (t: TestContext, viewport?: typeof NARROW): Promise<Browsing> => {
  const browser = await aBrowser(t, viewport === undefined ? {} : { viewport });
  // Whose session has ended is refused, and what the page reads in a stream ends with it. What observes starts behind the rest.
  browser.allow(/status of (?:40[13]|503)/, /ERR_INCOMPLETE_CHUNKED_ENCODING/);
  const { page } = browser;
  await signIn(page, { url, token: tokens.Mara }, DIALOG);
  await share(page).fill('35');
  await message(page).fill('Half a sent');
  return browser;
};

const share = (page: Page) => page.getByLabel('Share of v2, in per cent');
const message = (page: Page) => page.getByLabel('Message for the audit log');
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const signsInAgain = async (page: Page, token: string): Promise<void> => {
  await page.getByText('session has ended.').waitFor();
  await page.getByLabel('API token').fill(token);
  await press(page, 'Sign in');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor({ state: 'detached' });
};
const made = (page: Page) => page.getByRole('region', { name: 'What has happened' }).getByText('v2 now gets 35%.').waitFor();

/** Wherever the window is pressed, it is the sign-in that is pressed, and nothing shines through. */
const isCovered = (page: Page): Promise<unknown> =>
  page.evaluate(`[[1, 1], [innerWidth - 2, 1], [1, innerHeight - 2], [innerWidth - 2, innerHeight - 2], [innerWidth / 2, innerHeight / 2]].every(([x, y]) => {
    const over = document.elementFromPoint(x, y)?.closest('dialog[aria-label="Sign in"]');
    return over != null && /^rgb\\(/.test(getComputedStyle(over).backgroundColor);
  })`);

test('[UI-110] a session that ends by time asks to sign in again, and what was typed is still there', async (t) => {
  await using browser = await halfway(t, NARROW);
  const { page } = browser;
  const { length } = await deployments();
  aNightGoesBy();
  await press(page, 'Deploy v2 at 35%');
  await page.getByText(/^Mara.*’s session has ended. Whoever else signs in finds nothing of what was typed.$/).waitFor();
  assert.equal((await deployments()).length, length, 'nothing was deployed by nobody');
  await page.getByLabel('API token').waitFor();
  assert.equal(await isCovered(page), true, 'whoever passes by sees nothing of it');
  await page.keyboard.press('Escape');
  await page.getByLabel('API token').waitFor();
  await checkAccessible(page, 'the sign-in over a page');
  await checkFits(page, 'the sign-in over a page');
  await signsInAgain(page, tokens.Mara);
  assert.deepEqual([await share(page).inputValue(), await message(page).inputValue()], ['35', 'Half a sent']);
  await message(page).fill('Half a sentence');
  await press(page, 'Deploy v2 at 35%');
  await made(page);
  const [newest] = await deployments();
  assert.equal(newest?.annotations['workers/message'], 'Half a sentence');
});

test('[UI-110] a cookie that was lost is a session that has ended', async (t) => {
  await using browser = await halfway(t);
  const { page } = browser;
  await browser.context.clearCookies();
  await press(page, 'Deploy v2 at 35%');
  await signsInAgain(page, tokens.Mara);
  assert.deepEqual([await share(page).inputValue(), await message(page).inputValue()], ['35', 'Half a sent']);
  await press(page, 'Deploy v2 at 35%');
  await made(page);
});

test('[UI-110] whoever signs in after somebody else finds nothing of what that one typed', async (t) => {
  await using browser = await halfway(t);
  const { page } = browser;
  const { length } = await deployments();
  await browser.context.clearCookies();
  await press(page, 'Deploy v2 at 35%');
  await signsInAgain(page, tokens.Jonas);
  await page.getByText('Jonas').first().waitFor();
  await page.getByRole('dialog', { name: 'Deploy version' }).waitFor();
  assert.equal(await message(page).inputValue(), '');
  assert.equal((await deployments()).length, length);
});

test('[UI-111] a page whose token against forgery is an older session’s gets the new one, and does once what was asked', async (t) => {
  await using browser = await halfway(t);
  const { page } = browser;
  const { length } = await deployments();
  const again = await browser.context.request.post(`${url}/switchback/v1/session`, { data: { token: tokens.Mara } });
  assert.equal(again.status(), 200);
  const refused = page.waitForResponse((response) => response.status() === 403);
  await press(page, 'Deploy v2 at 35%');
  await refused;
  await made(page);
  assert.equal((await deployments()).length, length + 1);
});

test('[UI-111] what one person asks for is never done as another who has signed in meanwhile', async (t) => {
  await using browser = await halfway(t);
  const { page } = browser;
  const { length } = await deployments();
  const again = await browser.context.request.post(`${url}/switchback/v1/session`, { data: { token: tokens.Jonas } });
  assert.equal(again.status(), 200);
  await press(page, 'Deploy v2 at 35%');
  await page.locator('.rail').getByText('Jonas').waitFor();
  assert.equal((await deployments()).length, length);
});

test('[UI-112] who signs out in one window is signed out in the other', async (t) => {
  await using mara = await aBrowser(t);
  mara.allow(/status of (?:401|503)/, /ERR_INCOMPLETE_CHUNKED_ENCODING/);
  await signIn(mara.page, { url, token: tokens.Mara }, '/workers/shop');
  const other = await mara.context.newPage();
  await open(other, `${url}/workers/shop/deployments`);
  await press(mara.page, 'Sign out');
  await mara.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await other.getByText('session has ended.').waitFor();
  assert.equal(await other.getByText('shop', { exact: true }).count(), 0, 'nothing of the account is shown any more');
});

/** Mara in two windows; in the second she has changed settings and not saved them. Whatever it asks, nobody says yes. */
const withDraft = async (t: TestContext) => {
  const browser = await aBrowser(t);
  browser.allow(/status of (?:40[13]|503)/, /ERR_INCOMPLETE_CHUNKED_ENCODING/);
  const { page, context } = browser;
  await signIn(page, { url, token: tokens.Mara }, '/workers/shop');
  const second = await context.newPage();
  const questions: string[] = [];
  second.on('dialog', (question) => {
    questions.push(question.type());
    void question.dismiss();
  });
  await open(second, `${url}/workers/shop/settings`);
  await press(second, 'Add variable or secret');
  const form = second.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('MARAS');
  await form.getByLabel('Value', { exact: true }).fill('typed-by-mara');
  await press(second, 'Add MARAS');
  await second.getByText('typed-by-mara').first().waitFor();
  return { browser, page, second, questions };
};

test('[UI-112] settings that are not saved keep nobody signed in whose session another window has ended', async (t) => {
  const { browser, page, second, questions } = await withDraft(t);
  await using _ = browser;
  await press(page, 'Sign out');
  await second.getByText('session has ended.').waitFor();
  await page.getByLabel('API token').fill(tokens.Jonas);
  await press(page, 'Sign in');
  await page.locator('.rail').getByText('Jonas').waitFor();
  await second.goto(`${url}/workers/shop/settings`);
  await second.locator('.rail').getByText('Jonas').waitFor();
  assert.equal(await second.getByText('typed-by-mara').count(), 0);
  assert.deepEqual(questions, []);
});

test('[UI-112] whoever signs out is asked about settings that are not saved while there is still a way back', async (t) => {
  const { browser, page, second, questions } = await withDraft(t);
  await using _ = browser;
  const ends: string[] = [];
  second.on('request', (request) => request.method() === 'DELETE' && ends.push(request.url()));
  await press(second, 'Sign out');
  await until('it to be asked', () => questions.length > 0);
  assert.deepEqual(questions, ['confirm']);
  await second.getByText('typed-by-mara').first().waitFor();
  await page.reload();
  await page.locator('.rail').getByText('Mara').waitFor();
  assert.deepEqual(ends, []);
  second.removeAllListeners('dialog');
  second.once('dialog', (question) => void question.accept());
  await press(second, 'Sign out');
  await second.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(ends.length, 1);
});

test('[UI-110] settings that are not saved are nothing to hold on to when somebody else signs in in another window', async (t) => {
  const { browser, page, second, questions } = await withDraft(t);
  await using _ = browser;
  await browser.context.clearCookies();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('API token').fill(tokens.Jonas);
  await press(page, 'Sign in');
  await page.locator('.rail').getByText('Jonas').waitFor();
  await second.locator('.rail').getByText('Jonas').waitFor();
  assert.equal(await second.getByText('typed-by-mara').count(), 0);
  assert.deepEqual(questions, []);
});

/** The answer to the first request like this comes when it is let go. */
const held = async (page: Page, pattern: RegExp, method: 'GET' | 'POST') => {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  await page.route(pattern, async (route) => {
    if (route.request().method() !== method) return route.continue();
    const response = await route.fetch();
    asked.resolve();
    await released.promise;
    return route.fulfill({ response });
  });
  return { asked: asked.promise, release: released.resolve };
};

test('[UI-112] what one person has asked for is told to nobody who comes after', async (t) => {
  await using browser = await halfway(t);
  const { page, context } = browser;
  const other = await context.newPage();
  await open(other, `${url}/tokens`);
  const answer = await held(page, /\/deployments$/, 'POST');
  await press(page, 'Deploy v2 at 35%');
  await answer.asked;
  await press(other, 'Sign out');
  await page.getByText('session has ended.').waitFor();
  const answered = page.waitForEvent('requestfinished', (request) => request.method() === 'POST' && request.url().endsWith('/deployments'));
  answer.release();
  await answered;
  await signsInAgain(page, tokens.Jonas);
  await page.locator('.rail').getByText('Jonas').waitFor();
  await whole(page);
  assert.equal(await page.getByRole('region', { name: 'What has happened' }).innerText(), '');
});

test('[UI-110] what comes late does not lie over the sign-in, and is there afterwards', async (t) => {
  await using browser = await aBrowser(t);
  browser.allow(/status of (?:40[13]|503)/, /ERR_INCOMPLETE_CHUNKED_ENCODING/);
  const { page } = browser;
  const part = await held(page, /assets\/deploy-[^/]*\.js$/, 'GET');
  await signIn(page, { url, token: tokens.Mara }, '/workers/shop');
  await press(page, 'Deploy version');
  await part.asked;
  await browser.context.clearCookies();
  await page.evaluate(`new BroadcastChannel('switchback-session').postMessage('ended')`);
  await page.getByText('session has ended.').waitFor();
  part.release();
  await page.locator('dialog', { hasText: 'Deploy version' }).waitFor({ state: 'attached' });
  assert.equal(await isCovered(page), true);
  await signsInAgain(page, tokens.Mara);
  await page.getByRole('dialog', { name: 'Deploy version' }).waitFor();
});

test('[UI-110] a window that could not ask who signed in elsewhere asks again', async (t) => {
  await using browser = await aBrowser(t);
  browser.allow(/status of (?:40[13]|503)/, /ERR_INCOMPLETE_CHUNKED_ENCODING/, /ERR_FAILED/);
  const { page, context } = browser;
  await signIn(page, { url, token: tokens.Mara }, '/workers/shop');
  const second = await context.newPage();
  await open(second, `${url}/tokens`);
  const failed = second.waitForEvent('requestfailed');
  await second.route('**/v1/session', (route) => route.abort());
  await context.clearCookies();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('API token').fill(tokens.Jonas);
  await press(page, 'Sign in');
  await page.locator('.rail').getByText('Jonas').waitFor();
  await failed;
  await second.locator('.rail').getByText('Mara').waitFor();
  await second.unroute('**/v1/session');
  await second.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  await second.locator('.rail').getByText('Jonas').waitFor();
});
