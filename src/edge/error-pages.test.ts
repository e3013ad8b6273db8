import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { PAGES, renderPage, type Page } from './error-pages.ts';

const RAY = '0123456789abcdef-SB';
const ACCEPTS = { html: 'text/html,application/xhtml+xml,*/*;q=0.8', json: 'application/json', text: '*/*' };

/** Every page in every form, as one text. To accept a change, put the new text where the test says. */
const allPages = (): string =>
  Object.keys(PAGES)
    .flatMap((page) => Object.entries(ACCEPTS).map(([form, accept]) => ({ page: page as Page, form, accept }))) // Keys of a Record<Page, …>.
    .map(({ page, form, accept }) => {
      const { status, headers, body } = renderPage(page, accept, RAY, PAGES[page].status === 503 && page !== 'no_table' ? 5 : undefined);
      const lines = headers.reduce((text, part, at) => text + (at % 2 === 0 ? `${part}: ` : `${part}\n`), '');
      return `=== ${page} as ${form}\n${status}\n${lines}\n${body}`;
    })
    .join('\n');

test('[E-70] every page of the edge, in HTML, JSON and text, is as reviewed in golden/error-pages.txt', async () => {
  const golden = await readFile(new URL('./golden/error-pages.txt', import.meta.url), 'utf8').catch(() => '');
  assert.equal(allPages(), golden);
});

const typeFor = (accept: string | undefined): string => renderPage('unknown_host', accept, RAY).headers[1] ?? '';

test('[E-71] a page comes in the form that the visitor prefers', () => {
  assert.match(typeFor(undefined), /^text\/plain/);
  assert.match(typeFor('*/*'), /^text\/plain/);
  assert.match(typeFor('text/html;q=0.5, application/json'), /^application\/json/);
  assert.match(typeFor('application/problem+json'), /^application\/json/);
  assert.match(typeFor('image/png'), /^text\/plain/);
  assert.match(typeFor('text/html;q=nonsense'), /^text\/plain/);
  assert.match(typeFor('text/html'), /^text\/html/);
});
