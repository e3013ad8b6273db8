import type { Page } from 'playwright-core';
import { until } from './until.ts';

export interface SignedInto {
  /** Where the control plane listens, without a slash at the end. */
  readonly url: string;
  readonly token: string;
}

/** Signs in as a person does who has a token, and waits for the first page. */
export const signIn = async (page: Page, { url, token }: SignedInto): Promise<void> => {
  await page.goto(`${url}/`);
  await page.getByLabel('API token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor({ state: 'detached' });
  await whole(page);
};

/** Waits until a page has all it asked for: nothing of it is held a place for any more. */
export const whole = async (page: Page): Promise<void> => {
  await page.locator('h1').first().waitFor();
  // What is asked for may lead to more that is asked for.
  let quietSince = performance.now();
  await until('the page to be whole', async () => {
    if ((await page.locator('.bone').count()) > 0) quietSince = performance.now();
    return performance.now() - quietSince > 400;
  });
  await page.evaluate('document.fonts.ready.then(() => {})');
};
