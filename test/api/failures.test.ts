import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { sql } from 'kysely';
import { createApp } from '../../src/api/index.ts';
import { openAccount, Publisher } from '../../src/control/index.ts';
import { openSqlite, Store } from '../../src/store/index.ts';
import { anApi, envelopeOf } from '../support/api.ts';
import { aFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';

/** An API whose database a test can take away: the failures are SQLite's own. */
const aFragileApi = async (t: TestContext) => {
  const { api } = await anApi(t);
  const folder = await aFolder(t);
  const database = await openSqlite(folder);
  t.after(() => database.close());
  const store = new Store(database);
  const { account, operatorToken } = await openAccount({ ...api, store }, undefined);
  const logged: Readonly<Record<string, unknown>>[] = [];
  const publisher = new Publisher({ store, feed: api.feed, baseDomain: 'localhost', log: () => {} });
  t.after(() => publisher.close());
  const app = createApp({ ...api, store, account, publisher, log: (_, detail) => void logged.push(detail) });
  const ask = async (method: string, path: string, body?: string) => {
    const response = await app.request(`/client/v4${path}`, {
      method,
      headers: { authorization: `Bearer ${operatorToken}` },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, envelope: await envelopeOf(response) };
  };
  const get = async (path: string) => {
    const response = await app.request(path, { headers: { authorization: `Bearer ${operatorToken}` } });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const setSubdomain = (subdomain: string) => ask('PUT', `/accounts/${account.id}/workers/subdomain`, JSON.stringify({ subdomain }));
  const addZone = (name: string) => ask('POST', '/zones', JSON.stringify({ name }));
  const zones = async () => (await ask('GET', '/zones')).envelope.result;
  return {
    account,
    folder,
    database,
    store,
    logged,
    get,
    setSubdomain,
    addZone,
    zones,
    pragma: (text: string) => sql.raw(`PRAGMA ${text}`).execute(database.db),
  };
};

test('[A-8] what another half cannot answer is logged in one line, and not again for each page that asks', async (t) => {
  const { get, logged, account } = await aFragileApi(t);
  const { status: made } = await get(`/client/v4/accounts/${account.id}/workers/scripts`);
  assert.equal(made, 200);
  const asked = await Promise.all([1, 2, 3].map(() => get('/switchback/v1/observability')));
  assert.deepEqual(new Set(asked.map(({ status }) => status)), new Set([503]));
  assert.equal(logged.length, 1);
  assert.doesNotMatch(JSON.stringify(logged), /\\n| at /, 'no stack');
});

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

test('[A-15] a change whose answer could not be made is said to be stored, and not that nothing was changed', async (t) => {
  const { addZone, zones, store, logged } = await aFragileApi(t);
  const committed = store.change.bind(store);
  // What a handler reads after its change, and what the machine does to it then.
  t.mock.method(store, 'change', async (...given: Parameters<typeof committed>) => {
    await committed(...given);
    throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  });
  const { status, envelope } = await addZone('stored.example');
  assert.deepEqual(
    [status, envelope.errors],
    [
      503,
      [
        {
          code: 10013,
          message:
            'The database could not be read or written (I/O error). What was asked for had been stored by then, at least in part: ' +
            'look at it, or at the audit log, before you send it again. Traffic is not affected.',
        },
      ],
    ],
  );
  assert.deepEqual([((await zones()) as unknown[]).length, logged.at(-1)?.['isStored']], [1, true]);
});

const UNSYNCED = 1034; // SQLITE_IOERR_FSYNC
const UNWRITTEN = 778; // SQLITE_IOERR_WRITE

for (const [errcode, outcome] of [
  [
    UNSYNCED,
    /^The database .* \(I\/O error\)\. Whether it is stored is not known, for the disk did not confirm it: .* Traffic is not affected\.$/,
  ],
  [UNWRITTEN, /^The database .* \(I\/O error\)\. Nothing was changed, and traffic is not affected\.$/],
] as const) {
  test(`[A-15] a commit that itself fails, with code ${errcode}, is answered with what is known of it`, async (t) => {
    const { addZone, logged } = await aFragileApi(t);
    const prepare = DatabaseSync.prototype.prepare;
    const failing = t.mock.method(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, text: string) {
      const statement = prepare.call(this, text);
      if (text !== 'commit') return statement;
      return Object.assign(statement, {
        run: () => {
          throw Object.assign(new Error('disk I/O error'), { errcode });
        },
      });
    });
    const { status, envelope } = await addZone('doubted.example');
    failing.mock.restore();
    assert.equal(status, 503);
    assert.match(envelope.errors[0]?.message ?? '', outcome);
    assert.deepEqual([logged.at(-1)?.['isStored'], logged.at(-1)?.['isInDoubt']], [false, errcode === UNSYNCED]);
    assert.equal((await addZone('next.example')).status, 200);
  });
}

test('[A-15] a change is answered as made although the database is gone before the edges have confirmed it', async (t) => {
  const { setSubdomain, store, database } = await aFragileApi(t);
  const { meta } = store.read;
  const leave = store.onCommit(() => {
    t.mock.method(meta, 'generation', () => Promise.reject(Object.assign(new Error('disk I/O error'), { errcode: 10 })));
  });
  const answer = await setSubdomain('team');
  leave();
  assert.deepEqual([answer.status, answer.envelope.result], [200, { subdomain: 'team' }]);
  assert.equal((await database.db.selectFrom('audit').selectAll().execute()).at(-1)?.action, 'subdomain.set');
});

test('[A-15] of two requests at once the one that failed before it changed anything says so, whatever the other did', async (t) => {
  const { addZone, store } = await aFragileApi(t);
  const committed = store.change.bind(store);
  const { promise: otherIsStored, resolve: tellStored } = Promise.withResolvers<void>();
  let asked = 0;
  t.mock.method(store, 'change', async (...given: Parameters<typeof committed>) => {
    if (++asked === 1) {
      await otherIsStored;
      throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
    }
    return committed(...given).finally(tellStored);
  });
  const [failed, made] = await Promise.all([addZone('one.example'), addZone('two.example')]);
  assert.deepEqual([failed.status, made.status], [503, 200]);
  assert.match(failed.envelope.errors[0]?.message ?? '', /Nothing was changed/);
});

test('[A-8] a change waits for a program that holds the database shortly, and calls that read go on meanwhile', async (t) => {
  const { folder, addZone, zones } = await aFragileApi(t);
  using other = new DatabaseSync(join(folder, 'switchback.db'));
  other.exec('BEGIN EXCLUSIVE');
  const adding = addZone('example.com');
  assert.deepEqual(await zones(), []);
  other.exec('ROLLBACK');
  assert.equal((await adding).status, 200);
});

test('[D-14] readiness and status say that the edges cannot be told what is stored, until they can', async (t) => {
  const { folder, store, get, setSubdomain } = await aFragileApi(t);
  const alter = (from: string, to: string): void => {
    using other = new DatabaseSync(join(folder, 'switchback.db'));
    other.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
  };
  const said = async () => [
    (await get('/readyz')).status,
    ((await get('/switchback/v1/status')).body as { result: { behind: unknown } }).result.behind,
  ];
  assert.deepEqual(await said(), [200, null]);
  const leave = store.onCommit(() => alter('domains', 'away'));
  await setSubdomain('team');
  leave();
  await until('readiness says so', async () => (await said())[0] === 503);
  assert.match(String((await said())[1]), /^Generation 1 is stored and could not be read for the edges: .*no such table: domains/);
  alter('away', 'domains');
  await until('it is over', async () => (await said())[0] === 200);
  assert.deepEqual(await said(), [200, null]);
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
