import assert from 'node:assert/strict';
import test from 'node:test';
import { placeIn } from './fault-place.ts';

const file = (name: string, text: string | undefined = '') => ({ name, contentType: 'application/javascript+module', text, from: name });
const edit = { entry: 'worker.js', files: [file('worker.js'), file('lib/two words.js'), { ...file('add.wasm'), text: undefined }] };

test('[UI-133] the place that a refusal of code names is found in the files of the edit, and nowhere else', () => {
  const at = (where: string) => placeIn(`Uncaught SyntaxError: missing ) after argument list\n  at ${where}`, edit);
  assert.deepEqual(at('file:///bundle/worker.js:3:30'), { file: 'worker.js', line: 3, column: 30 });
  assert.deepEqual(at('worker.js:3:30'), { file: 'worker.js', line: 3, column: 30 });
  assert.deepEqual(at('start (file:///bundle/lib/two%20words.js:1:2)'), { file: 'lib/two words.js', line: 1, column: 2 });
  assert.deepEqual(at('node-internal:x:9:9\n  at worker.js:12:1'), { file: 'worker.js', line: 12, column: 1 });
  for (const where of ['file:///bundle/other.js:3:30', 'add.wasm:1:1', 'file:///bundle/%E0%A4%A.js:1:1', 'worker.js'])
    assert.equal(at(where), undefined);
  assert.equal(placeIn('The script is too large.', edit), undefined);
});

test('[UI-133] code of the older syntax is one script, by whatever name a runtime calls it', () => {
  assert.deepEqual(placeIn('SyntaxError\n  at main:2:5', { entry: 'script', files: [file('script')] }, true), {
    file: 'script',
    line: 2,
    column: 5,
  });
});
