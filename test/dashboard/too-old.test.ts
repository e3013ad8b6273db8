/** Versions that are too old to be deployed, and such as never had all of the traffic: both are named, and none is proposed. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAccessible } from '../support/accessible.ts';
import { aBrowser } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import { open, signIn } from '../support/sign-in.ts';
import { aWorker, saying } from '../support/worker-form.ts';

test("[UI-134] [UI-135] what served is named however old it is, and what never had all of the traffic is somebody's own choice", async (t) => {
  await using server = await startServer({ args: ['--deployable-versions', '2'] });
  const site = { url: server.started.control_url ?? '', token: server.connection.token };
  const SCRIPT = 'workers/scripts/aged';
  const saved = async (text: string): Promise<string> =>
    ((await server.api('POST', `${SCRIPT}/versions`, aWorker({ code: saying(text) }))) as { id: string }).id;
  const deploy = (...shares: readonly (readonly [id: string, percentage: number])[]): Promise<unknown> =>
    server.api('POST', `${SCRIPT}/deployments`, {
      strategy: 'percentage',
      versions: shares.map(([version_id, percentage]) => ({ version_id, percentage })),
    });
  const { deployment_id: one } = (await server.api('PUT', SCRIPT, aWorker({ code: saying('first') }))) as { deployment_id: string };
  await server.api('POST', `${SCRIPT}/subdomain`, { enabled: true, previews_enabled: true });
  const two = await saved('second');
  await deploy([two, 25], [one, 75]);

  await using browser = await aBrowser(t);
  const { page } = browser;
  browser.allow(/status of 401/);
  await signIn(page, site);
  const dialog = page.getByRole('dialog');
  await open(page, `${site.url}/workers/aged?dialog=deploy`);
  await dialog.getByRole('button', { name: /^New version v2/ }).waitFor();
  const [three, four] = [await saved('third'), await saved('fourth')];
  await deploy([one, 100]);
  await dialog.getByText('deployed v1 at 100% while you were here.').waitFor();
  await dialog.getByText('v2 is older than the 2 most recent ones').waitFor();
  await dialog.getByRole('button', { name: /^New version v2/ }).waitFor();
  await dialog
    .getByText(/will get v2/)
    .first()
    .waitFor();
  assert.equal(await dialog.getByText('a deleted version').count(), 0);
  await page.getByRole('button', { name: 'Start over' }).click();
  await dialog.getByRole('button', { name: /^New version v4/ }).waitFor();
  await open(page, `${site.url}/workers/aged?dialog=deploy&of=${two}`);
  await dialog.getByText('The version that was asked for cannot be deployed').waitFor();
  await dialog.getByRole('button', { name: /^New version v4/ }).waitFor();

  await deploy([four, 30], [three, 70]);
  await open(page, `${site.url}/workers/aged?dialog=rollback`);
  await dialog.getByText('The last version to hold 100%').waitFor();
  await dialog.getByText('Has never had all of the traffic').first().waitFor();
  assert.equal(await dialog.getByText('Has never had all of the traffic').count(), 3);
  assert.equal(await dialog.getByRole('radio', { checked: true }).count(), 0);
  await checkAccessible(page);
  const act = page.getByRole('button', { name: 'Roll back', exact: true });
  assert.equal(await act.getAttribute('aria-disabled'), 'true');
  await dialog.getByRole('radio', { name: /^v3/ }).click();
  await page.getByRole('button', { name: 'Roll back to v3', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await server.visit('aged')).text, 'third');

  await open(page, `${site.url}/workers/aged/versions`);
  await page.getByRole('row', { name: /^v1 / }).getByText('All of it until today').waitFor();
  await page.getByRole('row', { name: /^v2 / }).getByText('25% until today').waitFor();
});
