import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aFolder, ONE, SCRIPT } from '../testing.ts';
import { sourceMapped } from './source-mapped.ts';
import { topFrame } from '../archive/fingerprint.ts';
import { mappedStack, SourceMaps } from './source-maps.ts';

/** Line 1, column 1 of the module is line 3, column 5 of the source (VLQ `AAEI`). */
const MAP = JSON.stringify({ version: 3, sources: ['src/pay.ts'], names: [], mappings: 'AAEI' });

const stored = (folder: string, text: string, digest = createHash('sha256').update(text).digest('hex')): string => {
  mkdirSync(join(folder, digest.slice(0, 2)), { recursive: true });
  writeFileSync(join(folder, digest.slice(0, 2), digest), text);
  return digest;
};

const thrown = (stack: string) => [{ name: 'Error', message: 'no', stack, timestamp: 0 }];

const STACK =
  'Error: no\n    at pay (index.js:1:1)\n    at index.js:1:9\n    at async other.js:1:1\n    at async index.js:1:1\n    at <anonymous>';

test('[OB-25] frames are as the sources have them; one of a module without a map stays', async (t) => {
  const folder = aFolder(t);
  const version = { id: ONE, script: SCRIPT, sourceMaps: { 'index.js': stored(folder, MAP) } };
  const [mapped] = await sourceMapped(thrown(STACK), version, new SourceMaps(folder));
  assert.equal(
    mapped?.stack,
    'Error: no\n    at pay (src/pay.ts:3:5)\n    at src/pay.ts:3:5\n    at async other.js:1:1\n    at async src/pay.ts:3:5\n    at <anonymous>',
  );
});

test('[OB-25] a map that is not there, is no map, or is not what its digest says changes nothing', async (t) => {
  const folder = aFolder(t);
  const maps = new SourceMaps(folder);
  const digests = ['0'.repeat(64), stored(folder, '{"version":3'), stored(folder, '[]'), stored(folder, MAP, 'a'.repeat(64))];
  for (const digest of digests) {
    const exceptions = thrown(STACK);
    assert.deepEqual(await sourceMapped(exceptions, { id: ONE, script: SCRIPT, sourceMaps: { 'index.js': digest } }, maps), exceptions);
  }
});

test('maps are kept as long as there is room: of many the last ones', async (t) => {
  const folder = aFolder(t);
  const maps = new SourceMaps(folder);
  const digests = Array.from({ length: 200 }, (_, index) => stored(folder, MAP.replace('pay', `pay${index}`)));
  for (const digest of digests) assert.ok(await maps.map(digest, SCRIPT));
  assert.equal(await maps.map(digests[199] ?? '', SCRIPT), await maps.map(digests[199] ?? '', SCRIPT), 'it was kept');
});

test('[OB-29] no stack, whatever is in it, holds up the process for long', async (t) => {
  const folder = aFolder(t);
  const map = await new SourceMaps(folder).map(stored(folder, MAP), SCRIPT);
  const long = 200_000;
  const stacks = [' ', '\n', 'at ', ' (', ':1', '1', ':', '    at (', '    at x:1:1'].map(
    (text) => `    at ${text.repeat(long / text.length)}`,
  );
  const before = performance.now();
  for (const stack of stacks) {
    assert.equal(mappedStack(`${stack}!`, () => map).length > 0, true);
    assert.ok(topFrame(`${stack.slice(4)}!`).length <= 500);
  }
  // It takes some milliseconds, and took minutes.
  assert.ok(performance.now() - before < 5_000);
});

const large = (name: string): string =>
  JSON.stringify({ ...(JSON.parse(MAP) as object), sources: [name], mappings: 'AAEI,'.repeat(180_000) });

test('[OB-25] a Worker has maps read in a share of the time; another one, and what was read, is not held up by it', async (t) => {
  const folder = aFolder(t);
  const maps = new SourceMaps(folder);
  const read: string[] = [];
  // Each takes a share of what it may have; on a fast machine more of them are read.
  for (let index = 0; index < 50; index += 1) {
    const digest = stored(folder, large(`source-${index}`));
    if ((await maps.map(digest, SCRIPT)) === undefined) break;
    read.push(digest);
  }
  const [one = ''] = read;
  assert.ok(read.length > 0 && read.length < 50, `it had its share after ${read.length}`);
  assert.ok(await maps.map(one, SCRIPT));
  assert.ok(await maps.map(stored(folder, large('another')), 'other'));
  const tooLarge = stored(folder, large('x').replace('AAEI', 'AAEI,'.repeat(30_000)));
  assert.equal(await maps.map(tooLarge, 'third'), undefined);
});
