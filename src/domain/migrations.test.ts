import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectNamespace } from './durable-objects.ts';
import { migrate, MOST_CLASSES, namespaceChanges, type Migration } from './migrations.ts';

const ids = () => {
  let count = 0;
  return () => (count += 1).toString(16).padStart(32, '0');
};

const aNamespace = (className: string, more: Partial<ObjectNamespace> = {}): ObjectNamespace => ({
  script: 'chat',
  className,
  storage: 'sqlite',
  namespaceId: className.toLowerCase().padEnd(32, '0'),
  ...more,
});

const migrated = (migration: Migration, namespaces: readonly ObjectNamespace[] = [], tag?: string) =>
  migrate({ script: 'chat', tag, namespaces, migration, workers: new Set(['other']), newId: ids() });

const after = (migration: Migration, namespaces: readonly ObjectNamespace[] = [], tag?: string) => {
  const result = migrated(migration, namespaces, tag);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
};

const refusalOf = (migration: Migration, namespaces: readonly ObjectNamespace[] = [], tag?: string) => {
  const result = migrated(migration, namespaces, tag);
  assert.ok(!result.ok);
  return result.refusal;
};

test('[G-1] a first migration makes a namespace with an id of its own for each class, SQLite or key-value', () => {
  const { tag, namespaces } = after({ new_tag: 'v1', steps: [{ new_sqlite_classes: ['Room'], new_classes: ['Old'] }] });
  assert.equal(tag, 'v1');
  assert.deepEqual(namespaces, [
    aNamespace('Old', { storage: 'kv', namespaceId: '00000000000000000000000000000001' }),
    aNamespace('Room', { namespaceId: '00000000000000000000000000000002' }),
  ]);
});

test('[G-1] a renamed class keeps its namespace, and so its objects', () => {
  const room = aNamespace('Room');
  const { namespaces } = after(
    { old_tag: 'v1', new_tag: 'v2', steps: [{ renamed_classes: [{ from: 'Room', to: 'Hall' }] }] },
    [room],
    'v1',
  );
  assert.deepEqual(namespaces, [{ ...room, className: 'Hall' }]);
  assert.deepEqual(namespaceChanges([room], namespaces), { created: [], renamed: namespaces, transferred: [], deleted: [] });
});

test('[G-1] a class that is deleted and made again is another namespace', () => {
  const room = aNamespace('Room');
  const steps = [{ deleted_classes: ['Room'] }, { new_sqlite_classes: ['Room'] }];
  const { namespaces } = after({ old_tag: 'v1', new_tag: 'v3', steps }, [room], 'v1');
  const changes = namespaceChanges([room], namespaces);
  assert.deepEqual(changes, { created: namespaces, renamed: [], transferred: [], deleted: [room] });
  assert.notEqual(namespaces[0]?.namespaceId, room.namespaceId);
});

test('[G-1] a single step without a list or a tag is a migration too, and leaves the tag as it was', () => {
  assert.deepEqual(
    after({ new_sqlite_classes: ['Room'] }).namespaces.map(({ className }) => className),
    ['Room'],
  );
  assert.equal(after({ old_tag: 'v1', new_tag: 'v1', deleted_classes: ['Room'] }, [aNamespace('Room')], 'v1').tag, 'v1');
});

const differs = (expected: string | undefined, current: string | undefined) => ({ code: 'migration_tag_differs', expected, current });

test('[G-2] a migration made for another tag than the current one is refused', () => {
  assert.deepEqual(refusalOf({ new_tag: 'v1' }, [], 'v1'), differs(undefined, 'v1'));
  assert.deepEqual(refusalOf({ old_tag: 'v1', new_tag: 'v2' }, [], 'v3'), differs('v1', 'v3'));
  assert.deepEqual(refusalOf({ old_tag: 'v1', new_tag: 'v2' }), differs('v1', undefined));
});

test('[G-3] a step that does not fit the classes there are is refused, and says which class', () => {
  const room = aNamespace('Room');
  const refused: readonly (readonly [Migration, object])[] = [
    [{ new_classes: ['Room'] }, { code: 'migration_class_exists', action: 'new', className: 'Room' }],
    [{ renamed_classes: [{ from: 'Hall', to: 'Foyer' }] }, { code: 'migration_class_unknown', action: 'rename', className: 'Hall' }],
    [{ renamed_classes: [{ from: 'Room', to: 'Room' }] }, { code: 'migration_class_exists', action: 'rename', className: 'Room' }],
    [{ deleted_classes: ['Hall'] }, { code: 'migration_class_unknown', action: 'delete', className: 'Hall' }],
  ];
  for (const [step, refusal] of refused) assert.deepEqual(refusalOf({ new_tag: 'v1', steps: [step] }, [room]), refusal);
});

test('[G-3] a class of the same name in another Worker is another class', () => {
  const elsewhere = aNamespace('Room', { script: 'other' });
  assert.equal(after({ new_tag: 'v1', new_sqlite_classes: ['Room'] }, [elsewhere]).namespaces.length, 2);
  assert.equal(refusalOf({ new_tag: 'v1', deleted_classes: ['Room'] }, [elsewhere]).code, 'migration_class_unknown');
});

test('[G-13] a transferred class keeps its namespace under the name it gets; the Worker that had it has it no more', () => {
  const theirs = aNamespace('Room', { script: 'other' });
  const { namespaces } = after({ new_tag: 'v1', steps: [{ transferred_classes: [{ from: 'Room', from_script: 'other', to: 'Hall' }] }] }, [
    theirs,
  ]);
  const moved = { ...theirs, script: 'chat', className: 'Hall', movedFrom: 'other' };
  assert.deepEqual(namespaces, [moved]);
  assert.deepEqual(namespaceChanges([theirs], namespaces), { created: [], renamed: [], transferred: [moved], deleted: [] });
});

