import { accept, refuse, type Result } from '../base/index.ts';
import {
  migrate,
  namespaceChanges,
  resolveObjects,
  sourcesOf,
  type Binding,
  type ExportsSummary,
  type Migrated,
  type Migration,
  type NamespaceChanges,
  type ObjectNamespace,
  type Refusal,
} from '../domain/index.ts';
import type { Change, Queries, Worker } from '../store/index.ts';
import type { Control } from './control.ts';
import { asUsers, usesOfObjects } from './uses.ts';

/** What an upload does to the namespaces of Durable Objects; decided before its trial, stored with its version. */
export interface ObjectsPlan extends Migrated {
  readonly changes: NamespaceChanges;
  /** Only where the classes are declared: what is wrong with that, and what came of it, once it is known what the code exports. */
  readonly declared?: DeclaredClasses;
}

export interface DeclaredClasses {
  /** Classes that are to come from other Workers, and reach their objects there until then. */
  readonly expected: ExportsSummary['expected'];
  readonly against: (inCode: ReadonlySet<string>) => Result<ExportsSummary, Refusal>;
}

/** Decides as often as it is asked, with the same ids for what is new: before the trial, and again where it is stored. */
export type ObjectsPlanner = (queries: Queries) => Promise<Result<ObjectsPlan, Refusal>>;

/** The namespaces as they will be, or why the migration cannot be applied. Without one they stay as they are. */
export const byMigration = (
  control: Control,
  worker: Pick<Worker, 'name' | 'tag' | 'migrationTag'>,
  migration: Migration | undefined,
): ObjectsPlanner => {
  const ids: string[] = [];
  return async (queries) => {
    const before = await queries.namespaces.all();
    let made = 0;
    const newId = (): string => {
      const id = ids[made] ?? control.ids.hex32();
      ids[made] = id;
      made += 1;
      return id;
    };
    const workers = await existing(queries, migration === undefined ? [] : sourcesOf(migration));
    const migrated = migrate({ script: worker.name, tag: worker.migrationTag, namespaces: before, migration, workers, newId });
    if (!migrated.ok) return migrated;
    const changes = namespaceChanges(before, migrated.value.namespaces);
    const held = await firstHeld(queries, worker, changes.deleted);
    return held ?? accept({ ...migrated.value, changes });
  };
};

/** Those of the names that Workers have. */
export const existing = async (queries: Queries, names: Iterable<string>): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  for (const name of new Set(names)) if ((await queries.workers.byName(name)) !== undefined) found.add(name);
  return found;
};

export const changesAny = ({ changes }: ObjectsPlan): boolean =>
  Object.values(changes).some((namespaces: readonly ObjectNamespace[]) => namespaces.length > 0);

/** Stores what was planned, in the same transaction. */
export const storeObjects = async (control: Control, change: Change, worker: Worker, { tag, changes }: ObjectsPlan): Promise<Worker> => {
  const at = control.clock.now().toISOString();
  for (const namespace of changes.deleted) await change.namespaces.delete(namespace, at);
  // Of two that get other names the later one frees the name that the earlier one takes; under its id no other has that name.
  for (const namespace of [...changes.renamed, ...changes.transferred]) {
    await change.namespaces.rename({ ...namespace, className: namespace.namespaceId });
  }
  for (const namespace of changes.renamed) await change.namespaces.rename(namespace);
  for (const namespace of changes.transferred) await change.namespaces.transfer(namespace);
  for (const namespace of changes.created) await change.namespaces.insert(worker.tag, namespace, at);
  for (const { script, movedFrom = script } of changes.transferred) {
    change.touchWorker(script);
    change.touchWorker(movedFrom);
  }
  return { ...worker, migrationTag: tag };
};

/** A class whose objects another Worker reaches stays until that Worker lets go of it. */
const firstHeld = async (queries: Queries, worker: Pick<Worker, 'tag'>, deleted: readonly ObjectNamespace[]) => {
  const uses = await usesOfObjects(queries, worker.tag, deleted);
  for (const { namespaceId, className } of deleted) {
    const users = asUsers(uses, (binding) => binding.namespace_id === namespaceId);
    if (users.length > 0) return refuse({ code: 'class_in_use' as const, className, users });
  }
  return undefined;
};

/** The bindings with the namespace of each class they name, or the first class that has none. */
export const boundToObjects = async (
  queries: Queries,
  script: string,
  bindings: readonly Binding[],
  namespaces: readonly ObjectNamespace[],
  deleted: readonly ObjectNamespace[] = [],
): Promise<Result<readonly Binding[], Refusal>> => {
  const resolved = resolveObjects(bindings, script, namespaces);
  const [binding] = resolved.unresolved;
  if (binding === undefined) return accept(resolved.bindings);
  const { script_name: other = script, class_name: className } = binding;
  if (other !== script && (await queries.workers.byName(other)) === undefined) {
    return refuse({ code: 'class_not_provisioned', binding, reason: 'script', classes: [] });
  }
  const classes = namespaces.filter((each) => each.script === other).map((each) => each.className);
  const isDeleted = deleted.some((each) => each.script === other && each.className === className);
  return refuse({ code: 'class_not_provisioned', binding, reason: isDeleted ? 'deleted' : 'class', classes });
};

/** What became of the namespaces, for the audit row. */
export const migrationDetail = ({ tag, changes }: ObjectsPlan): Readonly<Record<string, unknown>> => ({
  migration: {
    ...(tag === undefined ? {} : { tag }),
    ...Object.fromEntries(
      Object.entries(changes).flatMap(([what, namespaces]: readonly [string, readonly ObjectNamespace[]]) =>
        namespaces.length === 0 ? [] : [[what, namespaces.map((each) => detailOf(each, what))]],
      ),
    ),
  },
});

const detailOf = ({ className, namespaceId, script, movedFrom }: ObjectNamespace, what: string) => ({
  class: className,
  id: namespaceId,
  ...(what === 'transferred' ? { from: movedFrom, to: script } : {}),
});
