/** A person goes back: with what warns, what refuses and what is asked, and by two keys where nothing is. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, type BrowserOptions, type Browsing } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole, type SignedInto } from '../support/sign-in.ts';
import { aWorker, saying } from '../support/worker-form.ts';

let server: Server;
let site: SignedInto;

const upload = async (name: string, text: string, bindings: readonly object[] = []): Promise<void> => {
  await server.api('PUT', `workers/scripts/${name}`, aWorker({ code: saying(text), metadata: { bindings } }));
  await server.api('POST', `workers/scripts/${name}/subdomain`, { enabled: true, previews_enabled: true });
};

const aNamespace = async (title: string): Promise<string> =>
  ((await server.api('POST', 'storage/kv/namespaces', { title })) as { id: string }).id;

const latest = async (name: string) => {
  const { deployments } = (await server.api('GET', `workers/scripts/${name}/deployments`)) as {
    deployments: readonly { id: string; annotations: Readonly<Record<string, string>> }[];
  };
  return { count: deployments.length, message: deployments[0]?.annotations['workers/message'] };
};

const says = async (name: string): Promise<string> => (await server.visit(name)).text;

before(async () => {
  server = await startServer();
  site = { url: server.started.control_url ?? '', token: server.connection.token };
});
after(() => server[Symbol.asyncDispose]());

/** A browser of somebody who is signed in: before that nobody is, which the browser notes. */
const aPerson = async (t: TestContext, options: BrowserOptions = {}): Promise<Browsing> => {
  const browser = await aBrowser(t, options);
  browser.allow(/status of 401/);
  await signIn(browser.page, site);
  return browser;
};

const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(site.url + path);
  await whole(page);
};

const toast = (page: Page, text: string) => page.getByRole('region', { name: 'What has happened' }).getByText(text);
const dialog = (page: Page) => page.getByRole('dialog');

test('[UI-28] R and Enter are the whole rollback where nothing is asked, and it is taken back from the toast', async (t) => {
  await upload('plain', 'first');
  await upload('plain', 'second');
  await using browser = await aPerson(t);
  const { page } = browser;
  await open(page, '/workers/plain');
  await page.keyboard.press('r');
  await dialog(page).getByText('All requests go to v1 within about a second.').first().waitFor();
  await dialog(page).getByText('Resources connected to the Worker are not changed').waitFor();
  await page.keyboard.press('Enter');
  // It stays for as long as the pointer is on it.
  await toast(page, 'Rolled back to v1. The edge follows it.').hover();
  assert.equal(await says('plain'), 'first');
  await page.getByRole('button', { name: 'Back to v2' }).click();
  await toast(page, 'v2 gets 100% again.').waitFor();
  assert.equal(await says('plain'), 'second');
});

test('[UI-28] a secret that came since is told of a version that does not bind it, and asks nothing', async (t) => {
  await upload('keyed', 'first');
  await server.api('PUT', 'workers/scripts/keyed/secrets', { name: 'API_KEY', text: 'one', type: 'secret_text' });
  await upload('keyed', 'third', [{ type: 'inherit', name: 'API_KEY' }]);
  await using browser = await aPerson(t);
  const { page } = browser;
  await open(page, '/workers/keyed?dialog=rollback');
  await dialog(page).getByRole('radio', { name: /^v1/ }).click();
  await dialog(page).getByText('v1 does not bind the secret API_KEY, added since: it serves without.').waitFor();
  assert.equal(await dialog(page).getByText('changed since v1 was made').count(), 0);
  await page.getByRole('button', { name: 'Roll back to v1', exact: true }).click();
  await toast(page, 'Rolled back to v1.').waitFor();
  assert.equal(await says('keyed'), 'first');
});

test('[UI-29] from the three dots of a deployment: what blocks one is told with who did it, changed secrets are asked about, a message is kept', async (t) => {
  const id = await aNamespace('tax-rates');
  const secret = (text: string) => server.api('PUT', 'workers/scripts/shop/secrets', { name: 'PAY_KEY', text, type: 'secret_text' });
  await upload('shop', 'first', [{ type: 'kv_namespace', name: 'RATES', namespace_id: id }]);
  await upload('shop', 'second');
  await secret('one');
  await upload('shop', 'fourth', [{ type: 'inherit', name: 'PAY_KEY' }]);
  await secret('two');
  await server.api('DELETE', `storage/kv/namespaces/${id}`);
  await using browser = await aPerson(t);
  const { page } = browser;
  await open(page, '/workers/shop/deployments');
  await page.getByRole('button', { name: 'Menu of “Deployed v4”' }).click();
  await page.getByRole('menuitem', { name: /^Rollback to v4/ }).click();
  await dialog(page).getByRole('heading', { name: 'Roll back shop to v4' }).waitFor();

  const blocked = dialog(page).getByRole('radio', { name: /^v1/ });
  assert.equal(await blocked.getAttribute('aria-disabled'), 'true');
  const reason = (await dialog(page).locator('.is-blocked').textContent()) ?? '';
  assert.match(reason, /Blocked\. .*RATES binds the KV namespace "tax-rates".*deleted by .+ today \d\d:\d\d.*Code 100341/);
  await checkAccessible(page);

  const keep = dialog(page).getByRole('radio', { name: /^Keep the values v4 was made with/ });
  await dialog(page).getByText('1 secret changed since v4 was made').waitFor();
  await dialog(page).getByText('PAY_KEY', { exact: true }).waitFor();
  assert.equal(await keep.evaluate((element) => element === element.ownerDocument.activeElement), true, 'the question has the focus');
  const { count } = await latest('shop');
  await page.keyboard.press('Enter');
  await dialog(page).getByText('say first which values are to be used').first().waitFor();
  await page.keyboard.press('Space');
  await dialog(page).getByLabel('Message for the audit log').fill('The fifth fails at payment');
  await page.getByRole('button', { name: 'Roll back to v4', exact: true }).click();
  await toast(page, 'Rolled back to v4.').waitFor();
  assert.equal(await says('shop'), 'fourth');
  assert.deepEqual(await latest('shop'), { count: count + 1, message: 'The fifth fails at payment' });
});

