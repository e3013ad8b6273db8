import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { bucketIndex } from './bucket-index.ts';
import { R2Database } from './database.ts';
import { listObjects } from './list.ts';
import type { R2RequestOf } from './request.ts';

/** An index of these keys, which counts the rows that are read of it. */
const anIndex = (keys: readonly string[]) => {
  const database = new R2Database(':memory:');
  const index = bucketIndex(database.sql);
  const object = {
    version: '1',
    size: 0,
    etag: '',
    uploaded: 0,
    storageClass: 'Standard',
    checksums: {},
    httpFields: {},
    customFields: [],
  };
  for (const key of keys) index.putObject(1, { key, ...object });
  let rows = 0;
  const counted: typeof index = {
    ...index,
    objectsFrom: (...args) => {
      const found = index.objectsFrom(...args);
      rows += found.length;
      return found;
    },
  };
  return { database, index: counted, rowsRead: () => rows };
};

const wanted = (limit: number, cursor?: string): R2RequestOf<'list'> => ({
  method: 'list',
  limit,
  prefix: '',
  delimiter: '/',
  include: [],
  cursor,
});

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, each) => each);

test('a list by a delimiter reads few rows for each prefix, and few more than there are where keys are plain', () => {
  const folders = anIndex(range(100).flatMap((folder) => range(50).map((file) => `${folder}/${file}`)));
  using _folders = folders.database;
  const listed = listObjects(folders.index, 1, wanted(1000));
  assert.ok(listed.ok);
  assert.equal(listed.value.delimitedPrefixes.length, 100);
  assert.ok(folders.rowsRead() <= 200, `${folders.rowsRead()} rows`);
  const plain = anIndex(range(1000).map(String));
  using _plain = plain.database;
  assert.ok(listObjects(plain.index, 1, wanted(1000)).ok);
  assert.ok(plain.rowsRead() <= 1010, `${plain.rowsRead()} rows`);
});

test('whatever the keys and the pages, a list by a delimiter has each key or its prefix once', () => {
  const key = fc.array(fc.constantFrom('a', 'b', '/', 'ä'), { minLength: 1, maxLength: 5 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (keys, limit) => {
      const { database, index } = anIndex(keys);
      using _database = database;
      const found: string[] = [];
      for (let cursor: string | undefined, isLast = false; !isLast;) {
        const page = listObjects(index, 1, wanted(limit, cursor));
        assert.ok(page.ok);
        const { objects, delimitedPrefixes, truncated } = page.value;
        assert.ok(objects.length + delimitedPrefixes.length <= limit);
        found.push(...objects.map(({ name }) => name), ...delimitedPrefixes);
        cursor = page.value.cursor;
        isLast = !truncated;
      }
      const expected = new Set(keys.map((each) => (each.includes('/') ? each.slice(0, each.indexOf('/') + 1) : each)));
      assert.deepEqual(found.toSorted(), [...expected].toSorted());
    }),
  );
});
