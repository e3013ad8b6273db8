import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { Browser, BrowserContext, ConsoleMessage, Page, Request } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { contextOf, type BrowserOptions } from './person.ts';

export { NARROW, WIDE, type BrowserOptions } from './person.ts';

/** Two loaded cores: what takes a second alone may take ten. */
const PATIENCE_MS = 30_000;

/** One for each file of tests, from the first that asks on. */
let shared: Promise<Browser> | undefined;
after(async () => (await shared)?.close());

/**
 * A browser as one person has it, with cookies of its own: dispose of it before the server ends, or what the page then asks in
 * vain is a fault of the page. Whatever goes wrong in the page unseen fails the test then: errors of scripts and on the console (the
 * breach of a Content-Security-Policy is one), and requests that fail.
 *
 *     await using browser = await aBrowser(t, { viewport: NARROW });
 *     browser.allow(/status of 401/);
 *     await browser.page.goto(server.url);
 */
export const aBrowser = async (t: TestContext, options: BrowserOptions = {}): Promise<Browsing> => {
  shared ??= launchChromium();
  const context = await (await shared).newContext(contextOf(options));
  context.setDefaultTimeout(PATIENCE_MS);
  const browsing = new Browsing(context, await context.newPage());
  t.after(async () => {
    await browsing[Symbol.asyncDispose]();
    // Node has had it since 21.7; its types have not.
    const { passed } = t as { readonly passed?: boolean };
    if (passed === false) t.diagnostic(`What the page looked like: ${browsing.keepPicture()}`);
  });
  return browsing;
};

export class Browsing implements AsyncDisposable {
  readonly context: BrowserContext;
  /** The first; others are opened with `context.newPage()` and watched too. */
  readonly page: Page;
  readonly #faults: string[] = [];
  readonly #allowed: RegExp[] = [];
  #last: { readonly picture: Buffer | undefined; readonly text: string } | undefined;

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    context.on('console', (message) => message.type() === 'error' && this.#note(describedMessage(message)));
    context.on('weberror', (error) => this.#note(`script: ${error.error().stack ?? String(error.error())}`));
    context.on(
      'requestfailed',
      (request) => isLeft(request) || this.#note(`request: ${request.url()} ${request.failure()?.errorText ?? ''}`),
    );
  }

  /** What the test brings about itself: such a fault is none. */
  allow(...patterns: readonly RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  get faults(): readonly string[] {
    return this.#faults.filter((fault) => !this.#allowed.some((pattern) => pattern.test(fault)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#last !== undefined) return;
    const timeout = 5000;
    const picture = await this.page.screenshot({ timeout }).catch(() => undefined);
    const text = await this.page.locator('body').ariaSnapshot({ timeout }).catch(String);
    this.#last = { picture, text: `${this.page.url()}\n\n${text}\n\n${this.#faults.join('\n')}\n` };
    await this.context.close();
    assert.deepEqual(this.faults, [], 'something went wrong in the page');
  }

  /** Writes how the page looked at its end, for a person to see; answers where. */
  keepPicture(): string {
    const folder = mkdtempSync(join(tmpdir(), 'switchback-page-'));
    if (this.#last?.picture !== undefined) writeFileSync(join(folder, 'page.png'), this.#last.picture);
    writeFileSync(join(folder, 'page.txt'), this.#last?.text ?? '');
    return folder;
  }

  #note(fault: string): void {
    if (this.#last === undefined) this.#faults.push(fault);
  }
}

/** Its location is the address of what could not be loaded, which the message leaves out. */
const describedMessage = (message: ConsoleMessage): string => `console: ${message.text()} (${message.location().url})`;

/** The page left, or did not want the answer any more. */
const isLeft = (request: Request): boolean => request.failure()?.errorText === 'net::ERR_ABORTED';
