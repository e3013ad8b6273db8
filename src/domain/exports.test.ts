import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObjectNamespace } from './durable-objects.ts';
import type { ClassExport, ExportsRequest } from './export-terms.ts';
import { declaredAlive, reconcile } from './exports.ts';
import { classExports, declareTheSame, liveExports } from './given-exports.ts';
import { namespaceChanges } from './migrations.ts';

const SQLITE: ClassExport = { state: 'created', storage: 'sqlite' };

const aNamespace = (className: string, more: Partial<ObjectNamespace> = {}): ObjectNamespace => ({
  script: 'chat',
  className,
  storage: 'sqlite',
  namespaceId: className.toLowerCase().padEnd(32, '0'),
  ...more,
});

type World = Partial<Omit<ExportsRequest, 'exports' | 'inCode'>> & { readonly inCode?: readonly string[] };

const reconciled = (exports: Readonly<Record<string, ClassExport>>, { inCode = [], ...world }: World = {}) =>
  reconcile({
    script: 'chat',
    exports: new Map(Object.entries(exports)),
    inCode: new Set(inCode),
    namespaces: [],
    workers: new Set(),
    expected: [],
    bound: [],
    newId: (className) => `new-${className}`,
    ...world,
  });

const faultsOf = (...args: Parameters<typeof reconciled>) =>
  reconciled(...args).faults.map(({ scenario, className }) => [scenario, className]);
const notesOf = (...args: Parameters<typeof reconciled>) =>
  reconciled(...args).summary.notes.map(({ scenario, className, scripts = [] }) => [scenario, className].concat(scripts));

const THEIRS = aNamespace('Room', { script: 'other' });
const WAITING = { script: 'lobby', className: 'Room', from: 'chat' } as const;

test('[G-14] a declared class gets a namespace once; declared again nothing changes', () => {
  const first = reconciled({ Room: SQLITE }, { inCode: ['Room'] });
  assert.deepEqual(first.faults, []);
  assert.deepEqual(first.summary.created, ['Room']);
  assert.deepEqual(first.namespaces, [aNamespace('Room', { namespaceId: 'new-Room' })]);
  const again = reconciled({ Room: SQLITE }, { inCode: ['Room'], namespaces: first.namespaces });
  assert.deepEqual(again.namespaces, first.namespaces);
  assert.deepEqual(again.summary, { created: [], deleted: [], renamed: [], transferred: [], expected: [], notes: [], removable: [] });
});

test('[G-14] tombstones delete, rename with the id kept, and are stale afterwards', () => {
  const room = aNamespace('Room');
  const removed = reconciled({ Room: { state: 'deleted' } }, { namespaces: [room] });
  assert.deepEqual([removed.faults, removed.summary.deleted, removed.namespaces], [[], ['Room'], []]);
  assert.deepEqual(reconciled({ Room: { state: 'deleted' } }).summary.removable, ['Room']);

  const rename = { Room: { state: 'renamed', to: 'Hall' }, Hall: SQLITE } as const;
  const renamed = reconciled(rename, { namespaces: [room], inCode: ['Hall'] });
  assert.deepEqual([renamed.faults, renamed.summary.renamed, renamed.summary.created], [[], [{ from: 'Room', to: 'Hall' }], []]);
  assert.deepEqual(renamed.namespaces, [{ ...room, className: 'Hall' }]);
  assert.deepEqual(notesOf(rename, { namespaces: renamed.namespaces, inCode: ['Hall'] }), [['stale_tombstone', 'Room']]);
  const bound = [{ script: 'lobby', className: 'Room', owner: 'chat', namespaceId: room.namespaceId }];
  const stale = reconciled(rename, { namespaces: renamed.namespaces, inCode: ['Hall'], bound });
  assert.deepEqual(stale.summary.notes[0]?.scripts, ['lobby']);
  assert.deepEqual(stale.summary.removable, []);
});

