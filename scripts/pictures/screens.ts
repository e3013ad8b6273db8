import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { until } from '../../test/support/until.ts';
import { at, type Screen, type Shop } from './screen.ts';

/** Each page of the dashboard as one finds it. */
export const SCREENS: readonly Screen[] = [
  { name: '01-workers', title: 'Workers', path: at('/') },
  { name: '02-worker', title: 'Overview of a Worker', path: at('/workers/checkout') },
  {
    name: '03-deployments',
    title: 'Deployments: what served when',
    path: at('/workers/checkout/deployments'),
    prepare: (page) => page.locator('[data-row-menu]').nth(3).click(),
  },
  { name: '04-deploy', title: 'Deploy version', path: at('/workers/checkout?dialog=deploy'), isOver: true },
  {
    name: '05-compare',
    title: 'Compare versions',
    path: ({ version }) => `/workers/checkout/compare?version=${version('checkout', 42)}&baseline=${version('checkout', 41)}`,
  },
  { name: '06-rollback', title: 'Rollback', path: at('/workers/checkout?dialog=rollback'), isOver: true },
  { name: '07-versions', title: 'Versions', path: at('/workers/checkout/versions') },
  { name: '08-version', title: 'One version', path: ({ version }) => `/workers/checkout/versions/${version('checkout', 42)}` },
  { name: '09-deployment', title: 'One deployment', path: ({ deployment }) => `/workers/checkout/deployments/${deployment}` },
  { name: '10-edit-code', title: 'Edit code', path: at('/workers/checkout/edit'), isOver: true },
  { name: '11-logs', title: 'Logs, live', path: at('/workers/checkout/logs'), prepare: (page, shop) => linesOfLog(page, shop) },
  { name: '12-triggers', title: 'Triggers', path: at('/workers/checkout/triggers') },
  { name: '13-settings', title: 'Settings', path: at('/workers/checkout/settings') },
  { name: '14-observability', title: 'Observability', path: at('/observability') },
  {
    name: '15-logpush',
    title: 'Logpush jobs, one of which is refused',
    path: at('/logpush'),
    prepare: (page) => page.locator('.stop-text').first().waitFor({ timeout: 120_000 }),
  },
  { name: '16-audit', title: 'Audit log', path: at('/audit') },
  { name: '17-tokens', title: 'Tokens', path: at('/tokens') },
  { name: '18-create', title: 'Create application', path: at('/create') },
  { name: '19-sign-in', title: 'Sign in', path: at('/sign-in'), isSignedOut: true },
  { name: '20-failing', title: 'A Worker whose new version fails more', path: at('/workers/image-resize') },
  { name: '21-idle', title: 'A Worker of which nothing is deployed', path: at('/workers/newsletter') },
  { name: '22-no-such-worker', title: 'A Worker that is not there', path: at('/workers/nobody') },
  { name: '23-go-to', title: 'Go to', path: at('/'), prepare: (page) => page.keyboard.press('Control+k'), isOver: true },
  { name: '24-keys', title: 'Keys', path: at('/'), prepare: (page) => page.keyboard.press('?'), isOver: true },
  {
    name: '25-logs-history',
    title: 'Logs of the last eight hours: what failed of one version',
    path: ({ version }) => `/workers/checkout/logs?mode=history&since=8h&show=errors&version=${version('checkout', 42)}`,
    prepare: async (page) => {
      await page.locator('.logs-line > summary').filter({ hasText: 'TypeError' }).first().click();
      await page.mouse.move(0, 0);
    },
  },
];

const ENOUGH_LINES = 14;
const CART = encodeURIComponent(JSON.stringify([{ sku: 'P12', quantity: 2 }]));

/** A dozen visits, of which one fails, and what that said. */
const linesOfLog = async (page: Page, { server }: Shop): Promise<void> => {
  const visit = (path: string): Promise<unknown> => server.visit('checkout.fernhill.example', path);
  const lines = page.locator('.logs-line');
  await page.getByText('Live.').waitFor();
  const has = async (name: string): Promise<boolean> => (await lines.filter({ hasText: name }).count()) > 0;
  let visits = 0;
  await until('lines of both versions', async () => {
    visits += 1;
    await wait(250);
    await visit(visits % 3 === 0 ? '/health' : `/cart?cart=${CART}&country=${visits % 2 === 0 ? 'FR' : 'SE'}`);
    return (await lines.count()) >= ENOUGH_LINES && (await has('v42')) && (await has('v41'));
  });
  await visit(`/pay?cart=${CART}&card=busy`);
  const failed = lines.filter({ hasText: 'Stripe 429' }).first();
  await failed.waitFor();
  await visit('/health');
  await failed.locator('summary').click();
  await page.mouse.move(0, 0);
};
