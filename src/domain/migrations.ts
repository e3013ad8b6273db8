import { accept, refuse, type Result } from '../base/index.ts';
import type { ObjectNamespace, ObjectStorage } from './durable-objects.ts';
import type { MigrationRefusal } from './refusal.ts';

/** What one step does to the classes of a Worker (https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/). */
export interface MigrationStep {
  readonly new_classes?: readonly string[] | undefined;
  readonly new_sqlite_classes?: readonly string[] | undefined;
  readonly renamed_classes?: readonly { readonly from: string; readonly to: string }[] | undefined;
  readonly deleted_classes?: readonly string[] | undefined;
  readonly transferred_classes?: readonly { readonly from: string; readonly from_script: string; readonly to: string }[] | undefined;
}

/** What an upload carries: the steps after the tag that the Worker has now. A single step may stand in it without a list. */
export interface Migration extends MigrationStep {
  readonly old_tag?: string | undefined;
  readonly new_tag?: string | undefined;
  readonly steps?: readonly MigrationStep[] | undefined;
}

export interface MigrationRequest {
  readonly script: string;
  /** The tag of the last migration that was applied to the Worker. */
  readonly tag: string | undefined;
  /** All of the account that live. */
  readonly namespaces: readonly ObjectNamespace[];
  readonly migration: Migration | undefined;
  /** Those that exist among the Workers that it takes classes from. */
  readonly workers: ReadonlySet<string>;
  readonly newId: () => string;
}

export interface Migrated {
  readonly tag: string | undefined;
  /** All of the account that live afterwards. */
  readonly namespaces: readonly ObjectNamespace[];
}

/** So many classes a Worker may have (https://developers.cloudflare.com/durable-objects/platform/limits/). */
export const MOST_CLASSES = 500;

const MOST_NAME_LENGTH = 255;

/** The namespaces after a migration. Its steps are applied in order, all or none. */
export const migrate = (request: MigrationRequest): Result<Migrated, MigrationRefusal> => {
  const { script, tag, migration } = request;
  if (migration === undefined) return accept({ tag, namespaces: request.namespaces });
  if ((migration.old_tag ?? undefined) !== tag) return refuse({ code: 'migration_tag_differs', expected: migration.old_tag, current: tag });
  const fault = faultIn(migration);
  if (fault !== undefined) return refuse({ code: 'migration_invalid', fault });
  let { namespaces } = request;
  for (const step of stepsOf(migration)) {
    const after = stepped(request, namespaces, step);
    if (!after.ok) return after;
    namespaces = after.value;
  }
  const count = namespaces.filter((namespace) => namespace.script === script).length;
  if (count > MOST_CLASSES)
    return refuse({ code: 'migration_invalid', fault: `the Worker would have ${count} classes, and at most ${MOST_CLASSES} are allowed` });
  return accept({ tag: migration.new_tag ?? tag, namespaces });
};

export const stepsOf = (migration: Migration): readonly MigrationStep[] => [...(migration.steps ?? []), migration];

const faultIn = (migration: Migration): string | undefined => {
  const steps = stepsOf(migration);
  if (migration.new_tag === undefined && migration.old_tag !== undefined) return 'it has an "old_tag" and no "new_tag"';
  if (migration.new_tag === '' || (migration.new_tag ?? '').length > MOST_NAME_LENGTH)
    return `a tag has 1 to ${MOST_NAME_LENGTH} characters`;
  const made = steps.flatMap((step) => [...newClassesOf(step).keys()]);
  made.push(
    ...steps
      .flatMap(({ renamed_classes = [], transferred_classes = [] }) => renamed_classes.concat(transferred_classes))
      .map(({ to }) => to),
  );
  const isMisnamed = made.some((name) => name === '' || name.length > MOST_NAME_LENGTH);
  return isMisnamed ? `the name of a class has 1 to ${MOST_NAME_LENGTH} characters` : undefined;
};

