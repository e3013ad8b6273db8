import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { aControlPlane } from '../../test/support/control-plane.ts';
import { DAMAGES, damaged, numbersOf } from '../../test/support/damage.ts';
import { tokenHash } from '../control/index.ts';
import { openCredentials } from './credentials.ts';

const URL = 'http://127.0.0.1:7450';

const aStart = async (t: TestContext) => {
  const { control, folder } = await aControlPlane(t);
  const file = join(folder, 'credentials');
  const said: string[] = [];
  /** What each start does; answers what the file holds then. */
  const start = async (): Promise<Record<string, string>> => {
    const { account, write } = await openCredentials(control, file, (event) => said.push(event));
    await write(URL);
    const content = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    assert.deepEqual([content['account_id'], content['control_url'], statSync(file).mode & 0o777], [account.id, URL, 0o600]);
    return content;
  };
  const works = async (token: string | undefined) => (await control.store.read.tokens.byHash(tokenHash(token ?? ''))) !== undefined;
  return { file, said, start, works };
};

test('the credentials are the same after a restart, and others once they were deleted', async (t) => {
  const { file, said, start, works } = await aStart(t);
  const first = await start();
  assert.deepEqual(await start(), first);
  rmSync(file);
  const { api_token: second } = await start();
  assert.deepEqual([await works(first['api_token']), await works(second), said], [false, true, []]);
});

test('[A-13] whatever happens to the credentials file, the token that stood there works on, and a new file has one that works', async (t) => {
  const { file, said, start, works } = await aStart(t);
  const first = await start();
  const bytes = readFileSync(file);
  const number = numbersOf('credentials');
  let noticed = 0;
  for (let round = 0; round < DAMAGES; round += 1) {
    const bad = damaged(bytes, number);
    writeFileSync(file, bad);
    const { api_token: token } = await start();
    assert.ok((await works(token)) && (await works(first['api_token'])), `round ${round}`);
    // What touches the other fields, or the spaces between them, leaves the token readable: those are written anew at each start.
    if (token === first['api_token']) continue;
    noticed += 1;
    assert.equal(said.length, noticed, `round ${round}`);
    assert.deepEqual(readFileSync(`${file}.damaged`), bad);
  }
  assert.ok(noticed > DAMAGES / 3);
  assert.match(said[0] ?? '', /has a new token now, and the one before works on/);
});
