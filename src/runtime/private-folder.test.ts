import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { privateFolder } from './private-folder.ts';

/** The folder for runtimes of a data directory of its own, with this as the folder for temporary files. */
const folderUnder = async (t: TestContext, temporary: string): Promise<string> => {
  const before = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = temporary;
  try {
    const folder = await privateFolder('run', join(temporary, 'data'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } finally {
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = before;
  }
};

const aFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sb-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

test('the folder is the same each time, and only its user can enter it', async (t) => {
  const temporary = aFolder(t);
  const folder = await folderUnder(t, temporary);
  assert.equal(await folderUnder(t, temporary), folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test("where the folder for temporary files has a long name, /tmp stands in: a socket's path must fit", async (t) => {
  const long = join(aFolder(t), 'x'.repeat(90));
  mkdirSync(long);
  assert.match(await folderUnder(t, long), /^\/tmp\/switchback-run-/);
});

test('a folder that others can enter is refused', async (t) => {
  const temporary = aFolder(t);
  chmodSync(await folderUnder(t, temporary), 0o755);
  await assert.rejects(folderUnder(t, temporary), /only this user can enter/);
});