/** The Workers that a migration takes classes from. */
export const sourcesOf = (migration: Migration): readonly string[] =>
  stepsOf(migration).flatMap(({ transferred_classes = [] }) => transferred_classes.map(({ from_script }) => from_script));

const newClassesOf = ({ new_classes = [], new_sqlite_classes = [] }: MigrationStep): ReadonlyMap<string, ObjectStorage> =>
  new Map([...new_classes.map((name) => [name, 'kv'] as const), ...new_sqlite_classes.map((name) => [name, 'sqlite'] as const)]);

type Step = Result<readonly ObjectNamespace[], MigrationRefusal>;

/** Deletions make room for names first, then renames, then what comes from others, then new classes; within a step the client gave no order. */
const stepped = ({ script, workers, newId }: MigrationRequest, before: readonly ObjectNamespace[], step: MigrationStep): Step => {
  let namespaces = before;
  const called = (className: string, owner = script) => namespaces.find((each) => each.script === owner && each.className === className);
  for (const className of step.deleted_classes ?? []) {
    const deleted = called(className);
    if (deleted === undefined) return refuse({ code: 'migration_class_unknown', action: 'delete', className });
    namespaces = namespaces.filter((each) => each !== deleted);
  }
  for (const { from, to } of step.renamed_classes ?? []) {
    const renamed = called(from);
    if (renamed === undefined) return refuse({ code: 'migration_class_unknown', action: 'rename', className: from });
    if (called(to) !== undefined) return refuse({ code: 'migration_class_exists', action: 'rename', className: to });
    namespaces = namespaces.map((each) => (each === renamed ? { ...each, className: to } : each));
  }
  for (const { from, from_script: owner, to } of step.transferred_classes ?? []) {
    if (owner === script) {
      const fault = `it transfers the class ${JSON.stringify(from)} from the Worker itself; that is what "renamed_classes" is for`;
      return refuse({ code: 'migration_invalid', fault });
    }
    const source = called(from, owner);
    if (source === undefined) {
      return refuse({ code: 'migration_source_unknown', className: from, script: owner, reason: workers.has(owner) ? 'class' : 'script' });
    }
    if (called(to) !== undefined) return refuse({ code: 'migration_class_exists', action: 'transfer', className: to });
    namespaces = namespaces.map((each) => (each === source ? { ...each, script, className: to, movedFrom: owner } : each));
  }
  for (const [className, storage] of newClassesOf(step)) {
    if (called(className) !== undefined) return refuse({ code: 'migration_class_exists', action: 'new', className });
    namespaces = [...namespaces, { script, className, storage, namespaceId: newId() }];
  }
  return accept(namespaces);
};

/** What there is to store of a migration. */
export interface NamespaceChanges {
  readonly created: readonly ObjectNamespace[];
  /** Under their new name. */
  readonly renamed: readonly ObjectNamespace[];
  /** Those that are another Worker's now, under the name they have there. */
  readonly transferred: readonly ObjectNamespace[];
  readonly deleted: readonly ObjectNamespace[];
}

export const namespaceChanges = (before: readonly ObjectNamespace[], after: readonly ObjectNamespace[]): NamespaceChanges => {
  const was = new Map(before.map((each) => [each.namespaceId, each]));
  const is = new Set(after.map(({ namespaceId }) => namespaceId));
  const kept = after.flatMap((now) => {
    const old = was.get(now.namespaceId);
    return old === undefined ? [] : [{ old, now }];
  });
  return {
    created: after.filter(({ namespaceId }) => !was.has(namespaceId)),
    renamed: kept.filter((each) => each.now.script === each.old.script && each.now.className !== each.old.className).map(({ now }) => now),
    transferred: kept.filter((each) => each.now.script !== each.old.script).map(({ now }) => now),
    deleted: before.filter(({ namespaceId }) => !is.has(namespaceId)),
  };
};
