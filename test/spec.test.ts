import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';

const root = dirname(import.meta.dirname);

/** The rules of SPEC.md, each a line `- **D-4** a split that …`. */
const rulesOf = (spec: string): string[] => [...spec.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(([, rule]) => rule ?? '');

/** The rules at the start of test names: a string that begins `[D-4]`, or `[D-4] [R-2]` for several. */
const rulesNamed = (source: string): string[] =>
  [...source.matchAll(/['"`]((?:\[[A-Z]+-\d+\] ?)+)/g)].flatMap(([, names]) =>
    [...(names ?? '').matchAll(/[A-Z]+-\d+/g)].map(([rule]) => rule),
  );

const written = rulesOf(readFileSync(join(root, 'SPEC.md'), 'utf8'));
const testFiles = globSync(['src/**/*.test.ts', 'test/*.test.ts', 'test/*/**/*.test.ts'], {
  cwd: root,
  exclude: ['test/clients/**', 'test/spec.test.ts'],
});
const tested = new Map(
  testFiles.flatMap((file) => rulesNamed(readFileSync(join(root, file), 'utf8')).map((rule) => [rule, file] as const)),
);

test('no rule of SPEC.md has a number twice', () => {
  assert.deepEqual(
    written.filter((rule, index) => written.indexOf(rule) !== index),
    [],
  );
});

test('every rule of SPEC.md is named by a test', () => {
  assert.deepEqual(
    written.filter((rule) => !tested.has(rule)),
    [],
  );
});

test('every rule that a test names stands in SPEC.md', () => {
  assert.deepEqual(
    [...tested].filter(([rule]) => !written.includes(rule)).map(([rule, file]) => `${rule} in ${file}`),
    [],
  );
});
