import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import { anApi, type TestApi } from '../support/api.ts';
import { aWorker } from '../support/worker-form.ts';

const aDatabase = async (t: TestContext, sql = '') => {
  const api = await anApi(t, { hasData: true });
  const { uuid } = await api.ok('createD1Database', {}, { json: { name: 'shop' } });
  const run = (text: string, params?: readonly unknown[]) =>
    api.ok('queryD1Database', { database: uuid }, { json: { sql: text, ...(params && { params }) } });
  const rows = async (text: string, params?: readonly unknown[]) => (await run(text, params)).at(-1)?.results;
  if (sql !== '') await run(sql);
  return { api, uuid, run, rows };
};

const NOBODY = '00000000-0000-4000-8000-000000000000';

test('a database is made, listed, found by id and by name, and deleted', async (t) => {
  const { api, uuid, run } = await aDatabase(t);
  await api.ok('createD1Database', {}, { json: { name: 'shoes', primary_location_hint: 'weur', jurisdiction: 'eu' } });
  await run('CREATE TABLE one(a); CREATE TABLE two(b)');
  const byName = await api.ok('getD1Database', { database: 'shop' });
  assert.deepEqual(byName, await api.ok('getD1Database', { database: uuid }));
  assert.deepEqual([byName.uuid, byName.name, byName.num_tables, byName.version], [uuid, 'shop', 2, 'production']);
  assert.ok((byName.file_size ?? 0) > 4096);
  assert.deepEqual(await api.ok('getD1Database', { database: 'shop' }, { query: { fields: 'uuid,name' } }), { uuid, name: 'shop' });
  const names = async (query: Record<string, string | number>) => (await api.ok('listD1Databases', {}, { query })).map(({ name }) => name);
  assert.deepEqual(await names({}), ['shoes', 'shop']);
  assert.deepEqual(await names({ page: 2, per_page: 1 }), ['shop']);
  assert.deepEqual(await names({ page: 3, per_page: 1 }), []);
  assert.deepEqual(await names({ name: 'oes' }), ['shoes']);
  await api.ok('deleteD1Database', { database: uuid });
  assert.deepEqual(await names({}), ['shoes']);
  assert.equal((await api.refused('getD1Database', { database: 'shop' })).code, 7404);
});

test('names that are taken or cannot be, replicas and Time Travel are refused with their reason', async (t) => {
  const { api, uuid } = await aDatabase(t);
  const refused = (name: string) => api.refused('createD1Database', {}, { json: { name } });
  assert.deepEqual([(await refused('shop')).status, (await refused('shop')).code], [400, 7502]);
  for (const name of ['', 'a b', 'a/b', '-a', 'x'.repeat(65), NOBODY]) assert.equal((await refused(name)).code, 7400, name);
  const auto = { read_replication: { mode: 'auto' as const } };
  assert.match((await api.refused('patchD1Database', { database: uuid }, { json: auto })).message, /no replicas/);
  const disabled = { read_replication: { mode: 'disabled' as const } };
  assert.equal((await api.ok('putD1Database', { database: uuid }, { json: disabled })).read_replication.mode, 'disabled');
  const travel = await api.refused('restoreD1Database', { database: uuid });
  assert.deepEqual([travel.status, travel.message], [403, 'Switchback does not offer D1 Time Travel yet.']);
  assert.equal((await api.refused('getD1Bookmark', { database: uuid })).status, 403);
});

test('an unknown database is refused with 7404 by every call', async (t) => {
  const api = await anApi(t, { hasData: true });
  const database = NOBODY;
  const codes = [
    await api.refused('getD1Database', { database }),
    await api.refused('deleteD1Database', { database }),
    await api.refused('patchD1Database', { database }, { json: {} }),
    await api.refused('queryD1Database', { database }, { json: { sql: 'SELECT 1' } }),
    await api.refused('rawD1Database', { database }, { json: { sql: 'SELECT 1' } }),
    await api.refused('importD1Database', { database }, { json: { action: 'init', etag: 'x' } }),
    await api.refused('exportD1Database', { database }, { json: { output_format: 'polling' } }),
    await api.refused('getD1Bookmark', { database }),
  ].map(({ status, code }) => [status, code]);
  assert.deepEqual(new Set(codes.map(String)), new Set(['404,7404']));
});

