import type { Page } from 'playwright-core';
import { until } from '../../test/support/until.ts';
import { at, type Screen, type Shop } from './screen.ts';

const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
const toast = (page: Page, text: string | RegExp) => page.getByRole('region', { name: 'What has happened' }).getByText(text).waitFor();

/** `shares`: percentages of `search`'s versions by their numbers. */
const deploySearch = ({ as, version }: Shop, who: string, shares: Readonly<Record<number, number>>): Promise<unknown> =>
  as(who, 'POST', 'workers/scripts/search/deployments?force=true', {
    strategy: 'percentage',
    versions: Object.entries(shares).map(([number, percentage]) => ({ version_id: version('search', Number(number)), percentage })),
  });

const settled = (_: Page, shop: Shop): Promise<unknown> => deploySearch(shop, 'Tomás Ferreira', { 31: 100 });

/** Raises the newest version of `search` by the dialog. */
const deployFromDialog = async (page: Page): Promise<void> => {
  await dialog(page).getByLabel('Share of v32, in per cent').fill('25');
  await press(page, 'Deploy v32 at 25%');
};

const deployPath = ({ version }: Shop): string => `/workers/search?dialog=deploy&of=${version('search', 32)}`;

/**
 * What a page looks like when something is in the way. Each is made by the product itself; only what a page did not get (failed,
 * offline, loading) is kept from it in the browser.
 */
export const STATES: readonly Screen[] = [
  {
    name: '26-stale-form',
    title: 'Somebody deployed while a form was open',
    path: deployPath,
    prepare: async (page, shop) => {
      await dialog(page).getByLabel('Share of v32, in per cent').fill('25');
      await deploySearch(shop, 'Jonas Weber', { 32: 10, 31: 90 });
      await page.getByText('while you were here').waitFor();
    },
    restore: settled,
    isOver: true,
  },
  {
    name: '27-refused',
    title: 'Refused, in the words of the API',
    path: at('/workers/checkout/triggers'),
    prepare: async (page) => {
      await press(page, 'Add route');
      await dialog(page).getByLabel('Pattern').fill('fernhill.example/search/*');
      await press(page, /^Add fernhill/);
      await dialog(page).getByRole('alert').waitFor();
    },
    isOver: true,
  },
  {
    name: '28-part-failed',
    title: 'A part of the page did not load',
    path: at('/workers/checkout'),
    arrange: (page) =>
      page.route('**/metrics?*', (route) =>
        route.fulfill({
          status: 503,
          json: {
            success: false,
            result: null,
            messages: [],
            errors: [{ code: 10013, message: 'What was observed cannot be asked now.' }],
          },
        }),
      ),
    prepare: (page) => page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: 30_000 }),
    isNeverWhole: true,
  },
  {
    name: '29-offline',
    title: 'Not live: the server does not answer',
    path: at('/workers/checkout'),
    prepare: async (page, { server }) => {
      await page.context().setOffline(true);
      // What is open already stays so until the other end is gone.
      const control = server.half('control');
      if (control !== undefined) process.kill(control, 'SIGKILL');
      await page.getByText('Not live since').waitFor();
    },
    restore: async (page, { server }) => {
      await page.context().setOffline(false);
      await until('the control plane to be there again', () =>
        server.api('GET', 'workers/scripts').then(
          () => true,
          () => false,
        ),
      );
    },
  },
  {
    name: '30-toast',
    title: 'What has happened, with the way back',
    path: deployPath,
    prepare: async (page) => {
      await deployFromDialog(page);
      await toast(page, /^v32 now gets 25%\. The edge follows/);
      await page.getByRole('img', { name: 'v32 25%, v31 75%' }).first().waitFor();
    },
    restore: settled,
  },
  {
    name: '31-toast-waits',
    title: 'An edge does not follow yet',
    path: deployPath,
    prepare: async (page, { server }) => {
      const edge = server.half('edge');
      if (edge === undefined) throw new Error('There is no edge.');
      process.kill(edge, 'SIGSTOP');
      await deployFromDialog(page);
      await toast(page, /Waiting for/);
    },
    restore: async (page, shop) => {
      const edge = shop.server.half('edge');
      if (edge !== undefined) process.kill(edge, 'SIGCONT');
      await settled(page, shop);
    },
  },
  {
    name: '32-loading',
    title: 'Loading, in the shape of what comes',
    path: at('/workers/checkout/deployments'),
    arrange: (page) => page.route('**/deployments?*', () => new Promise(() => {})),
    prepare: (page) => page.locator('.bone').first().waitFor(),
    isNeverWhole: true,
  },
  { name: '33-no-deployments', title: 'No deployment yet', path: at('/workers/newsletter/deployments') },
  {
    name: '34-edit-menu',
    title: 'Edit code: Save beside Deploy',
    path: at('/workers/checkout/edit'),
    prepare: async (page) => {
      await edited(page);
      await press(page, 'More than Deploy');
    },
    isOver: true,
  },
  {
    name: '35-save-version',
    title: 'Save asks again, and says what it makes',
    path: at('/workers/checkout/edit'),
    prepare: async (page) => {
      await edited(page);
      await press(page, 'More than Deploy');
      await page.getByRole('menuitem', { name: /^Save/ }).click();
      await dialog(page).getByLabel('Message, optional').fill('Ask the catalogue once more on 503');
      await dialog(page).getByLabel('Tag, optional').fill('2026.11.22');
    },
    isOver: true,
  },
  {
    name: '36-rollback-blocked',
    title: 'A rollback that is blocked, with its reasons',
    path: ({ version }) => `/workers/checkout?dialog=rollback&of=${version('checkout', 40)}`,
    isOver: true,
  },
  {
    name: '37-rollback-secrets',
    title: 'A rollback across a change of secrets',
    path: at('/workers/nightly-report?dialog=rollback'),
    isOver: true,
  },
  {
    name: '38-version-menu',
    title: 'What can be done with a version',
    path: at('/workers/checkout/versions'),
    prepare: (page) => page.locator('[data-row-menu]').nth(2).click(),
    isOver: true,
  },
  {
    name: '39-settings-draft',
    title: 'A changed variable: what Save and Deploy would do',
    path: at('/workers/checkout/settings'),
    prepare: async (page) => {
      await press(page, 'Add variable or secret');
      await dialog(page).getByLabel('Name', { exact: true }).fill('PRICE_RETRIES');
      await dialog(page).getByLabel('Value', { exact: true }).fill('2');
      await press(page, 'Add PRICE_RETRIES');
    },
    isOver: true,
  },
  {
    name: '40-chart-pointer',
    title: 'Charts under the pointer',
    path: at('/workers/checkout'),
    prepare: (page) =>
      page
        .locator('.chart')
        .nth(1)
        .hover({ position: { x: 170, y: 90 } }),
  },
  {
    name: '41-create-job',
    title: 'Create a Logpush job',
    path: at('/logpush?dialog=job'),
    isOver: true,
  },
  {
    name: '42-deploy-blocked',
    title: 'A deployment that is blocked, and by what',
    path: ({ version }) => `/workers/checkout?dialog=deploy&of=${version('checkout', 40)}`,
    isOver: true,
  },
];

/** What was typed is kept in the browser, so the next one finds it. */
const edited = async (page: Page): Promise<void> => {
  if ((await page.getByText('1 file changed.').count()) > 0) return;
  await page.getByRole('button', { name: /^src\/prices\.js/ }).click();
  const code = page.getByRole('textbox', { name: /^src\/prices\.js/ });
  await code.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('// Asked once more where the catalogue is busy.\n');
};