test('[G-13] a transfer from no Worker, of no class, to a name that is taken or within one Worker is refused', () => {
  const [theirs, ours] = [aNamespace('Room', { script: 'other' }), aNamespace('Hall')];
  const refused = (from: string, from_script: string, to: string) =>
    refusalOf({ new_tag: 'v1', transferred_classes: [{ from, from_script, to }] }, [theirs, ours]);
  assert.deepEqual(refused('Room', 'nobody', 'Room'), {
    code: 'migration_source_unknown',
    className: 'Room',
    script: 'nobody',
    reason: 'script',
  });
  assert.deepEqual(refused('Foyer', 'other', 'Foyer'), {
    code: 'migration_source_unknown',
    className: 'Foyer',
    script: 'other',
    reason: 'class',
  });
  assert.deepEqual(refused('Room', 'other', 'Hall'), { code: 'migration_class_exists', action: 'transfer', className: 'Hall' });
  assert.equal(refused('Hall', 'chat', 'Foyer').code, 'migration_invalid');
});

test('[G-3] a transfer to no name, an empty name, a tag of no length and more classes than are allowed are refused with the fault', () => {
  const many = Array.from({ length: MOST_CLASSES + 1 }, (_, index) => `Class${index}`);
  const faults: readonly (readonly [Migration, RegExp])[] = [
    [{ transferred_classes: [{ from: 'Room', from_script: 'other', to: '' }] }, /name of a class has 1 to 255/],
    [{ new_tag: '', new_classes: ['Room'] }, /a tag has 1 to 255 characters/],
    [{ new_tag: 'v1', new_classes: [''] }, /name of a class has 1 to 255/],
    [{ new_tag: 'v1', new_classes: many }, /at most 500/],
  ];
  for (const [migration, fault] of faults) {
    const refusal = refusalOf(migration);
    assert.ok(refusal.code === 'migration_invalid');
    assert.match(refusal.fault, fault);
  }
});

const CLASSES = ['A', 'B', 'C', 'D'] as const;
const aClass = fc.constantFrom(...CLASSES);
const aStep = fc.oneof(
  fc.record({ new_sqlite_classes: fc.uniqueArray(aClass, { maxLength: 2 }) }),
  fc.record({ new_classes: fc.uniqueArray(aClass, { maxLength: 2 }) }),
  fc.record({ deleted_classes: fc.uniqueArray(aClass, { maxLength: 2 }) }),
  fc.record({ renamed_classes: fc.array(fc.record({ from: aClass, to: aClass }), { maxLength: 2 }) }),
  fc.record({
    transferred_classes: fc.array(fc.record({ from: aClass, from_script: fc.constant('other'), to: aClass }), { maxLength: 2 }),
  }),
);
const THEIRS: readonly ObjectNamespace[] = CLASSES.map((each) => aNamespace(each, { script: 'other', namespaceId: `of-other-${each}` }));
const workers = new Set(['other']);
const someSteps = fc.array(aStep, { maxLength: 6 });

test('[G-4] steps applied one migration at a time leave what all of them at once leave, and names stay unique', () => {
  fc.assert(
    fc.property(someSteps, (steps) => {
      const newId = ids();
      const whole = migrate({
        script: 'chat',
        tag: undefined,
        namespaces: THEIRS,
        migration: { new_tag: 'end', steps },
        workers,
        newId: ids(),
      });
      let tag: string | undefined;
      let namespaces = THEIRS;
      for (const [index, step] of steps.entries()) {
        const migration = { new_tag: `v${index}`, steps: [step], ...(tag === undefined ? {} : { old_tag: tag }) };
        const next = migrate({ script: 'chat', tag, namespaces, migration, workers, newId });
        if (!next.ok) return assert.ok(!whole.ok, 'a step that is refused alone is refused among others');
        ({ tag, namespaces } = next.value);
      }
      assert.ok(whole.ok);
      assert.deepEqual(whole.value.namespaces, namespaces);
      assert.equal(new Set(namespaces.map(({ script, className }) => `${script} ${className}`)).size, namespaces.length);
    }),
  );
});

test('[G-4] what there is to store of a migration, stored, gives the namespaces after it; no id comes back', () => {
  fc.assert(
    fc.property(someSteps, someSteps, (first, second) => {
      const newId = ids();
      const begun = migrate({
        script: 'chat',
        tag: undefined,
        namespaces: THEIRS,
        migration: { new_tag: 'v1', steps: first },
        workers,
        newId,
      });
      fc.pre(begun.ok);
      const before = begun.value.namespaces;
      const ended = migrate({
        script: 'chat',
        tag: 'v1',
        namespaces: before,
        migration: { old_tag: 'v1', new_tag: 'v2', steps: second },
        workers,
        newId,
      });
      fc.pre(ended.ok);
      const { created, renamed, transferred, deleted } = namespaceChanges(before, ended.value.namespaces);
      const stored = new Map(before.map((each) => [each.namespaceId, each]));
      for (const { namespaceId } of deleted) stored.delete(namespaceId);
      for (const each of [...renamed, ...transferred, ...created]) stored.set(each.namespaceId, each);
      assert.deepEqual(new Set(stored.values()), new Set(ended.value.namespaces));
      for (const { namespaceId } of created) assert.ok(!before.some((each) => each.namespaceId === namespaceId));
    }),
  );
});
