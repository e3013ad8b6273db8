/** A server that is killed between a deletion and its content finishes the deletion when it starts again. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const NAMESPACES = 'storage/kv/namespaces';

test('[C-11] a namespace whose deletion was cut off holds nothing once the server is up again', async (t) => {
  let server = await startServer();
  t.after(() => server[Symbol.asyncDispose]());
  const again = async (): Promise<void> => {
    const { folder } = server;
    await server.killAll();
    server = await startServer({ folder });
  };
  const stored = async <Value>(work: (database: DatabaseSync) => Value): Promise<Value> => {
    using database = new DatabaseSync(join(server.data, 'switchback.db'));
    return work(database);
  };
  const { id } = (await server.api('POST', NAMESPACES, { title: 'cache' })) as { id: string };
  await server.api('PUT', `${NAMESPACES}/${id}/bulk`, [{ key: 'a', value: '1' }]);
  const keys = async () => ((await server.api('GET', `${NAMESPACES}/${id}/keys`)) as readonly object[]).length;
  assert.equal(await keys(), 1);

  const row = await stored((database) => {
    const found = database.prepare('select * from resources where id = ?').get(id);
    // What the transaction of the deletion leaves.
    database.prepare('delete from resources where id = ?').run(id);
    database.prepare("insert into erasures values ('kv_namespace', ?, 'cache')").run(id);
    return found;
  });
  await again();
  await until('nothing is owed', () => stored((database) => database.prepare('select 1 from erasures').get() === undefined));

  // Named again, it would show what it holds.
  await stored((database) => {
    const { kind, name, created_on, settings } = row as Record<string, string>;
    database.prepare('insert into resources values (?, ?, ?, ?, ?)').run(kind ?? '', id, name ?? '', created_on ?? '', settings ?? '');
  });
  assert.equal(await keys(), 0);
});
