import type { Page } from 'playwright-core';
import type { Server } from '../../test/support/server.ts';

/** What a picture may need of the shop. */
export interface Shop {
  readonly server: Server;
  /** The ids of a Worker's newest versions, by number. */
  readonly version: (worker: string, number: number) => string;
  /** The deployment that serves of `checkout`. */
  readonly deployment: string;
  /** One call by somebody of the shop. A path without a slash in front is one of the account's. */
  readonly as: (who: string, method: string, path: string, body?: unknown) => Promise<unknown>;
}

export interface Screen {
  readonly name: string;
  /** What stands above it in the list of pictures. */
  readonly title: string;
  readonly path: (shop: Shop) => string;
  /** Before the page is opened. */
  readonly arrange?: (page: Page, shop: Shop) => Promise<unknown>;
  /** What is done there before the picture is taken. */
  readonly prepare?: (page: Page, shop: Shop) => Promise<unknown>;
  /** After it, so that the next one finds the shop as it was. */
  readonly restore?: (page: Page, shop: Shop) => Promise<unknown>;
  /** What lies over the page is as high as the window, and the window stays as it is. */
  readonly isOver?: true;
  readonly isSignedOut?: true;
  /** Something is always missing here: it is not waited for until the page has all that it asks for. */
  readonly isNeverWhole?: true;
}

export const at = (path: string) => (): string => path;
