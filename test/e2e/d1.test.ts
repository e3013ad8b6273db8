/** D1 as wrangler, the official SDK and a Worker's binding know it. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded } from '../support/run.ts';
import { allOf, sdkFor } from '../support/sdk.ts';
import { startServer } from '../support/server.ts';

const started = [await startServer()];
const server = () => started.at(-1) ?? assert.fail('a server runs');
// The last one has the folder of those before it.
after(() => server()[Symbol.asyncDispose]());

const project = server().projectFolder('guestbook');
cpSync(join(import.meta.dirname, '..', '..', 'examples', 'd1'), project, { recursive: true });

const attempt = (args: readonly string[]) => server().client('4.164', args, { project });
const wrangler = async (...args: readonly string[]): Promise<string> => succeeded(await attempt(args)).combined;
const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse(succeeded(await attempt([...args, '--json'])).stdout);
const read = async (path = '/') => JSON.parse((await server().visit('d1', path)).text);

/** Each version's id, by its tag. */
const versions: Record<string, string> = {};

test('the example is deployed and gets its database; its migrations are listed and applied', async () => {
  versions['one'] = idAfter('Current Version ID:', await wrangler('deploy', '--tag', 'one'));
  assert.match(await wrangler('d1', 'migrations', 'list', 'guestbook', '--remote'), /0001_guests\.sql/);
  assert.match(await wrangler('d1', 'migrations', 'apply', 'guestbook', '--remote'), /0001_guests\.sql/);
  assert.match(await wrangler('d1', 'migrations', 'list', 'guestbook', '--remote'), /No migrations to apply/);
  assert.deepEqual(await read('/sign?name=Ada'), { id: 1, version: 'one' });
  assert.deepEqual(await read(), [{ name: 'Ada', version: 'one', visits: 1 }]);
});

test('wrangler makes, lists, describes and deletes databases', async () => {
  assert.match(await wrangler('d1', 'create', 'spare'), /Successfully created DB 'spare'/);
  assert.match(refused(await attempt(['d1', 'create', 'spare'])).combined, /already exists|exists already/);
  const listed = (await json('d1', 'list')) as readonly { readonly name: string }[];
  assert.deepEqual(
    listed.map(({ name }) => name),
    ['guestbook', 'spare'],
  );
  const info = (await json('d1', 'info', 'guestbook')) as { readonly name: string; readonly num_tables: number };
  assert.deepEqual([info.name, info.num_tables], ['guestbook', 3]);
  assert.match(await wrangler('d1', 'delete', 'spare', '-y'), /Deleted 'spare' successfully/);
  assert.match(refused(await attempt(['d1', 'delete', 'guestbook', '-y'])).combined, /is in use.*of d1 serves and binds it as DB/s);
  assert.match(refused(await attempt(['d1', 'time-travel', 'info', 'guestbook'])).combined, /does not offer D1 Time Travel/);
});

test('wrangler executes commands and files, and says what is wrong with them', async () => {
  const [one, two] = (await json(
    'd1',
    'execute',
    'guestbook',
    '--remote',
    '--command',
    "SELECT ';' AS s; SELECT count(*) AS n FROM guests",
  )) as {
    readonly results: readonly unknown[];
  }[];
  assert.deepEqual([one?.results, two?.results], [[{ s: ';' }], [{ n: 1 }]]);
  const bad = refused(await attempt(['d1', 'execute', 'guestbook', '--remote', '--command', 'SELECT * FROM nope'])).combined;
  assert.match(bad, /no such table: nope: SQLITE_ERROR.*\[code: 7500\]/s);
  const rows = Array.from({ length: 2000 }, (_, index) => `INSERT INTO many VALUES (${index}, 'a; b''${index}');\n`);
  writeFileSync(join(project, 'many.sql'), `CREATE TABLE many (id INTEGER PRIMARY KEY, text TEXT);\n${rows.join('')}`);
  const said = await wrangler('d1', 'execute', 'guestbook', '--remote', '--file', 'many.sql', '-y');
  assert.match(said, /Executed 2001 queries/);
  writeFileSync(join(project, 'bad.sql'), `INSERT INTO nope VALUES (1);\n${rows.join('')}`);
  assert.match(
    refused(await attempt(['d1', 'execute', 'guestbook', '--remote', '--file', 'bad.sql', '-y'])).combined,
    /no such table: nope/,
  );
});

