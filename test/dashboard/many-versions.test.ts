/** Thousands of versions that may be deployed: each is found by typing. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fillStore } from '../../bench/fill-store.ts';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { open, signIn } from '../support/sign-in.ts';

const VERSIONS = 3000;

test('[UI-138] of thousands of versions one is chosen by typing; only those in sight are drawn', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchback-many-'));
  await fillStore(join(folder, 'data'), [{ name: 'old', versions: VERSIONS, deployments: 1 }]);
  await using server = await startServer({ folder, args: ['--deployable-versions', String(VERSIONS)] });
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  const url = server.started.control_url ?? '';
  await signIn(page, { url, token: server.connection.token });
  await open(page, `${url}/workers/old?dialog=deploy`);
  const dialog = page.getByRole('dialog');
  const options = page.getByRole('option');
  const picker = dialog.getByRole('button', { name: /^New version/ });
  const timed = async (what: string, act: () => Promise<void>): Promise<void> => {
    const from = await page.evaluate(() => performance.now());
    await act();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    t.diagnostic(`${what}: ${Math.round((await page.evaluate(() => performance.now())) - from)} ms`);
  };
  await picker.waitFor();
  await picker.focus();
  await timed('opened', () => page.keyboard.press('Enter'));
  await options.first().waitFor();
  assert.ok((await options.count()) < 40);
  const [first] = await options.all();
  assert.ok(Number(await first?.getAttribute('aria-setsize')) >= VERSIONS);
  for (const key of 'v1234') await timed(key, () => page.keyboard.press(key));
  await options.filter({ hasText: 'version 1234' }).waitFor();
  assert.equal(await options.count(), 1);
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: /^New version v1234/ }).waitFor();
});
