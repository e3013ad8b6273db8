import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The rule of how large targets are has to be asked for. Of what is asked none reads the style sheets, which would be fetched again. */
const OPTIONS = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  rules: { 'target-size': { enabled: true } },
  resultTypes: ['violations'],
  preload: false,
};
/** Of what is pressed on a phone, in px. */
const LEAST_HEIGHT = 44;
const MEASURED = readFileSync(join(import.meta.dirname, 'measured-page.js'), 'utf8');

/**
 * Holds the page as it is now to WCAG 2.2 AA, as far as a program can: each finding is named with the element and what is wrong.
 * The checker comes in through the debugger's door, which a Content-Security-Policy does not close.
 */
export const checkAccessible = async (page: Page, where = page.url()): Promise<void> => {
  await settled(page);
  // It is half a megabyte, and stays for as long as the page is not loaded anew.
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe.source);
  const run = `axe.run(${JSON.stringify(OPTIONS)}).then(({ violations }) => violations)`;
  const violations = (await page.evaluate(run)) as axe.Result[]; // As it says of itself.
  const findings = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => `${id}: ${target.join(' ')}\n  ${html.slice(0, 300)}\n  ${failureSummary ?? ''}`),
  );
  assert.deepEqual(findings, [], `${where} is not accessible:\n\n${findings.join('\n\n')}\n`);
};

/** Nothing is wider than the window, and in a narrow one whatever is pressed is as high as a thumb needs it. */
export const checkFits = async (page: Page, where = page.url()): Promise<void> => {
  await settled(page);
  const width = page.viewportSize()?.width ?? 0;
  await page.evaluate(`{ ${MEASURED} }`);
  const found = (await page.evaluate(`[measuredPage.tooWide(), measuredPage.tooSmall(${width < 768 ? LEAST_HEIGHT : 0})]`)) as [
    string[],
    string[],
  ]; // As it says.
  assert.deepEqual(found[0], [], `${where} scrolls sideways at ${width} px`);
  assert.deepEqual(found[1], [], `${where} has targets that are hard to hit at ${width} px`);
};

/** Fonts are there and nothing fades any more: colours are measured as they stay. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(
    'document.fonts.ready.then(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))).then(() => {})',
  );