test('[G-15] every way in which a class, its declaration and its objects can differ has its name, and all are told at once', () => {
  const room = aNamespace('Room');
  const withRoom = { namespaces: [room] };
  assert.deepEqual(faultsOf({ Room: SQLITE }), [['config_references_nonexistent_class', 'Room']]);
  assert.deepEqual(faultsOf({ Room: SQLITE }, withRoom), [['config_export_not_in_code', 'Room']]);
  assert.deepEqual(faultsOf({}, withRoom), [['orphaned_provisioned_namespace', 'Room']]);
  assert.deepEqual(faultsOf({}, { ...withRoom, inCode: ['Room'] }), [['provisioned_class_missing_from_config', 'Room']]);
  assert.deepEqual(faultsOf({ Room: { state: 'created', storage: 'kv' } }, { inCode: ['Room'] }), [['invalid_export', 'Room']]);
  assert.deepEqual(faultsOf({ Room: { state: 'created', storage: 'kv' } }, { ...withRoom, inCode: ['Room'] }), [
    ['storage_type_mismatch', 'Room'],
  ]);
  assert.deepEqual(faultsOf({ Room: { state: 'deleted' } }, { ...withRoom, inCode: ['Room'] }), [
    ['tombstone_delete_class_still_in_code', 'Room'],
  ]);
  const bound = [{ script: 'lobby', className: 'Room', owner: 'chat', namespaceId: room.namespaceId }];
  const blocked = reconciled({ Room: { state: 'deleted' } }, { ...withRoom, bound });
  assert.deepEqual(
    blocked.faults.map(({ scenario, scripts }) => [scenario, scripts]),
    [['tombstone_delete_blocked_by_external_bindings', ['lobby']]],
  );
  assert.deepEqual(
    faultsOf({ Room: { state: 'renamed', to: 'Hall' }, Hall: SQLITE }, { namespaces: [room, aNamespace('Hall')], inCode: ['Hall'] }),
    [['tombstone_renamed_to_occupied', 'Room']],
  );
  assert.deepEqual(faultsOf({ Room: { state: 'renamed', to: 'Hall' } }, withRoom), [['invalid_export', 'Room']]);
  assert.deepEqual(faultsOf({ A: SQLITE, B: { state: 'invalid', fault: 'so' } }, withRoom), [
    ['config_references_nonexistent_class', 'A'],
    ['invalid_export', 'B'],
    ['orphaned_provisioned_namespace', 'Room'],
  ]);
});

test('[G-16] a class is waited for, handed over, and has come; what does not fit on either side is named', () => {
  const waits: ClassExport = { state: 'expecting-transfer', storage: 'sqlite', from: 'other' };
  const world = { namespaces: [THEIRS], workers: new Set(['other']), inCode: ['Room'] };
  const pending = reconciled({ Room: waits }, world);
  assert.deepEqual([pending.faults, pending.summary.expected, pending.namespaces], [[], [{ className: 'Room', from: 'other' }], [THEIRS]]);
  assert.deepEqual(faultsOf({ Room: waits }, { ...world, inCode: [] }), [['config_export_not_in_code', 'Room']]);
  assert.deepEqual(faultsOf({ Room: waits }, { ...world, workers: new Set() }), [['phase_one_transfer_source_missing', 'Room']]);
  assert.deepEqual(faultsOf({ Room: waits }, { ...world, namespaces: [] }), [['phase_one_transfer_source_namespace_missing', 'Room']]);
  assert.deepEqual(faultsOf({ Room: { ...waits, storage: 'kv' } }, world), [['storage_type_mismatch', 'Room']]);
  assert.deepEqual(faultsOf({ Room: waits }, { ...world, namespaces: [aNamespace('Room')] }), [
    ['phase_one_transfer_target_class_provisioned', 'Room'],
  ]);
  const expected = [{ script: 'chat', className: 'Room', from: 'third' }];
  assert.deepEqual(faultsOf({ Room: waits }, { ...world, expected }), [['phase_one_transfer_duplicate', 'Room']]);
  const from = (movedFrom: string) => ({ ...world, namespaces: [aNamespace('Room', { movedFrom })] });
  assert.deepEqual(faultsOf({ Room: waits }, from('third')), [['phase_one_transfer_after_commit_mismatch', 'Room']]);
  assert.deepEqual(notesOf({ Room: waits }, from('other')), [['transfer_receive_already_applied', 'Room']]);

  const gives: ClassExport = { state: 'transferred', to: 'lobby' };
  const room = aNamespace('Room');
  const giving = { namespaces: [room], workers: new Set(['lobby']), expected: [WAITING] };
  const given = reconciled({ Room: gives }, giving);
  assert.deepEqual(given.faults, []);
  assert.deepEqual(given.summary.transferred, [{ className: 'Room', to: 'lobby' }]);
  assert.deepEqual(given.namespaces, [{ ...room, script: 'lobby', movedFrom: 'chat' }]);
  assert.deepEqual(notesOf({ Room: gives }, { ...giving, inCode: ['Room'] }), [['tombstone_class_still_in_code', 'Room']]);
  assert.deepEqual(notesOf({ Room: gives }, { ...giving, namespaces: given.namespaces }), [['stale_tombstone', 'Room']]);
  assert.deepEqual(faultsOf({ Room: gives }, { ...giving, workers: new Set() }), [['transferred_target_missing', 'Room']]);
  assert.deepEqual(faultsOf({ Room: gives }, { ...giving, expected: [] }), [['transferred_pending_not_found', 'Room']]);
  const mismatched = { ...giving, expected: [{ ...WAITING, script: 'third' }] };
  assert.deepEqual(faultsOf({ Room: gives }, mismatched), [['transferred_target_mismatch', 'Room']]);
  const occupied = { ...giving, namespaces: [room, aNamespace('Room', { script: 'lobby', namespaceId: 'theirs' })] };
  assert.deepEqual(faultsOf({ Room: gives }, occupied), [['transferred_pending_not_found', 'Room']]);
});