test('statements have a result each; parameters are bound; rows are objects or lists', async (t) => {
  const { api, uuid, run, rows } = await aDatabase(t);
  const done = await run("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t(v) VALUES('a;b'), ('c'); -- done\nSELECT * FROM t");
  assert.deepEqual(
    done.map(({ results, meta }) => [results, meta.changes]),
    [
      [[], 0],
      [[], 2],
      [
        [
          { id: 1, v: 'a;b' },
          { id: 2, v: 'c' },
        ],
        0,
      ],
    ],
  );
  const values = await rows('SELECT ?1 AS one, ?2 AS two, ?3 AS three, hex(?4) AS four', ['x', 1.5, null, [1, 255]]);
  assert.deepEqual(values, [{ one: 'x', two: 1.5, three: null, four: '01FF' }]);
  const raw = await api.ok('rawD1Database', { database: uuid }, { json: { sql: 'SELECT id, v FROM t WHERE v = ?', params: ['c'] } });
  assert.deepEqual(raw[0]?.results, { columns: ['id', 'v'], rows: [[2, 'c']] });
  const batch = { batch: [{ sql: 'INSERT INTO t(v) VALUES(?)', params: ['d'] }, { sql: 'SELECT count(*) AS n FROM t' }] };
  assert.deepEqual((await api.ok('queryD1Database', { database: uuid }, { json: batch }))[1]?.results, [{ n: 3 }]);
});

test('bad SQL is refused with 7500 in the words of SQLite, and nothing of its text is done', async (t) => {
  const { api, uuid, rows } = await aDatabase(t, 'CREATE TABLE t(v UNIQUE)');
  const refused = async (sql: string, params: readonly unknown[] = []) => {
    const { status, code, message } = await api.refused('queryD1Database', { database: uuid }, { json: { sql, params } });
    assert.deepEqual([status, code], [400, 7500], sql);
    return message;
  };
  assert.match(await refused('SELECT * FROM nope'), /no such table: nope: SQLITE_ERROR/);
  assert.match(await refused('INSERT INTO t VALUES(1); INSERT INTO t VALUES(1)'), /UNIQUE constraint failed: t.v: SQLITE_CONSTRAINT/);
  assert.match(await refused('SELEC 1'), /near "SELEC": syntax error/);
  assert.match(await refused("SELECT 'a"), /unrecognized token|incomplete input/);
  assert.match(await refused('SELECT ?, ?', [1]), /Wrong number of parameter bindings/);
  assert.match(await refused('-- nothing'), /No SQL statements detected/);
  assert.match(await refused('BEGIN TRANSACTION'), /transaction/);
  assert.match(await refused('SELECT * FROM _cf_KV'), /access|prohibited|not authorized|no such table/);
  assert.deepEqual(await rows('SELECT count(*) AS n FROM t'), [{ n: 0 }]);
});

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** Does what wrangler does with a file. */
const imported = async (api: TestApi, database: string, sql: string) => {
  const etag = md5(sql);
  const init = await api.ok('importD1Database', { database }, { json: { action: 'init', etag } });
  assert.ok('upload_url' in init);
  const sent = await api.send('PUT', new URL(init.upload_url).pathname, { token: null, body: sql });
  assert.deepEqual([sent.status, sent.headers.get('etag')], [200, `"${etag}"`]);
  let progress = await api.ok('importD1Database', { database }, { json: { action: 'ingest', etag, filename: init.filename } });
  while ('status' in progress && progress.status === 'active')
    progress = await api.ok('importD1Database', { database }, { json: { action: 'poll', current_bookmark: progress.at_bookmark } });
  assert.ok('status' in progress);
  return { ...progress, init };
};

