import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { matchesGlob, pathPattern } from './path-pattern.ts';

/** As Cloudflare makes a regular expression of a rule. */
const asRegExp = (rule: string): RegExp => {
  const escaped = rule.split('*').map((part) => part.replace(/[-/\\^$*+?.()|[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('(?<splat>.*)').replace(/:([A-Za-z]\w*)/g, '(?<$1>[^/]+)')}$`);
};

const rules = fc.array(fc.constantFrom('/', 'a', 'b', '-', ':x', ':y', '*'), { maxLength: 7 }).map((parts) => `/${parts.join('')}`);
const paths = fc.array(fc.constantFrom('/', 'a', 'b', '-'), { maxLength: 9 }).map((parts) => `/${parts.join('')}`);

const regExpOf = (rule: string): RegExp | undefined => {
  try {
    return asRegExp(rule);
  } catch {
    return undefined;
  }
};

test('[K-3] a rule matches what its regular expression would, and finds the same parts', () => {
  fc.assert(
    fc.property(rules, paths, (rule, path) => {
      const expected = regExpOf(rule);
      const pattern = pathPattern(rule);
      assert.equal(pattern === undefined, expected === undefined);
      const found = expected?.exec(path);
      assert.deepEqual(pattern?.match(path), found == null ? undefined : { ...found.groups });
    }),
    { numRuns: 3_000 },
  );
});

test('[K-3] a glob matches what its regular expression would', () => {
  const globs = fc.array(fc.constantFrom('/', 'a', 'b', '*'), { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(globs, paths, (glob, path) => {
      assert.equal(matchesGlob(glob, path), new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(path));
    }),
    { numRuns: 3_000 },
  );
});

/** Each fails only where all of it was looked at: at the front, which is looked at last. */
const UNWILLING = [
  ['/:i-:a:b:c:d:e:f:g', 'a'],
  ['/:i-:a-:b-:c-:d-:e-:f-:g', 'a-'],
  [`/:i${'a'.repeat(900)}*${'a'.repeat(900)}z:x`, 'a'],
  [`/*${'a'.repeat(1_800)}b:c`, 'a'],
] as const;

test('[K-8] two hundred rules of any kind take a request little time, whatever its path', () => {
  for (const [rule, part] of UNWILLING) {
    const pattern = pathPattern(rule);
    const path = `/${part.repeat(2_046 / part.length)}`;
    const began = performance.now();
    for (let each = 0; each < 200; each += 1) pattern?.match(path);
    // 10 to 40 ms; up to 1,100 where each place was tried by itself.
    assert.ok(performance.now() - began < 400, `${rule.slice(0, 30)}: ${performance.now() - began} ms`);
  }
});

test('[K-3] no rule makes a path take long: what would be tried a billion times is tried once each', () => {
  const pattern = pathPattern('/*:a:b:c:d:e:f!');
  const began = performance.now();
  for (let round = 0; round < 20; round += 1) assert.equal(pattern?.match(`/${'a'.repeat(2_000)}`), undefined);
  assert.equal(matchesGlob('/*a*a*a*a*a*a*a*a*a*a*!', `/${'a'.repeat(16_000)}`), false);
  // Milliseconds here; years if it were tried as a regular expression tries it.
  assert.ok(performance.now() - began < 5_000);
});
