/** What somebody typed is there, as it was typed, and files are what they were. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { signIn, whole } from '../support/sign-in.ts';
import { aWorker } from '../support/worker-form.ts';

const HISTORY = /switchback.v1.workers.lines.versions[?]/;
const CODE = "// first\r\nconst text = 'crlf';\r\nexport default { fetch: () => new Response(text) };\r\n";

test('[UI-132] what was typed is kept when the page goes, a file whose lines end in CR LF is saved so, and what cannot be looked up is said', async (t) => {
  await using server = await startServer();
  await server.api('PUT', 'workers/scripts/lines', aWorker({ code: CODE }));
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  const url = server.started.control_url ?? '';
  await signIn(page, { url, token: server.connection.token });
  const code = page.getByRole('textbox', { name: /^index\.js/ });
  await page.goto(`${url}/workers/lines/edit`);
  await whole(page);
  await code.click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.type('// typed');
  await page.keyboard.press('Enter');
  // At once: nothing waits for the typing to rest.
  await page.reload();
  await code.getByText('// typed').waitFor();
  await code.click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.type('// last ');
  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const kept = (await page.evaluate('Object.keys(localStorage)')) as string[]; // As it says.
  assert.deepEqual(
    kept.filter((key) => key.startsWith('switchback-drafts::')),
    [],
    'a draft is somebody’s',
  );
  await signIn(page, { url, token: server.connection.token }, '/workers/lines/edit');
  await code.getByText('// last // typed').waitFor();

  await page.route(HISTORY, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), result: [] } });
  });
  await page.reload();
  await page.getByRole('alert').getByText('The list of versions has no v1', { exact: false }).waitFor();
  await page.unroute(HISTORY);
  await page.getByRole('button', { name: 'Try again' }).click();

  await page.getByRole('button', { name: 'Deploy', exact: true }).and(page.locator(':not([aria-disabled="true"])')).waitFor();
  await page.keyboard.press('ControlOrMeta+S');
  await page.getByRole('button', { name: 'Save version' }).click();
  await page.getByText('v2 is saved, without traffic.').waitFor();
  const { items } = (await server.api('GET', 'workers/scripts/lines/versions')) as { items: readonly { id: string; number: number }[] };
  const saved = items.find(({ number }) => number === 2)?.id ?? '';
  const made = (await server.api('GET', `workers/workers/lines/versions/${saved}?include=modules`)) as {
    modules: readonly { content_base64: string }[];
  };
  assert.equal(Buffer.from(made.modules[0]?.content_base64 ?? '', 'base64').toString(), `// last // typed\r\n${CODE}`);
});
