import assert from 'node:assert/strict';
import test from 'node:test';
import { isHashedPath, isPage } from './hashed-path.ts';

test('[K-4] a path as bundlers write it is told from one that people do', () => {
  const hashed = [
    '/assets/index-B4kf9aQz.js',
    '/main.3f2a9c1b.css',
    '/_next/static/x81Kd02ls/app.js',
    '/a/index-B_x1-tyz.js',
    '/chunks/BXr2pTQa.js',
    '/index.DiwrgTda.js',
  ];
  const plain = [
    '/',
    '/index.html',
    '/style.css',
    '/about-our-company',
    '/docs/getting-started.html',
    '/jquery.min.js',
    '/favicon.ico',
    '/my-component.js',
  ];
  assert.deepEqual([hashed.filter((path) => !isHashedPath(path)), plain.filter((path) => isHashedPath(path))], [[], []]);
});

const file = (path: string, contentType?: string) => ({ path, contentType, digest: '', size: 0, hash: '' });

test('[K-4] a page is one by its name or by its type', () => {
  assert.deepEqual([file('/a.html'), file('/a', 'text/html; charset=utf-8'), file('/a.js', 'text/javascript')].map(isPage), [
    true,
    true,
    false,
  ]);
});
