import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { apiConnectionsWithin, visitorsWithin } from './open-files.ts';

const MODULE = join(import.meta.dirname, 'open-files.ts');

test('connections take three files of four at most, and a visitor needs two', () => {
  assert.deepEqual([256, 1024, 20_000, 1_048_576].map(visitorsWithin), [96, 384, 7_500, 393_216]);
  assert.deepEqual([apiConnectionsWithin(256), apiConnectionsWithin(1_048_576), apiConnectionsWithin()], [192, 1_000, 1_000]);
});

test('the limit is the one the operating system holds this process to', async () => {
  const script = `import { openFilesLimit } from ${JSON.stringify(MODULE)}; console.log(openFilesLimit())`;
  const command = `ulimit -n 256; exec ${JSON.stringify(process.execPath)} --input-type=module -e ${JSON.stringify(script)}`;
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command]);
  assert.equal(stdout.trim(), '256');
});
