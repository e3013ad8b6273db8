import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { sql } from 'kysely';
import { createApp } from '../../src/api/index.ts';
import { openAccount } from '../../src/control/index.ts';
import { openSqlite, Store } from '../../src/store/index.ts';
import { anApi, envelopeOf } from '../support/api.ts';
import { aFolder } from '../support/temporary.ts';

/** An API whose database a test can take away: the failures are SQLite's own. */
const aFragileApi = async (t: TestContext) => {
  const { api } = await anApi(t);
  const folder = await aFolder(t);
  const database = await openSqlite(folder);
  t.after(() => database.close());
  const store = new Store(database);
  const { account, operatorToken } = await openAccount({ ...api, store }, undefined);
  const logged: Readonly<Record<string, unknown>>[] = [];
  const app = createApp({ ...api, store, account, log: (_, detail) => void logged.push(detail) });
  const ask = async (method: string, path: string, body?: string) => {
    const response = await app.request(`/client/v4${path}`, {
      method,
      headers: { authorization: `Bearer ${operatorToken}` },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, envelope: await envelopeOf(response) };
  };
  const addZone = (name: string) => ask('POST', '/zones', JSON.stringify({ name }));
  const zones = async () => (await ask('GET', '/zones')).envelope.result;
  return { folder, database, store, logged, addZone, zones, pragma: (text: string) => sql.raw(`PRAGMA ${text}`).execute(database.db) };
};

const SENTENCES = [
  ['read-only', 'query_only = 1', 'query_only = 0', 'The database is read-only.'],
  ['full', 'max_page_count = 1', 'max_page_count = 1000000', 'The disk is full: the database cannot grow.'],
] as const;

for (const [what, takeAway, giveBack, sentence] of SENTENCES) {
  test(`[A-8] a database that is ${what} answers 503 with the reason, and serves again when it can`, async (t) => {
    const { addZone, zones, pragma, logged, store } = await aFragileApi(t);
    await addZone('before.example');
    const [before, audited] = [await zones(), await store.read.audit.count()];
    await pragma(takeAway);
    // The pages that there are may still have room for a row or two.
    const answers = [];
    for (let index = 0; index < 200 && answers.at(-1)?.status !== 503; index += 1)
      answers.push(await addZone(`${'x'.repeat(60)}.n${index}.example`));
    const failed = answers.at(-1);
    assert.equal(failed?.status, 503);
    assert.deepEqual(failed.envelope.errors, [{ code: 10013, message: `${sentence} Nothing was changed, and traffic is not affected.` }]);
    assert.match(String(logged.at(-1)?.['error']), /readonly|full/);
    const written = answers.length - 1;
    assert.equal(await store.read.audit.count(), audited + written, 'no audit row without its change');
    if (written === 0) assert.deepEqual(await zones(), before, 'reading goes on');
    await pragma(giveBack);
    assert.equal((await addZone('after.example')).status, 200);
  });
}

test('[A-8] a database that another program holds answers 503 with the reason', async (t) => {
  const { folder, addZone, zones } = await aFragileApi(t);
  const other = new DatabaseSync(join(folder, 'switchback.db'));
  other.exec('BEGIN IMMEDIATE');
  const { status, envelope } = await addZone('example.com');
  assert.deepEqual(
    [status, envelope.errors],
    [503, [{ code: 10013, message: 'The database is locked by another program. Nothing was changed, and traffic is not affected.' }]],
  );
  assert.deepEqual(await zones(), [], 'reading goes on');
  other.exec('ROLLBACK');
  other.close();
  assert.equal((await addZone('example.com')).status, 200);
});

test('[A-1] a failure of ours answers 500 in the envelope, with a number that the log has too', async (t) => {
  const { store, addZone, logged } = await aFragileApi(t);
  t.mock.method(store, 'change', () => Promise.reject(new TypeError('a bug of ours, with detail nobody else should read')));
  const { status, envelope } = await addZone('example.com');
  assert.equal(status, 500);
  const [error] = envelope.errors;
  assert.doesNotMatch(error?.message ?? '', /bug|detail/);
  const { id } = logged.at(-1) ?? {};
  assert.ok(typeof id === 'string' && error?.message.includes(id));
});

test('[A-9] a second process is refused a data directory that is open', async (t) => {
  const { folder } = await aFragileApi(t);
  await assert.rejects(openSqlite(folder), /is in use by another Switchback/);
});