test('wrangler exports what it imported', async () => {
  await wrangler('d1', 'export', 'guestbook', '--remote', '--output', 'dump.sql', '--table', 'many');
  const dump = readFileSync(join(project, 'dump.sql'), 'utf8');
  assert.equal(dump.match(/^INSERT INTO "many"/gm)?.length, 2000);
  assert.match(dump, /CREATE TABLE many/);
  assert.doesNotMatch(dump, /guests/);
});

test('the official SDK goes through the calls of a database', async () => {
  const sdk = sdkFor(server().connection);
  const account = { account_id: server().connection.accountId };
  const made = (await sdk('d1.database.create', { ...account, name: 'sdk' })) as { readonly uuid: string };
  const names = (await allOf(sdk('d1.database.list', { ...account, per_page: 1 }))) as { readonly name: string }[];
  assert.deepEqual(
    names.map(({ name }) => name),
    ['guestbook', 'sdk'],
  );
  const got = (await sdk('d1.database.get', made.uuid, account)) as { readonly name: string };
  assert.equal(got.name, 'sdk');
  await sdk('d1.database.edit', made.uuid, { ...account, read_replication: { mode: 'disabled' } });
  const sql = 'CREATE TABLE t(v); INSERT INTO t VALUES(1); SELECT v FROM t';
  const results = (await allOf(sdk('d1.database.query', made.uuid, { ...account, sql }))) as { readonly results: unknown }[];
  assert.deepEqual(
    results.map((each) => each.results),
    [[], [], [{ v: 1 }]],
  );
  const raw = (await allOf(
    sdk('d1.database.raw', made.uuid, { ...account, sql: 'SELECT v FROM t WHERE v = ?', params: ['1'] }),
  )) as unknown[];
  assert.equal(raw.length, 1);
  assert.equal(await sdk('d1.database.delete', made.uuid, account), null);
  await assert.rejects(sdk('d1.database.get', made.uuid, account), /7404/);
});

/** What a Worker sees of its binding, method by method. */
const EVERY_CALL = `export default {
  async fetch(request, { DB }) {
    const seen = {};
    await DB.exec('CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v UNIQUE);\\nDELETE FROM t;');
    seen.exec = (await DB.exec("INSERT INTO t VALUES (1, 'one');\\nINSERT INTO t VALUES (2, 'two');")).count;
    const run = await DB.prepare('INSERT INTO t (v) VALUES (?)').bind('three').run();
    seen.run = [run.success, run.meta.changes, run.meta.last_row_id];
    seen.first = await DB.prepare('SELECT * FROM t WHERE id = ?').bind(1).first();
    seen.column = await DB.prepare('SELECT * FROM t WHERE id = ?1').bind(1).first('v');
    seen.none = await DB.prepare('SELECT * FROM t WHERE id = 99').first();
    seen.all = (await DB.prepare('SELECT v FROM t ORDER BY id').all()).results;
    seen.raw = await DB.prepare('SELECT id, v FROM t WHERE id < 3').raw({ columnNames: true });
    seen.batch = (await DB.batch([DB.prepare("INSERT INTO t VALUES (4, 'four')"), DB.prepare('SELECT count(*) AS n FROM t')])).map(({ results }) => results);
    seen.refused = await DB.batch([DB.prepare("INSERT INTO t VALUES (5, 'five')"), DB.prepare("INSERT INTO t VALUES (6, 'one')")]).catch(String);
    seen.after = await DB.prepare('SELECT count(*) AS n FROM t').first('n');
    const bytes = await DB.prepare('SELECT ? AS b').bind(new Uint8Array([0, 255])).first('b');
    seen.bytes = bytes;
    const session = DB.withSession('first-primary');
    seen.session = (await session.prepare('SELECT 1 AS one').all()).results;
    seen.bookmark = typeof session.getBookmark();
    seen.syntax = await DB.prepare('SELEC').all().catch(String);
    seen.dump = await DB.dump().catch((error) => String(error).split(':')[1]);
    return Response.json(seen);
  },
};
`;