const exported = async (api: TestApi, database: string, dump_options = {}) => {
  const ask = (current_bookmark?: string) =>
    api.ok('exportD1Database', { database }, { json: { output_format: 'polling', dump_options, current_bookmark } });
  let progress = await ask();
  while (progress.status === 'active') progress = await ask(progress.at_bookmark);
  assert.equal(progress.error, undefined);
  const file = await api.send('GET', new URL(progress.result?.signed_url ?? '').pathname, { token: null });
  assert.equal(file.status, 200);
  return file.text();
};

test('a file is imported whole, with triggers and semicolons in texts, and an export of it imports the same', async (t) => {
  const { api, uuid, rows } = await aDatabase(t);
  const lines = Array.from({ length: 5000 }, (_, index) => `INSERT INTO t VALUES(${index}, 'line; ${index}: é\n''quoted''');`);
  const trigger = 'CREATE TRIGGER after_t AFTER INSERT ON t BEGIN INSERT INTO log VALUES(new.id); UPDATE counts SET n = n + 1; END;';
  const sql = `-- a; file\nCREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);;\nCREATE TABLE log(id); CREATE TABLE counts(n); INSERT INTO counts VALUES(0);\n${trigger}\n${lines.join('\n')}\nCREATE INDEX v ON t(v) -- the end`;
  const done = await imported(api, uuid, sql);
  assert.deepEqual([done.success, done.status, done.result?.num_queries], [true, 'complete', 5006]);
  assert.deepEqual(await rows('SELECT (SELECT count(*) FROM t) AS t, (SELECT count(*) FROM log) AS log, n FROM counts'), [
    { t: 5000, log: 5000, n: 5000 },
  ]);
  const copy = await api.ok('createD1Database', {}, { json: { name: 'copy' } });
  assert.equal((await imported(api, copy.uuid, await exported(api, uuid))).error, undefined);
  const read = 'SELECT group_concat(id || v) AS all_of_it, count(*) AS n FROM t';
  const [[original], [copied]] = (await Promise.all(
    [uuid, copy.uuid].map((database) => api.ok('queryD1Database', { database }, { json: { sql: read } })),
  ).then((each) => each.map((list) => list[0]?.results ?? []))) as [unknown[], unknown[]];
  assert.deepEqual(copied, original);
  const schema = await exported(api, uuid, { no_data: true, tables: ['t'] });
  assert.match(schema, /CREATE TABLE t/);
  assert.doesNotMatch(schema, /INSERT INTO|CREATE TABLE log/);
});

test('a file that fails anywhere changes nothing', async (t) => {
  const { api, uuid, rows } = await aDatabase(t, 'CREATE TABLE t(v UNIQUE)');
  const many = Array.from({ length: 3000 }, (_, index) => `INSERT INTO t VALUES('${index} ${'x'.repeat(50)}');\n`).join('');
  const faults: readonly (readonly [string, RegExp])[] = [
    [`${many}INSERT INTO nope VALUES(1);`, /no such table: nope/],
    [`INSERT INTO nope VALUES(1);${many}`, /no such table: nope/],
    [`${many}INSERT INTO t VALUES('unended`, /incomplete input|unrecognized token/],
    [`${many}CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1;`, /incomplete input/],
    [`${many}INSERT INTO t VALUES('${'x'.repeat(100_001)}');`, /longer than 100000|too long/],
    [`${many}BEGIN TRANSACTION;`, /transaction/],
  ];
  for (const [sql, fault] of faults) {
    const { success, status, error } = await imported(api, uuid, sql);
    assert.deepEqual([success, status], [false, 'error']);
    assert.match(error ?? '', fault);
    assert.deepEqual(await rows('SELECT count(*) AS n FROM t'), [{ n: 0 }]);
  }
});

