/** What the code was refused for leads back to it, and what was saved leads on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAccessible } from '../support/accessible.ts';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { aWorker } from '../support/worker-form.ts';

const CODE = `export default {
  fetch() {
    const text = 'first';
    return new Response(text);
  },
};
`;
const FAULTY = CODE.replace('new Response(text);', 'new Response(text;');

test('the editor leads back from a refusal, and on from what was saved', async (t) => {
  await using server = await startServer();
  await server.api('PUT', 'workers/scripts/site', aWorker({ code: CODE, modules: { 'notes.txt': ['none\n', 'text/plain'] } }));
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  const url = server.started.control_url ?? '';
  await signIn(page, { url, token: server.connection.token });
  await page.goto(`${url}/workers/site/edit`);
  await whole(page);
  const code = page.getByRole('textbox', { name: /^index\.js/ });
  const dialog = page.getByRole('dialog');
  const fault = page.getByRole('alert').filter({ hasText: 'Not deployed.' });
  const marked = page.locator('.editor-fault-line');
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const focused = () => code.and(page.locator(':focus')).waitFor();

  await t.test('[UI-136] typing over what is selected leaves no error behind', async () => {
    await code.click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.press('ControlOrMeta+Shift+ArrowRight');
    await page.keyboard.type('im');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('x');
    assert.equal(await code.textContent(), 'x');
    await page.keyboard.press('ControlOrMeta+Z');
    await page.keyboard.press('ControlOrMeta+Z');
    await code.getByText('export default').waitFor();
    assert.deepEqual(browser.faults, []);
  });

  await t.test('[UI-133] code that is refused is marked where it is, said over the code, and left with the cursor there', async () => {
    browser.allow(/status of 400/);
    await code.click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(FAULTY);
    await press('Deploy');
    await press('Deploy v2');
    await dialog.getByRole('alert').getByText('SyntaxError').waitFor();
    await press('Cancel');
    await dialog.waitFor({ state: 'detached' });
    await fault.getByText('SyntaxError').waitFor();
    await marked.getByText('return new Response(text;').waitFor();
    await focused();
    await checkAccessible(page, 'code that was refused');

    await page.getByRole('button', { name: /^notes\.txt/ }).click();
    await page.getByRole('textbox', { name: /^notes\.txt/ }).waitFor();
    await press('Go to index.js, line 4');
    await marked.waitFor();
    await focused();

    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('// above');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Go to index.js, line 5' }).click();
    await focused();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type(')');
    await marked.waitFor({ state: 'detached' });
    await fault.waitFor({ state: 'detached' });
  });

  await t.test('[UI-137] what was saved is deployed from the editor, for as long as it does not get all requests', async () => {
    await page.keyboard.press('ControlOrMeta+S');
    await press('Save version');
    await page.getByText('v2 gets no requests.', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'Deploy v2', exact: true }).click();
    await dialog.getByText('v2', { exact: true }).first().waitFor();
    assert.match(page.url(), /\/workers\/site\?dialog=deploy&of=/);
    await server.api('PUT', 'workers/scripts/site', aWorker({ code: CODE }));
    await page.goto(`${url}/workers/site/edit`);
    await page.getByRole('status').getByText('Nothing is changed yet.', { exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Deploy', exact: true }).getAttribute('aria-disabled'), 'true');
  });
});
