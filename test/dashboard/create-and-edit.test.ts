import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessible, checkFits } from '../support/accessible.ts';
import { aBrowser, NARROW, type Browsing } from '../support/browser.ts';
import { startServer, type Server } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { until } from '../support/until.ts';
import { aWorker, MODULE } from '../support/worker-form.ts';

interface Version {
  readonly id: string;
  readonly number: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly resources: { readonly bindings: readonly { readonly name: string; readonly type: string }[] };
}

/** Two modules, a variable and a secret: what the edit must leave alone. */
const GREETING = `import { whom } from './whom.js';
export default { fetch: (request, env) => new Response(\`\${env.GREETING} \${whom} \${env.KEY.length}\`) };
`;
const WHOM = `export const whom = 'everybody';\n`;
const BINDINGS = [
  { type: 'plain_text', name: 'GREETING', text: 'hello' },
  { type: 'secret_text', name: 'KEY', text: 'four' },
];

const scriptSaying = (text: string): string => `addEventListener('fetch', (event) => event.respondWith(new Response('${text}')));\n`;

const aGreeting = async (server: Server): Promise<void> => {
  const upload = aWorker({ code: GREETING, metadata: { bindings: BINDINGS }, modules: { 'whom.js': [WHOM, MODULE] } });
  await server.api('PUT', 'workers/scripts/greeting', upload);
  await server.api('POST', 'workers/scripts/greeting/subdomain', { enabled: true });
};

const versionsOf = async (server: Server, name: string): Promise<readonly Version[]> => {
  const { items } = (await server.api('GET', `workers/scripts/${name}/versions`)) as { items: readonly { id: string }[] };
  return Promise.all(items.map(({ id }) => server.api('GET', `workers/scripts/${name}/versions/${id}`) as Promise<Version>));
};

const textOf = async (server: Server, name: string): Promise<string> => (await server.visit(name)).text;

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
const dialog = (page: Page) => page.getByRole('dialog');
const code = (page: Page, name: string) => page.getByRole('textbox', { name: new RegExp(`^${name}`) });
const said = (page: Page, text: string | RegExp) => page.getByRole('region', { name: 'What has happened' }).getByText(text).waitFor();

/** Types over all that is in the file. */
const writeOver = async (page: Page, name: string, text: string): Promise<void> => {
  await code(page, name).click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
};

const fromArrow = async (page: Page, item: string): Promise<void> => {
  await press(page, 'More than Deploy');
  await page.getByRole('menuitem', { name: item }).click();
};

const entered = async (browser: Browsing, server: Server): Promise<Page> => {
  browser.allow(/status of 401/);
  await signIn(browser.page, { url: server.started.control_url ?? '', token: server.connection.token });
  return browser.page;
};

const urlOf = (server: Server, path: string): string => `${server.started.control_url}${path}`;

