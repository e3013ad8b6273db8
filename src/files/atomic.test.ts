import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { aFolder } from '../../test/support/temporary.ts';
import { replaceFile } from './atomic.ts';

test('a file is replaced whole, readable by its owner only, and nothing else stays in the folder', async (t) => {
  const folder = await aFolder(t);
  const path = join(folder, 'table.json');
  await replaceFile(path, 'first');
  await replaceFile(path, new Uint8Array([0, 255]));
  assert.deepEqual([...(await readFile(path))], [0, 255]);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await replaceFile(path, 'for all', 0o644);
  assert.equal((await stat(path)).mode & 0o777, 0o644);
  assert.deepEqual(await readdir(folder), ['table.json']);
});

test('a reader sees the old content or the new one, never a part', async (t) => {
  const path = join(await aFolder(t), 'table.json');
  const contents = ['a', 'b'].map((letter) => letter.repeat(2_000_000));
  await replaceFile(path, contents[0]!);
  const writing = (async () => {
    for (let round = 0; round < 10; round += 1) await replaceFile(path, contents[round % 2]!);
    return 'done';
  })();
  const look = async () => assert.ok(contents.includes(await readFile(path, 'utf8')));
  while ((await Promise.race([writing, look()])) !== 'done');
});

test('what cannot be written leaves the old content, no temporary file, and an error that names the file and the cause', async (t) => {
  const folder = await aFolder(t);
  const path = join(folder, 'taken');
  await mkdir(path);
  await writeFile(join(path, 'inside'), 'stays');
  await assert.rejects(replaceFile(path, 'x'), (error: Error) => error.message.includes(path) && error.cause instanceof Error);
  assert.deepEqual(await readdir(folder), ['taken']);
  assert.equal(await readFile(join(path, 'inside'), 'utf8'), 'stays');
});
