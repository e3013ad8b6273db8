import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { importD1, queryD1 } from './d1.ts';
import { schemaChangedOn } from './d1-schema.ts';
import { DataClient } from './data-client.ts';
import { DataProcess } from './data-process.ts';

const aDataProcess = async (t: TestContext): Promise<DataClient> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-schema-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const runtimeDir = join(folder, 'run');
  const data = await DataProcess.open({ dataDir: join(folder, 'resources'), runtimeDir, log: () => {} });
  const client = new DataClient(runtimeDir);
  t.after(async () => {
    await client[Symbol.asyncDispose]();
    await data[Symbol.asyncDispose]();
  });
  return client;
};

const aDatabase = () => ({ kind: 'd1', id: randomUUID(), name: 'shop' }) as const;

async function* file(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** [what is done, whether tables, indexes, views or triggers are others afterwards] */
const STEPS: readonly (readonly [sql: string, isChange: boolean])[] = [
  ['SELECT 1', false],
  ['CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT)', true],
  ['CREATE TABLE IF NOT EXISTS orders (id)', false],
  ["INSERT INTO orders (note) VALUES ('create table nothing')", false],
  ['CREATE TABLE orders (fails)', false],
  ['create index by_note on orders (note)', true],
  ["INSERT INTO orders (note) VALUES ('a'); ALTER TABLE orders ADD COLUMN price", true],
  ['CREATE TABLE two (a); SELECT nonsense', false],
  ['/* drop table orders */ SELECT * FROM orders', false],
  ['CREATE TABLE brief (a); DROP TABLE brief', false],
  ['DROP INDEX by_note', true],
];

test('[R-13] when the tables of a database changed last is known, whatever else is done, and of no other', async (t) => {
  const data = await aDataProcess(t);
  const [database, other] = [aDatabase(), aDatabase()];
  assert.equal(await schemaChangedOn(data, database), undefined);
  let last: string | undefined;
  for (const [sql, isChange] of STEPS) {
    const before = new Date(Date.now()).toISOString();
    await queryD1(data, database, [{ sql }], 'objects');
    const changedOn = await schemaChangedOn(data, database);
    if (isChange)
      assert.ok(changedOn !== undefined && changedOn >= before && changedOn <= new Date().toISOString(), `${sql}: ${changedOn}`);
    else assert.equal(changedOn, last, sql);
    last = changedOn;
  }
  assert.equal(await schemaChangedOn(data, other), undefined);
});

test('[R-13] an imported file changes tables, or as a whole does not', async (t) => {
  const data = await aDataProcess(t);
  const database = aDatabase();
  assert.equal((await importD1(data, database, file('CREATE TABLE a (b); INSERT INTO nowhere VALUES (1);'))).ok, false);
  assert.equal(await schemaChangedOn(data, database), undefined);
  assert.equal((await importD1(data, database, file('CREATE TABLE a (b); INSERT INTO a VALUES (1);'))).ok, true);
  const changedOn = await schemaChangedOn(data, database);
  assert.notEqual(changedOn, undefined);
  assert.equal((await importD1(data, database, file('INSERT INTO a VALUES (2);'))).ok, true);
  assert.equal(await schemaChangedOn(data, database), changedOn);
});