const CLASSES = ['A', 'B', 'C', 'D'] as const;
const aClass = fc.constantFrom(...CLASSES);
const aStorage = fc.constantFrom('sqlite' as const, 'kv' as const);
const anEntry: fc.Arbitrary<ClassExport> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ state: fc.constant('created' as const), storage: aStorage }) },
  fc.record({ state: fc.constant('deleted' as const) }),
  fc.record({ state: fc.constant('renamed' as const), to: aClass }),
  fc.record({ state: fc.constant('transferred' as const), to: fc.constantFrom('lobby', 'third') }),
  fc.record({ state: fc.constant('expecting-transfer' as const), storage: aStorage, from: fc.constant('other') }),
);
const someExports = fc.dictionary(aClass, anEntry, { maxKeys: 4 });
const someNamespaces = fc
  .uniqueArray(fc.record({ script: fc.constantFrom('chat', 'other'), className: aClass, storage: aStorage }), {
    selector: ({ script, className }) => `${script} ${className}`,
  })
  .map((all) => all.map((each): ObjectNamespace => ({ ...each, namespaceId: `${each.script}-${each.className}` })));

test('[G-14] without a fault the classes of the Worker are those declared alive, no id is lost but by a tombstone, and a second time nothing changes', () => {
  fc.assert(
    fc.property(someExports, someNamespaces, fc.subarray([...CLASSES]), (exports, namespaces, inCode) => {
      const expected = CLASSES.map((className) => ({ script: 'lobby', className, from: 'chat' }));
      const world = { namespaces, inCode, expected, workers: new Set(['lobby', 'other']) };
      const { faults, ...first } = reconciled(exports, world);
      fc.pre(faults.length === 0);
      const alive = Object.keys(exports).filter((name) => exports[name]?.state === 'created');
      const own = first.namespaces.filter(({ script }) => script === 'chat').map(({ className }) => className);
      assert.deepEqual(own.toSorted(), alive.toSorted());
      const { created, deleted } = namespaceChanges(namespaces, first.namespaces);
      assert.deepEqual(deleted.map(({ className }) => className).toSorted(), first.summary.deleted.toSorted());
      assert.equal(created.length, first.summary.created.length);
      assert.ok(namespaces.filter(({ script }) => script === 'other').every((each) => first.namespaces.includes(each)));
      const second = reconciled(exports, { ...world, namespaces: first.namespaces });
      assert.deepEqual([second.faults, second.namespaces], [[], first.namespaces]);
    }),
    { numRuns: 2000 },
  );
});

test('[G-14] what the namespaces will be does not depend on the code, so that it can be tried with them', () => {
  fc.assert(
    fc.property(someExports, someNamespaces, fc.subarray([...CLASSES]), (exports, namespaces, inCode) => {
      const world = { namespaces, workers: new Set(['lobby', 'other']) };
      const { faults, ...first } = reconciled(exports, { ...world, inCode });
      fc.pre(faults.length === 0);
      const declared = [...declaredAlive(new Map(Object.entries(exports)))];
      assert.deepEqual(reconciled(exports, { ...world, inCode: declared }).namespaces, first.namespaces);
    }),
  );
});

const read = (entry: object) => classExports({ Room: { type: 'durable-object', ...entry } }).get('Room');

test('[G-15] an entry that lacks what its state needs, or has what does not go with it, is invalid and says which member', () => {
  const faults: readonly (readonly [object, RegExp])[] = [
    [{}, /"storage" is missing/],
    [{ storage: 'paper' }, /must be "sqlite" or "legacy-kv"/],
    [{ storage: 'sqlite', renamed_to: 'Hall' }, /"renamed_to" does not go with/],
    [{ state: 'renamed' }, /"renamed_to" is missing/],
    [{ state: 'deleted', storage: 'sqlite' }, /"storage" does not go with/],
    [{ state: 'expecting-transfer', storage: 'sqlite' }, /"transfer_from" is missing/],
    [{ state: 'constructor' }, /none of created/],
    [{ storage: 'sqlite', container: 'box' }, /containers are not supported/],
    [{ type: 'workflow' }, /its type is "workflow"/],
  ];
  for (const [entry, expected] of faults) {
    const found = read(entry);
    assert.ok(found?.state === 'invalid', JSON.stringify(entry));
    assert.match(found.fault, expected);
  }
  assert.deepEqual(read({ storage: 'legacy-kv' }), { state: 'created', storage: 'kv' });
  assert.equal(classExports({ Api: { type: 'worker' } }).size, 0);
});

test('[G-17] two versions declare the same where the classes alive are the same, in any order and whatever tombstones there are', () => {
  const room = { type: 'durable-object', storage: 'sqlite' };
  const gone = { type: 'durable-object', state: 'deleted' };
  assert.ok(declareTheSame({ Room: room, Api: { type: 'worker' } }, { Old: gone, Room: { ...room, state: 'created' } }));
  assert.ok(!declareTheSame({ Room: room }, { Room: room, Hall: room }));
  assert.ok(declareTheSame(undefined, { Room: room }));
  assert.deepEqual(liveExports({ Room: room, Old: gone }), { Room: room });
});
