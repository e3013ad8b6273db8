import assert from 'node:assert/strict';
import test from 'node:test';
import { countLines } from './diff-view.ts';

const counted = (before: string, after: string): readonly [number, number] => {
  const { added, removed } = countLines(before, after);
  return [added, removed];
};

test('lines that came and went are counted, also of a file that is new, gone or the same', () => {
  assert.deepEqual(counted('a\nb\nc\n', 'a\nB\nc\n'), [1, 1]);
  assert.deepEqual(counted('a\nb\n', 'a\nb\nc\nd\n'), [2, 0]);
  assert.deepEqual(counted('', 'a\nb\n'), [2, 0]);
  assert.deepEqual(counted('a\nb\n', ''), [0, 2]);
  assert.deepEqual(counted('a\n', 'a\n'), [0, 0]);
});
