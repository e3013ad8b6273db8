import assert from 'node:assert/strict';
import test from 'node:test';
import { fileFor } from './html-handling.ts';
import type { HtmlHandling } from './manifest.ts';

/** The files of Cloudflare's own example (https://developers.cloudflare.com/workers/static-assets/routing/advanced/html-handling/). */
const FILES = new Set(['/file.html', '/folder/index.html', '/index.html', '/plain.txt']);

/** What each path leads to: `=` a file, `>` a redirect, `-` nothing; for each handling in turn. */
const ORDER: readonly HtmlHandling[] = ['auto-trailing-slash', 'force-trailing-slash', 'drop-trailing-slash', 'none'];
const TABLE: Readonly<Record<string, readonly [string, string, string, string]>> = {
  '/': ['=/index.html', '=/index.html', '=/index.html', '-'],
  '/index': ['>/', '>/', '>/', '-'],
  '/index.html': ['>/', '>/', '>/', '=/index.html'],
  '/file': ['=/file.html', '>/file/', '=/file.html', '-'],
  '/file.html': ['>/file', '>/file/', '>/file', '=/file.html'],
  '/file/': ['>/file', '=/file.html', '>/file', '-'],
  '/file/index': ['>/file', '>/file/', '>/file', '-'],
  '/file/index.html': ['>/file', '>/file/', '>/file', '-'],
  '/folder': ['>/folder/', '>/folder/', '=/folder/index.html', '-'],
  '/folder.html': ['>/folder/', '>/folder/', '>/folder', '-'],
  '/folder/': ['=/folder/index.html', '=/folder/index.html', '>/folder', '-'],
  '/folder/index': ['>/folder/', '>/folder/', '>/folder', '-'],
  '/folder/index.html': ['>/folder/', '>/folder/', '>/folder', '=/folder/index.html'],
  '/plain.txt': ['=/plain.txt', '=/plain.txt', '=/plain.txt', '=/plain.txt'],
  '/plain.txt/': ['-', '-', '-', '-'],
  '/nothing': ['-', '-', '-', '-'],
};

for (const [path, expected] of Object.entries(TABLE)) {
  test(`[K-3] ${path} leads where Cloudflare's table says`, () => {
    const said = ORDER.map((handling) => {
      const found = fileFor(path, handling, (file) => FILES.has(file));
      if (found === undefined) return '-';
      return 'path' in found ? `=${found.path}` : `>${found.redirect}`;
    });
    assert.deepEqual(said, expected);
  });
}
