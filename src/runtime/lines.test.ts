import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import test from 'node:test';
import { readOutput } from './lines.ts';

const read = async (chunks: readonly (string | Buffer)[]): Promise<{ lines: string[]; tail: string }> => {
  const lines: string[] = [];
  const stream = new PassThrough();
  const tail = readOutput(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return { lines, tail: tail() };
};

test('lines arrive whole, also when a chunk ends in the middle of a line or of a character', async () => {
  const bytes = Buffer.from('é\n');
  assert.deepEqual((await read(['on', 'e\n\ntwo\nth', 'ree\n', bytes.subarray(0, 1), bytes.subarray(1)])).lines, [
    'one',
    'two',
    'three',
    'é',
  ]);
});

test('[I9] an endless line and endless output are bounded', async () => {
  const { lines, tail } = await read([...Array.from({ length: 64 }, () => 'x'.repeat(4096)), '\nend\n']);
  assert.deepEqual([lines.map(({ length }) => length), tail.length], [[8192, 3], 8192]);
});

test('[I9] a flood of lines is cut, and the cut is told', async () => {
  const { lines } = await read([Buffer.from('x\n'.repeat(5000))]);
  assert.ok(lines.length >= 500 && lines.length <= 1001, `${lines.length} lines`);
});