test('a Worker is created, edited, saved and deployed', async (t) => {
  await using server = await startServer();
  await using browser = await aBrowser(t);
  const page = await entered(browser, server);

  await t.test('[UI-80] Create application makes a Worker of a template that answers at its address', async () => {
    await page.getByRole('heading', { name: 'No Workers yet' }).waitFor();
    await checkAccessible(page);
    await press(page, 'Create application');
    await page.getByRole('radio', { name: /Hello World/ }).check();
    await checkAccessible(page);
    await page.getByLabel('Name').fill('First Worker!');
    await page.getByRole('alert').getByText('Lower-case letters').waitFor();
    await press(page, 'Take first-worker');
    await press(page, 'Deploy first-worker');
    await page.waitForURL(urlOf(server, '/workers/first-worker'));
    await said(page, 'first-worker is deployed: v1 gets all requests.');
    const link = page.getByRole('link', { name: /^first-worker\./ });
    assert.equal(new URL((await link.getAttribute('href')) ?? '').port, new URL(server.edgeUrl).port);
    assert.equal(await textOf(server, 'first-worker'), 'Hello World!');
  });

  await t.test('[UI-80] a name that is taken is not overwritten: another is suggested', async () => {
    await page.goto(urlOf(server, '/create'));
    await page.getByLabel('Name').fill('first-worker');
    await page.getByRole('alert').getByText('There is a Worker first-worker already.').waitFor();
    await press(page, 'Take first-worker-2');
    await page.getByRole('radio', { name: /Counter/ }).check();
    await press(page, 'Deploy first-worker-2');
    await page.waitForURL(urlOf(server, '/workers/first-worker-2'));
    assert.deepEqual([await textOf(server, 'first-worker-2'), await textOf(server, 'first-worker-2')], ['1\n', '2\n']);
  });

  await t.test('[UI-81] Edit code: Save asks again, and makes a version with a message and a tag that gets no requests', async () => {
    await page.goto(urlOf(server, '/workers/first-worker'));
    await press(page, 'Edit code');
    await writeOver(page, 'worker.js', `export default { fetch: () => new Response('Hello from the editor') };\n`);
    await page.getByText('1 file changed.').waitFor();
    await fromArrow(page, 'Save');
    await dialog(page).getByText('v2 gets no requests until it is deployed.').first().waitFor();
    await checkAccessible(page);
    await dialog(page).getByLabel('Message, optional').fill('Greet otherwise');
    await dialog(page).getByLabel('Tag, optional').fill('greeting');
    await press(page, 'Save version');
    await said(page, 'v2 is saved, without traffic.');
    await page.getByRole('main').getByRole('link', { name: 'Deploy v2', exact: true }).waitFor();
    const [newest] = await versionsOf(server, 'first-worker');
    assert.equal(newest?.number, 2);
    assert.equal(newest.annotations['workers/message'], 'Greet otherwise');
    assert.equal(newest.annotations['workers/tag'], 'greeting');
    assert.equal(await textOf(server, 'first-worker'), 'Hello World!');
    const own = new URL((await page.getByRole('link', { name: /^opens at/ }).getAttribute('href')) ?? '');
    assert.equal((await server.visit(own.hostname)).text, 'Hello from the editor');
  });

  await t.test('[UI-81] Deploy says that the version gets all requests at once, and so it does', async () => {
    await writeOver(page, 'worker.js', `export default { fetch: () => new Response('Hello again') };\n`);
    await press(page, 'Deploy');
    await dialog(page).getByText('v3 gets all requests at once.').first().waitFor();
    await dialog(page).getByText('Now it is v1 100%.').waitFor();
    await dialog(page).getByLabel('Message, optional').fill('Greet again');
    await press(page, 'Deploy v3');
    await said(page, 'v3 gets all requests.');
    assert.equal(await textOf(server, 'first-worker'), 'Hello again');
  });

  await t.test('[UI-82] an edit is kept in the browser until it is saved or discarded', async () => {
    await writeOver(page, 'worker.js', '// not yet\n');
    await page.getByText('1 file changed.').waitFor();
    await page.goto(urlOf(server, '/'));
    await page.goto(urlOf(server, '/workers/first-worker/edit'));
    await code(page, 'worker.js').getByText('// not yet').waitFor();
    await press(page, 'Discard');
    await code(page, 'worker.js').getByText('Hello again').waitFor();
    await press(page, 'Bring it back');
    await code(page, 'worker.js').getByText('// not yet').waitFor();
  });

  await t.test('[UI-83] code that does not start is not stored: the API says why, in place', async () => {
    await writeOver(page, 'worker.js', 'export default { fetch( };\n');
    await page.keyboard.press('ControlOrMeta+S');
    browser.allow(/status of 400/);
    await press(page, 'Save version');
    await dialog(page).getByRole('alert').getByText('Not saved.').waitFor();
    await dialog(page).getByText('SyntaxError').waitFor();
    assert.equal((await versionsOf(server, 'first-worker')).length, 3);
    await press(page, 'Cancel');
    await press(page, 'Discard');
  });

  await t.test('[UI-84] files are added, renamed and deleted; bindings and secrets of the version stay', async () => {
    await aGreeting(server);
    assert.equal(await textOf(server, 'greeting'), 'hello everybody 4');
    await page.goto(urlOf(server, '/workers/greeting/edit'));
    await press(page, 'Add a file');
    await dialog(page).getByLabel('Name').fill('lib/nobody.js');
    await press(page, 'Add lib/nobody.js');
    await writeOver(page, 'lib/nobody.js', `export const whom = 'nobody';\n`);
    await press(page, /^index\.js/);
    await writeOver(page, 'index.js', GREETING.replace('./whom.js', './lib/nobody.js'));
    await press(page, 'What can be done with whom.js');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('2 files changed. 1 file deleted.').waitFor();
    await press(page, 'What can be done with index.js');
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await dialog(page).getByLabel('Name').fill('main.js');
    await press(page, 'Rename to main.js');
    await checkAccessible(page);
    await press(page, 'Deploy');
    await press(page, 'Deploy v2');
    await said(page, 'v2 gets all requests.');
    assert.equal(await textOf(server, 'greeting'), 'hello nobody 4');
  });

  await t.test('[UI-85] what another saved or deployed meanwhile is said, and is not overwritten', async () => {
    await writeOver(page, 'main.js', `export default { fetch: () => new Response('mine') };\n`);
    await server.api('PUT', 'workers/scripts/greeting', aWorker({ code: `export default { fetch: () => new Response('theirs') };\n` }));
    await page.getByText('v3 is newer.').waitFor();
    await page.getByText(/deployed v3 while you were here\./).waitFor();
    await page.getByRole('link', { name: 'Compare v2 with v3' }).waitFor();
    await press(page, 'Deploy');
    browser.allow(/status of 412/);
    await press(page, 'Deploy v4');
    await dialog(page).getByRole('alert').getByText('v4 is saved, and not deployed.').waitFor();
    assert.equal(await textOf(server, 'greeting'), 'theirs');
    await press(page, 'Keep v4 without traffic');
    await said(page, 'v4 is saved, without traffic.');
  });

  await t.test('[UI-81] of the service worker syntax no version is saved without traffic, and Save says so', async () => {
    const form = new FormData();
    form.set('metadata', JSON.stringify({ body_part: 'script', compatibility_date: '2026-11-01' }));
    form.set('script', new File([scriptSaying('old')], 'script', { type: 'application/javascript' }));
    await server.api('PUT', 'workers/scripts/older', form);
    await server.api('POST', 'workers/scripts/older/subdomain', { enabled: true });
    await page.goto(urlOf(server, '/workers/older/edit'));
    await writeOver(page, 'script', scriptSaying('new'));
    await press(page, 'More than Deploy');
    await page.getByRole('menuitem', { name: 'Save' }).getByText('is always deployed at once').waitFor();
    await page.keyboard.press('Escape');
    await press(page, 'Deploy');
    await press(page, 'Deploy v2');
    await said(page, 'v2 gets all requests.');
    assert.equal(await textOf(server, 'older'), 'new');
  });

  await t.test('[UI-86] the editor and the templates fit a narrow window, in the dark too', async () => {
    await using phone = await aBrowser(t, { viewport: NARROW, colorScheme: 'dark' });
    const narrow = await entered(phone, server);
    for (const path of ['/create', '/workers/greeting/edit']) {
      await narrow.goto(urlOf(server, path));
      await whole(narrow);
      await checkAccessible(narrow);
      await checkFits(narrow);
    }
    await until('the code to be there', async () => (await narrow.locator('.cm-line').count()) > 0);
  });
});
