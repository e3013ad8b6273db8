import assert from 'node:assert/strict';
import test from 'node:test';
import { LocalDatabase } from './local-database.ts';

test('a change that waits when the database is closed, or comes later, fails', async () => {
  const database = new LocalDatabase({ path: ':memory:', steps: ['create table kept (it)'], failpoint: 'test:commit' });
  const waiting = database.change(() => database.sql.exec('insert into kept values (1)'));
  database[Symbol.dispose]();
  await assert.rejects(waiting, /was closed before/);
  await assert.rejects(
    database.change(() => assert.fail('it is run')),
    /not open/,
  );
});