/** Code that answers what its secrets are. */
const telling = (text: string) =>
  `export default { fetch: (_, env) => new Response(\`${text} \${env.PAY_KEY} \${env.NEW_KEY ?? 'no key'}\`) };`;
const putTill = (text: string) => server.api('PUT', 'workers/scripts/till', aWorker({ code: telling(text) }));

const giveTill = (name: string, text: string) => server.api('PUT', 'workers/scripts/till/secrets', { name, text, type: 'secret_text' });

test('[UI-130] the old code gets the secrets of today where that is chosen: said before as a version of its own, and answered as soon as it is made', async (t) => {
  await upload('till', 'nothing');
  await giveTill('PAY_KEY', 'revoked');
  await putTill('old');
  await putTill('new');
  await giveTill('PAY_KEY', 'of-today');
  await giveTill('NEW_KEY', 'added');
  assert.equal(await says('till'), 'new of-today added');
  await using browser = await aPerson(t);
  const { page } = browser;
  await open(page, '/workers/till/deployments?dialog=rollback');
  await dialog(page).getByRole('radio', { name: /^v3/ }).click();
  await dialog(page).getByRole('heading', { name: 'Roll back till to v3' }).waitFor();
  const today = page.getByRole('radio', { name: /^Give v3 the values of today/ });
  const said = (await dialog(page).locator('label').filter({ has: today }).textContent()) ?? '';
  assert.match(
    said,
    /Makes v7 from the code of v3 and deploys that instead\. v3 itself stays as it is\. v7 also gets NEW_KEY, added since\./,
  );
  await today.check();
  await dialog(page).getByText('v7 is the code of v3 with the secrets of today.').waitFor();
  await checkAccessible(page);
  // A curl loop beside it sees the code change, and never the old value.
  const seen = new Set<string>();
  const loop = new AbortController();
  const looping = (async () => {
    while (!loop.signal.aborted) seen.add(await says('till'));
  })();
  await page.getByRole('button', { name: 'Roll back to v3 as v7' }).click();
  await toast(page, 'Rolled back to the code of v3: v7, with the secrets of today.').hover();
  assert.equal(await says('till'), 'old of-today added');
  loop.abort();
  await looping;
  assert.deepEqual(
    [...seen].filter((text) => !['new of-today added', 'old of-today added'].includes(text)),
    [],
  );
  await page.getByText('Rolled back to v7').first().waitFor();
  await page.getByRole('button', { name: 'Back to v6' }).click();
  await toast(page, 'v6 gets 100% again.').waitFor();
  assert.equal(await says('till'), 'new of-today added');
});

test('[UI-29] what is blocked while somebody looks is told in place, and what the server refuses in its own words', async (t) => {
  const id = await aNamespace('prices');
  await upload('late', 'first', [{ type: 'kv_namespace', name: 'PRICES', namespace_id: id }]);
  await upload('late', 'second');
  await using browser = await aPerson(t, { viewport: NARROW, colorScheme: 'dark' });
  const { page } = browser;
  browser.allow(/status of 409/);
  await open(page, '/workers/late/deployments?dialog=rollback');
  const act = page.getByRole('button', { name: /^Roll back to v1/ });
  await act.waitFor();
  await checkAccessible(page);
  await checkFits(page);
  // Two calls beside each other: what is pressed comes before what is heard.
  await page.route('**/rollback-targets**', (route) => route.abort());
  browser.allow(/rollback-targets/);
  await server.api('DELETE', `storage/kv/namespaces/${id}`);
  await act.click();
  const refusal = page.getByRole('alert').filter({ hasText: 'Not rolled back.' });
  assert.match((await refusal.textContent()) ?? '', /PRICES binds the KV namespace "prices".*Code 100341/);
  await page.unroute('**/rollback-targets**');
  await page.reload();
  await dialog(page).getByText('Blocked.').waitFor();
  assert.equal(await says('late'), 'second');
});

test('[UI-28] who deploys meanwhile is told, and no rollback that was meant for another state is made', async (t) => {
  await upload('busy', 'first');
  await upload('busy', 'second');
  await using browser = await aPerson(t);
  const { page } = browser;
  await open(page, '/workers/busy?dialog=rollback');
  await page.getByRole('button', { name: 'Roll back to v1', exact: true }).waitFor();
  await upload('busy', 'third');
  await dialog(page)
    .getByText(/deployed v3 at 100% while you were here\./)
    .waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await says('busy'), 'third');
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Roll back to v2', exact: true }).click();
  await toast(page, 'Rolled back to v2.').waitFor();
  assert.equal(await says('busy'), 'second');
});
