import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

type Row = Readonly<Record<string, unknown>>;
export type World = Readonly<Record<string, readonly Row[]>>;

/** Every row of a data directory's database, which is whole: SQLite finds no fault in it, and no row points at nothing. */
export const worldOf = (folder: string): World => {
  using database = new DatabaseSync(join(folder, 'switchback.db'));
  assert.deepEqual(database.prepare('pragma integrity_check').all().map(Object.values), [['ok']]);
  assert.deepEqual(database.prepare('pragma foreign_key_check').all(), []);
  const tables = database.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name").all();
  return Object.fromEntries(
    tables.map(({ name }) => [
      String(name),
      database
        .prepare(`select * from "${String(name)}" order by rowid`)
        .all()
        .map(plain),
    ]),
  );
};

/** Whether an answer has left is noted after it: no part of the change. How long a trial took is another time each time. */
const plain = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([column]) => !NOT_COMPARED.has(column)));

const NOT_COMPARED = new Set(['answered_on', 'startup_time_ms']);

/**
 * The same for two worlds that went through the same changes: times and seals are left out, and each id is named by its place, so
 * that what pointed at one row still does.
 */
export const shapeOf = (world: World): string => {
  const places = new Map<string, string>();
  const placeOf = (id: string): string => {
    const place = places.get(id) ?? `#${places.size}`;
    places.set(id, place);
    return place;
  };
  return (
    JSON.stringify(world, undefined, 1)
      .replaceAll(/sb1\.[\w.-]+/g, 'sealed')
      // Who asks in the process itself has no address.
      .replaceAll(/"actor_ip": (null|"127\.0\.0\.1")/g, '"actor_ip": "an address"')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
      .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b/g, placeOf)
  );
};

/** Every module of every stored version is there with the bytes its digest names. */
export const assertModules = (folder: string, world: World): void => {
  for (const { digest } of world['version_modules'] ?? []) {
    const name = String(digest);
    const bytes = readFileSync(join(folder, 'modules', name.slice(0, 2), name));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), name);
  }
};
