import { readdirSync } from 'node:fs';
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { sql } from 'kysely';
import { storeContract } from '../../test/support/store-contract.ts';
import { aFolder } from '../../test/support/temporary.ts';
import { DataDirectoryInUse } from '../files/index.ts';
import { openSqlite, Store } from './index.ts';
import { auditOrigin } from './migrations/0009-audit-origin.ts';

storeContract('SQLite', async (t) => {
  const folder = await aFolder(t);
  return { open: () => openSqlite(folder) };
});

/** A process of its own that opens the folder and does what it is told. */
const anotherProcess = (t: TestContext, folder: string, script: string): ChildProcess => {
  const program = `import { openSqlite, Store } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const folder = ${JSON.stringify(folder)};
    ${script}`;
  const execArgv = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '--eval', program];
  const child = fork('-', { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  t.after(() => void child.kill('SIGKILL'));
  return child;
};

const said = async (child: ChildProcess): Promise<unknown> => (await once(child, 'message'))[0];

test('[A-9] a second open of a data directory is refused, also from another process, until the first is closed', async (t) => {
  const folder = await aFolder(t);
  const first = await openSqlite(folder);
  await assert.rejects(openSqlite(folder), (error) => error instanceof DataDirectoryInUse && error.message.includes(folder));
  const other = anotherProcess(t, folder, `openSqlite(folder).then(() => process.send('opened'), (error) => process.send(error.name));`);
  assert.equal(await said(other), 'DataDirectoryInUse');
  await first.close();
  await (await openSqlite(folder)).close();
});

test('[A-9] a process that was killed holds the directory no longer', async (t) => {
  const folder = await aFolder(t);
  const other = anotherProcess(t, folder, `await openSqlite(folder); process.send('opened'); setInterval(() => {}, 1000);`);
  assert.equal(await said(other), 'opened');
  await assert.rejects(openSqlite(folder), DataDirectoryInUse);
  other.kill('SIGKILL');
  await once(other, 'exit');
  await (await openSqlite(folder)).close();
});

test('[A-3] a process killed in the middle of a change leaves nothing of it, and all that it had acknowledged', async (t) => {
  const folder = await aFolder(t);
  const other = anotherProcess(
    t,
    folder,
    `const store = new Store(await openSqlite(folder));
    const entry = (id) => ({ id, at: '2026', actor: { id: 'a', email: 'a' }, action: 'a', target: 'a', detail: {} });
    const accept = (value) => ({ ok: true, value });
    await store.change(async (change) => { await change.meta.set('first', 'yes'); change.touchHosts(); return accept(null); }, () => entry('1'));
    await store.change(async (change) => {
      await change.meta.set('second', 'yes');
      change.touchHosts();
      process.send('in the middle');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return accept(null);
    }, () => entry('2'));`,
  );
  assert.equal(await said(other), 'in the middle');
  other.kill('SIGKILL');
  await once(other, 'exit');
  const store = new Store(await openSqlite(folder));
  t.after(() => store.close());
  assert.deepEqual([await store.read.meta.get('first'), await store.read.meta.get('second')], ['yes', undefined]);
  assert.deepEqual(
    (await store.read.audit.page({ offset: 0, limit: 9 })).map(({ id }) => id),
    ['1'],
  );
  assert.equal(await store.read.meta.generation(), 1);
});

test('an acknowledged change is on the disk: the database is in WAL mode and fully synchronous, with its foreign keys on', async (t) => {
  const database = await openSqlite(await aFolder(t));
  t.after(() => database.close());
  const read = async (pragma: string) => {
    const { rows } = await sql.raw<Record<string, unknown>>(`PRAGMA ${pragma}`).execute(database.db);
    return rows.flatMap(Object.values);
  };
  assert.deepEqual([await read('journal_mode'), await read('synchronous'), await read('foreign_keys')], [['wal'], [2], [1]]);
});

test('migrations go forward only: the database of a newer release is refused and left as it was', async (t) => {
  const folder = await aFolder(t);
  await (await openSqlite(folder)).close();
  const file = new DatabaseSync(join(folder, 'switchback.db'));
  file.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-from-the-future', '2030-01-01')`);
  file.close();
  await assert.rejects(openSqlite(folder), /newer Switchback.*left as it was/);
  const again = new DatabaseSync(join(folder, 'switchback.db'));
  const names = again
    .prepare('SELECT name FROM kysely_migration ORDER BY name')
    .all()
    .map(({ name }) => name);
  again.close();
  assert.equal(names.at(-1), '9999-from-the-future');
});

test('opening again and again makes each migration once', async (t) => {
  const folder = await aFolder(t);
  for (let times = 0; times < 3; times += 1) await (await openSqlite(folder)).close();
  const file = new DatabaseSync(join(folder, 'switchback.db'));
  const rows = file.prepare('SELECT name FROM kysely_migration').all();
  file.close();
  assert.equal(rows.length, readdirSync(join(import.meta.dirname, 'migrations')).length);
});

test('[A-18] an audit row that was written before rows named their zone is found by it', async (t) => {
  const { db, close } = await openSqlite(await aFolder(t));
  t.after(close);
  for (const index of ['audit_at', 'audit_actor']) await db.schema.dropIndex(index).execute();
  for (const column of ['actor_ip', 'zone']) await db.schema.alterTable('audit').dropColumn(column).execute();
  const add = (id: string, target: string) =>
    sql`insert into audit (id, target, action, at, actor_id, actor_email, detail)
        values (${id}, ${target}, 'a', '2026', 'a', 'a', '{}')`.execute(db);
  await add('of a zone', 'zone/example.com');
  await add('of a Worker', 'worker/zone');
  await auditOrigin.up(db);
  const rows = await db.selectFrom('audit').select(['id', 'zone', 'actor_ip']).orderBy('seq').execute();
  assert.deepEqual(
    rows.map(({ id, zone, actor_ip }) => [id, zone, actor_ip]),
    [
      ['of a zone', 'example.com', null],
      ['of a Worker', null, null],
    ],
  );
});

test('a file that is no database is refused, left as it was, and the directory is let go of', async (t) => {
  const folder = await aFolder(t);
  await writeFile(join(folder, 'switchback.db'), 'not a database, but long enough to be taken for one'.repeat(100));
  await assert.rejects(openSqlite(folder), /not a database/);
  await assert.rejects(openSqlite(folder), /not a database/, 'and not DataDirectoryInUse');
});