test('addresses of files are used once, by who was told of them, for their database only', async (t) => {
  const { api, uuid } = await aDatabase(t);
  const { init } = await imported(api, uuid, 'CREATE TABLE t(v);');
  const path = new URL(init.upload_url).pathname;
  assert.match(path, /^\/d1\/transfers\/[0-9a-f]{64}$/);
  assert.equal((await api.send('PUT', path, { token: null, body: 'SELECT 1' })).status, 404);
  assert.equal((await api.send('GET', path, { token: null })).status, 404);
  assert.equal((await api.send('PUT', `/d1/transfers/${'0'.repeat(64)}`, { token: null, body: 'x' })).status, 404);
  const other = await api.ok('createD1Database', {}, { json: { name: 'other' } });
  const next = await api.ok('importD1Database', { database: uuid }, { json: { action: 'init', etag: 'x' } });
  assert.ok('upload_url' in next);
  const { filename } = next;
  const ingest = (database: string, etag: string) =>
    api.refused('importD1Database', { database }, { json: { action: 'ingest', filename, etag } });
  assert.match((await ingest(uuid, 'x')).message, /was not uploaded/);
  assert.equal((await api.send('PUT', new URL(next.upload_url).pathname, { token: null, body: 'SELECT 1' })).status, 200);
  assert.match((await ingest(other.uuid, md5('SELECT 1'))).message, /was not uploaded/);
  assert.match((await ingest(uuid, 'x')).message, /has the MD5/);
  const large = await api.send('PUT', new URL(next.upload_url).pathname, {
    token: null,
    headers: { 'content-length': '500000001' },
    body: 'x',
  });
  assert.equal(large.status, 404);
  const poll = { action: 'poll' as const, current_bookmark: NOBODY };
  assert.match((await api.refused('importD1Database', { database: uuid }, { json: poll })).message, /nothing of it is stored/);
  const again = { output_format: 'polling' as const, current_bookmark: NOBODY };
  assert.equal((await api.refused('exportD1Database', { database: uuid }, { json: again })).code, 7400);
});

test('a file that is too large is refused before it is read', async (t) => {
  const { api, uuid } = await aDatabase(t);
  const init = await api.ok('importD1Database', { database: uuid }, { json: { action: 'init', etag: 'x' } });
  assert.ok('upload_url' in init);
  const headers = { 'content-length': '500000001' };
  assert.equal((await api.send('PUT', new URL(init.upload_url).pathname, { token: null, headers, body: 'x' })).status, 413);
});

test('a database that a serving version binds is deleted by force only, and what was in it is gone for that version too', async (t) => {
  const { api, uuid } = await aDatabase(t, 'CREATE TABLE t(v); INSERT INTO t VALUES(1)');
  const binding = { type: 'd1', name: 'DB', id: uuid };
  await api.upload('hello', { metadata: { bindings: [binding] } });
  const held = await api.refused('deleteD1Database', { database: 'shop' });
  assert.equal(held.status, 409);
  assert.match(held.message, /of hello serves and binds it as DB.*force=true/);
  await api.ok('deleteD1Database', { database: uuid }, { query: { force: 'true' } });
  const database = { kind: 'd1', id: uuid, name: 'shop' } as const;
  const asked = await api.api.data.ask(database, { method: 'POST', path: '/query', body: JSON.stringify({ sql: 'SELECT * FROM t' }) });
  assert.deepEqual(await asked.body.toArray().then((chunks) => JSON.parse(Buffer.concat(chunks).toString())), {
    success: false,
    error: 'The database was deleted.',
  });
  const missing = await api.refusedBy(() =>
    api.send('PUT', api.path('putScript', { script_name: 'bye' }), { body: aWorker({ metadata: { bindings: [binding] } }) }),
  );
  assert.deepEqual([missing.status, missing.code], [400, 10181]);
});

test('analytics are asked for beside `d1 info`, and there are none', async (t) => {
  const api = await anApi(t);
  const answer = await api.response('queryAnalytics', {}, { json: { query: '{ viewer { accounts { d1 } } }' } });
  assert.deepEqual(await answer.json(), { data: { viewer: { accounts: [] } } });
});
