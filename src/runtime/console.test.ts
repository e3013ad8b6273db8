import assert from 'node:assert/strict';
import test from 'node:test';
import { hearing, meaningOf, type Said } from './console.ts';

/** Real lines of workerd 1.20261117.1. */
const LINES: readonly (readonly [line: string, said: Said])[] = [
  [
    'workerd/server/server/listen/mod.rs:372: error: Uncaught exception: workerd/jsg/value.h:1456: failed: remote.jsg.TypeError: x is not a function',
    { level: 'warn', text: 'Uncaught TypeError: x is not a function' },
  ],
  [
    'workerd/server/server/listen/mod.rs:372: error: Uncaught exception: workerd/io/io-context.c++:2052: failed: remote.jsg.Error: The Workers runtime canceled this request',
    { level: 'warn', text: 'Uncaught Error: The Workers runtime canceled this request' },
  ],
  [
    'workerd/jsg/util.c++:320: error: e = rust/worker/ffi.rs:104: failed: connecting to 127.0.0.1:1 is not allowed',
    { level: 'warn', text: 'The runtime: connecting to 127.0.0.1:1 is not allowed' },
  ],
  [
    'stack: /srv/workerd@2b5edc0 /srv/workerd@3fe4230; sentryErrorContext = jsgInternalError; wdErrId = rher63svpcdg9ds4l82ejfs5',
    {
      level: 'debug',
      text: 'stack: /srv/workerd@2b5edc0 /srv/workerd@3fe4230; sentryErrorContext = jsgInternalError; wdErrId = rher63svpcdg9ds4l82ejfs5',
    },
  ],
  ['err Error: in err', { level: 'info', text: 'err Error: in err' }],
  ['    at Object.fetch (index.js:8:147)', { level: 'info', text: '    at Object.fetch (index.js:8:147)' }],
  ['stack: overflow', { level: 'info', text: 'stack: overflow' }],
];

for (const [line, said] of LINES) {
  test(`[X-33] this is told at ${said.level}: ${line.slice(0, 80)}`, () => assert.deepEqual(meaningOf(line), said));
}

test('[X-33] a version that fails at each of its requests does not flood the log of who asked for warnings only', () => {
  const told: Said[] = [];
  const hear = hearing((said) => told.push(said));
  // Fewer seconds begin while this loop runs than it has rounds.
  for (let round = 0; round < 2000; round += 1) hear('workerd/a.rs:1: error: Uncaught exception: remote.jsg.Error: no');
  assert.equal(told.length, 2000);
  const warned = told.filter(({ level }) => level === 'warn').length;
  assert.ok(warned >= 10 && warned < 200, `${warned} warnings`);
});
