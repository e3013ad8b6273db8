import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aTable, aWorkerEntry } from '../../test/support/builders.ts';
import { tableAfter, type RoutingTable, type TableChange } from './routing-table.ts';

const names = (table: RoutingTable | undefined): readonly string[] | undefined => table?.workers.map(({ name }) => name).toSorted();

const TABLE = aTable(5, [aWorkerEntry('a'), aWorkerEntry('b')]);

test('a change replaces, adds and removes Workers and leaves the others as they were', () => {
  const changed = aWorkerEntry('a', { workersDev: false });
  const after = tableAfter(TABLE, { generation: 6, previous: 5, workers: [changed, aWorkerEntry('c')], deletedWorkers: ['b', 'unknown'] });
  assert.deepEqual(names(after), ['a', 'c']);
  assert.equal(
    after?.workers.find(({ name }) => name === 'a'),
    changed,
  );
  assert.equal(after?.hosts, TABLE.hosts);
  assert.deepEqual(names(TABLE), ['a', 'b'], 'the table itself stays');
});

test('a change of the hosts alone keeps the Workers, and the other way round', () => {
  const hosts = { ...TABLE.hosts, subdomain: 'other' };
  assert.deepEqual(tableAfter(TABLE, { generation: 6, previous: 5, hosts }), { ...TABLE, generation: 6, hosts });
  assert.deepEqual(tableAfter(TABLE, { generation: 6, previous: 5 }), { ...TABLE, generation: 6 });
});

test('a change that does not follow on is not applied: a gap, a repetition, a step back', () => {
  const generations: readonly (readonly [number, number])[] = [
    [7, 6],
    [6, 4],
    [5, 5],
    [5, 4],
    [4, 5],
  ];
  for (const [generation, previous] of generations) assert.equal(tableAfter(TABLE, { generation, previous }), undefined);
});

test('following every change leads to the table that reading everything anew gives', () => {
  type Step = { readonly name: string; readonly entry: 'set' | 'delete' };
  const step: fc.Arbitrary<Step> = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), entry: fc.constantFrom('set', 'delete') });
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 20 }), (commits) => {
      const world = new Map<string, ReturnType<typeof aWorkerEntry>>();
      let table: RoutingTable | undefined = aTable(0);
      for (const [at, steps] of commits.entries()) {
        for (const { name, entry } of steps) {
          if (entry === 'set') world.set(name, aWorkerEntry(name, { previews: at % 2 === 0 }));
          else world.delete(name);
        }
        const touched = [...new Set(steps.map(({ name }) => name))];
        const change: TableChange = {
          generation: at + 1,
          previous: at,
          workers: touched.flatMap((name) => world.get(name) ?? []),
          deletedWorkers: touched.filter((name) => !world.has(name)),
        };
        table = tableAfter(table, change);
        assert.ok(table);
      }
      assert.deepEqual(new Map(table.workers.map((entry) => [entry.name, entry])), world);
      assert.equal(table.workers.length, world.size);
    }),
  );
});
