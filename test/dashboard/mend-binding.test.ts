/** What blocks the newest version leads to where it can be mended. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { signIn } from '../support/sign-in.ts';
import { aWorker } from '../support/worker-form.ts';

test('[UI-139] the check on a namespace that is gone leads to its binding, open in Settings at an address of its own', async (t) => {
  await using server = await startServer();
  const aNamespace = async (title: string): Promise<string> =>
    ((await server.api('POST', 'storage/kv/namespaces', { title })) as { readonly id: string }).id;
  const [lost] = [await aNamespace('lost'), await aNamespace('found')];
  await server.api('PUT', 'workers/scripts/shop', aWorker());
  const form = aWorker({ metadata: { bindings: [{ type: 'kv_namespace', name: 'STOCK', namespace_id: lost }] } });
  const { id } = (await server.api('POST', 'workers/scripts/shop/versions', form)) as { readonly id: string };
  await server.api('DELETE', `storage/kv/namespaces/${lost}?force=true`);
  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  const url = server.started.control_url ?? '';
  await signIn(page, { url, token: server.connection.token }, `/workers/shop?dialog=deploy&of=${id}`);
  await page.getByRole('dialog').getByRole('link', { name: 'Change STOCK' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change STOCK' });
  await dialog.waitFor();
  assert.match(page.url(), /\/workers\/shop\/settings\?binding=STOCK$/);
  await page.reload();
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.match(page.url(), /\/workers\/shop\/settings$/);
});
