import { accept, refuse, type Result } from '../base/index.ts';
import {
  migrate,
  namespaceChanges,
  resolveObjects,
  type Binding,
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
}

/** The namespaces as they will be, or why the migration cannot be applied. Without one they stay as they are. */
export const planObjects = async (
  control: Control,
  queries: Queries,
  worker: Pick<Worker, 'name' | 'tag' | 'migrationTag'>,
  migration: Migration | undefined,
): Promise<Result<ObjectsPlan, Refusal>> => {
  const before = await queries.namespaces.all();
  const newId = () => control.ids.hex32();
  const migrated = migrate({ script: worker.name, tag: worker.migrationTag, namespaces: before, migration, newId });
  if (!migrated.ok) return migrated;
  const changes = namespaceChanges(before, migrated.value.namespaces);
  const held = await firstHeld(queries, worker, changes.deleted);
  return held ?? accept({ ...migrated.value, changes });
};

/** Stores what was planned. The lane of the Worker kept its own namespaces as they were; other Workers may bind more of them by now. */
export const storeObjects = async (
  control: Control,
  change: Change,
  worker: Worker,
  { tag, changes }: ObjectsPlan,
): Promise<Result<Worker, Refusal>> => {
  const held = await firstHeld(change, worker, changes.deleted);
  if (held !== undefined) return held;
  const at = control.clock.now().toISOString();
  for (const namespace of changes.deleted) await change.namespaces.delete(namespace, at);
  for (const namespace of inFreeNames(changes.renamed)) await change.namespaces.rename(namespace);
  for (const namespace of changes.created) await change.namespaces.insert(worker.tag, namespace, at);
  return accept({ ...worker, migrationTag: tag });
};

/** Of two renames in a row the later one frees the name that the earlier one takes; under its id no other has that name. */
const inFreeNames = (renamed: readonly ObjectNamespace[]): readonly ObjectNamespace[] => [
  ...renamed.map((namespace) => ({ ...namespace, className: namespace.namespaceId })),
  ...renamed,
];

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
  { namespaces, changes }: Pick<ObjectsPlan, 'namespaces' | 'changes'>,
): Promise<Result<readonly Binding[], Refusal>> => {
  const resolved = resolveObjects(bindings, script, namespaces);
  const [binding] = resolved.unresolved;
  if (binding === undefined) return accept(resolved.bindings);
  const { script_name: other = script, class_name: className } = binding;
  if (other !== script && (await queries.workers.byName(other)) === undefined) {
    return refuse({ code: 'class_not_provisioned', binding, reason: 'script' });
  }
  const isDeleted = changes.deleted.some((deleted) => deleted.script === other && deleted.className === className);
  return refuse({ code: 'class_not_provisioned', binding, reason: isDeleted ? 'deleted' : 'class' });
};

/** What a migration did, for the audit row. */
export const migrationDetail = ({ tag, changes }: ObjectsPlan): Readonly<Record<string, unknown>> => ({
  migration: {
    tag,
    ...Object.fromEntries(
      Object.entries(changes).flatMap(([what, namespaces]: readonly [string, readonly ObjectNamespace[]]) =>
        namespaces.length === 0 ? [] : [[what, namespaces.map(({ className, namespaceId }) => ({ class: className, id: namespaceId }))]],
      ),
    ),
  },
});