for (const date of ['2023-05-18', '2026-11-01'])
  test(`every call of the binding works, under the compatibility date ${date}`, async () => {
    const sdk = sdkFor(server().connection);
    const account = { account_id: server().connection.accountId };
    const { uuid } = (await sdk('d1.database.create', { ...account, name: `calls-${date}` })) as { readonly uuid: string };
    const dir = makeProject({
      dir: server().projectFolder(`calls-${date}`),
      name: `calls-${date}`,
      code: EVERY_CALL,
      config: { compatibility_date: date, d1_databases: [{ binding: 'DB', database_name: `calls-${date}`, database_id: uuid }] },
    });
    succeeded(await server().client('4.164', ['deploy'], { project: dir }));
    assert.deepEqual(JSON.parse((await server().visit(`calls-${date}`)).text), {
      exec: 2,
      run: [true, 1, 3],
      first: { id: 1, v: 'one' },
      column: 'one',
      none: null,
      all: [{ v: 'one' }, { v: 'two' }, { v: 'three' }],
      raw: [
        ['id', 'v'],
        [1, 'one'],
        [2, 'two'],
      ],
      batch: [[], [{ n: 4 }]],
      refused: 'Error: D1_ERROR: UNIQUE constraint failed: t.v: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)',
      after: 4,
      bytes: [0, 255],
      session: [{ one: 1 }],
      bookmark: 'string',
      syntax: 'Error: D1_ERROR: near "SELEC": syntax error at offset 0: SQLITE_ERROR',
      dump: ' D1_DUMP_ERROR',
    });
  });

test('two versions at once write one database, and reading it they see the same', async () => {
  versions['two'] = idAfter('Worker Version ID:', await wrangler('versions', 'upload', '--tag', 'two'));
  await wrangler('versions', 'deploy', `${versions['one']}@50`, `${versions['two']}@50`, '-y');
  const wrote = new Set<string>();
  for (let index = 0; index < 40; index += 1) wrote.add((await read(`/sign?name=guest-${index}`)).version);
  assert.deepEqual(wrote, new Set(['one', 'two']));
  assert.equal((await read()).length, 41);
});

test('nothing that was acknowledged is lost when everything is killed under writes', async () => {
  const acknowledged: string[] = [];
  const stop = new AbortController();
  const writing = Promise.all(
    ['a', 'b', 'c', 'd'].map(async (writer) => {
      for (let index = 0; !stop.signal.aborted; index += 1) {
        const name = `${writer}${index}`;
        const answer = await server()
          .visit('d1', `/sign?name=${name}`)
          .catch(() => undefined);
        if (answer?.status === 200) acknowledged.push(name);
      }
    }),
  );
  while (acknowledged.length < 100) await new Promise((resolve) => setImmediate(resolve));
  await server().killAll();
  stop.abort();
  await writing;
  started.push(await startServer({ folder: server().folder }));
  const names = new Set(((await read()) as readonly { readonly name: string }[]).map(({ name }) => name));
  assert.deepEqual(
    acknowledged.filter((name) => !names.has(name)),
    [],
  );
});

test('a rollback is never refused for a database, and leaves what is in it as it is', async () => {
  const before = ((await read()) as unknown[]).length;
  await wrangler('rollback', versions['one'] ?? '', '-y', '--message', 'Back');
  assert.deepEqual(await read('/sign?name=Zoe'), { id: before + 1, version: 'one' });
  assert.equal(((await read()) as unknown[]).length, before + 1);
});
