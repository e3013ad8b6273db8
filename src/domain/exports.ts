import type { ObjectNamespace, ObjectStorage } from './durable-objects.ts';
import { MOST_CLASSES } from './migrations.ts';

/**
 * What an upload declares of one of its classes (https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/).
 * It is there, or is to come from another Worker; or a tombstone says what becomes of the objects it had.
 */
export type ClassExport =
  | { readonly state: 'created'; readonly storage: ObjectStorage }
  | { readonly state: 'expecting-transfer'; readonly storage: ObjectStorage; readonly from: string }
  | { readonly state: 'deleted' }
  | { readonly state: 'renamed'; readonly to: string }
  | { readonly state: 'transferred'; readonly to: string }
  /** Not as the rules for its state say. */
  | { readonly state: 'invalid'; readonly fault: string };

/** A class that a Worker which serves waits to get from another one. */
export interface ExpectedClass {
  readonly script: string;
  readonly className: string;
  readonly from: string;
}

/** A binding to a class, in a version of another Worker that serves. */
export interface BoundClass {
  readonly script: string;
  readonly className: string;
  /** The Worker that the binding names. */
  readonly owner: string;
  readonly namespaceId: string | undefined;
}

export interface ExportsRequest {
  readonly script: string;
  readonly exports: ReadonlyMap<string, ClassExport>;
  /** The classes that the code exports. */
  readonly inCode: ReadonlySet<string>;
  /** All of the account that live. */
  readonly namespaces: readonly ObjectNamespace[];
  /** Those that exist among the Workers that the exports name. */
  readonly workers: ReadonlySet<string>;
  readonly expected: readonly ExpectedClass[];
  readonly bound: readonly BoundClass[];
  readonly newId: (className: string) => string;
}

/** Cloudflare's names of what can be wrong with an entry. */
export type ExportFaultScenario =
  | 'invalid_export'
  | 'provisioned_class_missing_from_config'
  | 'orphaned_provisioned_namespace'
  | 'config_export_not_in_code'
  | 'config_references_nonexistent_class'
  | 'storage_type_mismatch'
  | 'tombstone_delete_class_still_in_code'
  | 'tombstone_delete_blocked_by_external_bindings'
  | 'tombstone_renamed_to_occupied'
  | 'transferred_target_missing'
  | 'transferred_target_mismatch'
  | 'transferred_pending_not_found'
  | 'phase_one_transfer_source_missing'
  | 'phase_one_transfer_source_namespace_missing'
  | 'phase_one_transfer_target_class_provisioned'
  | 'phase_one_transfer_after_commit_mismatch'
  | 'phase_one_transfer_duplicate';

/** And of what is worth knowing about one. */
export type ExportNoteScenario =
  | 'code_class_not_in_exports'
  | 'stale_tombstone'
  | 'tombstone_class_still_in_code'
  | 'transfer_receive_already_applied';

export interface ExportRemark<Scenario> {
  readonly scenario: Scenario;
  readonly className: string;
  /** The other class, Worker or storage that it is about, or what is wrong in words. */
  readonly about?: string | undefined;
  readonly namespaceId?: string | undefined;
  /** The Workers that bind it. */
  readonly scripts?: readonly string[] | undefined;
}

export type ExportFault = ExportRemark<ExportFaultScenario>;
export type ExportNote = ExportRemark<ExportNoteScenario>;

/** What became of one entry: at most one change to a namespace. */
interface Outcome {
  readonly created?: ObjectNamespace;
  readonly deleted?: ObjectNamespace;
  /** As it is afterwards. */
  readonly renamed?: ObjectNamespace;
  readonly transferred?: ObjectNamespace;
  readonly expected?: { readonly from: string };
  readonly fault?: ExportFault;
  readonly note?: ExportNote;
  /** The entry has done its work and nobody needs it any more. */
  readonly isRemovable?: boolean;
}

export interface Reconciled {
  /** All of the account that live afterwards; they do not depend on what the code exports. */
  readonly namespaces: readonly ObjectNamespace[];
  readonly faults: readonly ExportFault[];
  readonly summary: ExportsSummary;
}

export interface ExportsSummary {
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly transferred: readonly { readonly className: string; readonly to: string }[];
  readonly expected: readonly { readonly className: string; readonly from: string }[];
  readonly notes: readonly ExportNote[];
  readonly removable: readonly string[];
}

/**
 * Holds what is declared against the code and the namespaces there are. Entries do not depend on each other but for a rename and the
 * class it leads to, so each is judged by itself, and all that is wrong is told at once.
 */
export const reconcile = (request: ExportsRequest): Reconciled => {
  const outcomes = new Map([...request.exports].map(([className, entry]) => [className, outcomeOf(className, entry, request)]));
  const given = [...outcomes];
  const pick = <Key extends keyof Outcome>(key: Key) =>
    given.flatMap(([className, outcome]) => {
      const value = outcome[key];
      return value === undefined ? [] : [{ className, value: value as NonNullable<Outcome[Key]> }];
    });
  const gone = new Set(pick('deleted').map(({ value }) => value.namespaceId));
  const changed = new Map([...pick('renamed'), ...pick('transferred')].map(({ value }) => [value.namespaceId, value]));
  const created = pick('created').map(({ value }) => value);
  const namespaces = [
    ...request.namespaces.filter(({ namespaceId }) => !gone.has(namespaceId)).map((each) => changed.get(each.namespaceId) ?? each),
    ...created,
  ];
  return {
    namespaces,
    faults: [...pick('fault').map(({ value }) => value), ...undeclared(request), ...tooMany(request.script, namespaces)],
    summary: {
      created: created.map(({ className }) => className),
      deleted: pick('deleted').map(({ className }) => className),
      renamed: pick('renamed').map(({ className, value }) => ({ from: className, to: value.className })),
      transferred: pick('transferred').map(({ className, value }) => ({ className, to: value.script })),
      expected: pick('expected').map(({ className, value }) => ({ className, from: value.from })),
      notes: [...pick('note').map(({ value }) => value), ...unmentioned(request)],
      removable: pick('isRemovable').map(({ className }) => className),
    },
  };
};

/** The classes that code which is as declared exports. */
export const declaredAlive = (exports: ExportsRequest['exports']): ReadonlySet<string> =>
  new Set([...exports].flatMap(([name, { state }]) => (state === 'created' || state === 'expecting-transfer' ? [name] : [])));

const outcomeOf = (className: string, entry: ClassExport, request: ExportsRequest): Outcome => {
  switch (entry.state) {
    case 'invalid':
      return { fault: { scenario: 'invalid_export', className, about: entry.fault } };
    case 'created':
      return created(className, entry.storage, request);
    case 'expecting-transfer':
      return expecting(className, entry, request);
    case 'deleted':
      return deleted(className, request);
    case 'renamed':
      return renamed(className, entry.to, request);
    case 'transferred':
      return transferred(className, entry.to, request);
  }
};

const ownOf = ({ script, namespaces }: ExportsRequest, className: string): ObjectNamespace | undefined =>
  namespaces.find((each) => each.script === script && each.className === className);

/** What a class that is declared alive has now: its own namespace, or that of the class which gets its name. */
const provisioned = (className: string, request: ExportsRequest): ObjectNamespace | undefined => {
  const before = [...request.exports].find(([, entry]) => entry.state === 'renamed' && entry.to === className)?.[0];
  return ownOf(request, className) ?? (before === undefined ? undefined : ownOf(request, before));
};

const created = (className: string, storage: ObjectStorage, request: ExportsRequest): Outcome => {
  const present = provisioned(className, request);
  const isInCode = request.inCode.has(className);
  if (present === undefined) {
    // Made even where it is at fault: the code is tried with every class that is declared.
    const made = { script: request.script, className, storage, namespaceId: request.newId(className) };
    if (!isInCode) return { created: made, fault: { scenario: 'config_references_nonexistent_class', className } };
    const isOld = storage === 'kv';
    const fault = 'new objects have "storage": "sqlite"; "legacy-kv" is for classes that have it already';
    return isOld ? { created: made, fault: { scenario: 'invalid_export', className, about: fault } } : { created: made };
  }
  if (!isInCode) return { fault: { scenario: 'config_export_not_in_code', className, namespaceId: present.namespaceId } };
  return mismatch(className, storage, present) ?? {};
};

const mismatch = (className: string, declared: ObjectStorage, { storage, namespaceId }: ObjectNamespace): Outcome | undefined =>
  declared === storage ? undefined : { fault: { scenario: 'storage_type_mismatch', className, about: storage, namespaceId } };

const expecting = (
  className: string,
  { storage, from }: Extract<ClassExport, { state: 'expecting-transfer' }>,
  request: ExportsRequest,
) => {
  const fault = (scenario: ExportFaultScenario, about = from): Outcome => ({ fault: { scenario, className, about } });
  if (from === request.script) return fault('invalid_export', '"transfer_from" names the Worker itself');
  if (!request.inCode.has(className)) return fault('config_export_not_in_code');
  const own = ownOf(request, className);
  if (own !== undefined) {
    if (own.movedFrom === undefined) return fault('phase_one_transfer_target_class_provisioned');
    if (own.movedFrom !== from) return fault('phase_one_transfer_after_commit_mismatch', own.movedFrom);
    const note: ExportNote = { scenario: 'transfer_receive_already_applied', className, about: from, namespaceId: own.namespaceId };
    return mismatch(className, storage, own) ?? { note };
  }
  const pending = request.expected.find((each) => each.script === request.script && each.className === className);
  if (pending !== undefined && pending.from !== from) return fault('phase_one_transfer_duplicate', pending.from);
  if (!request.workers.has(from)) return fault('phase_one_transfer_source_missing');
  const source = request.namespaces.find((each) => each.script === from && each.className === className);
  if (source === undefined) return fault('phase_one_transfer_source_namespace_missing');
  return mismatch(className, storage, source) ?? { expected: { from } };
};

const deleted = (className: string, request: ExportsRequest): Outcome => {
  const own = ownOf(request, className);
  if (own === undefined) return stale(className, request);
  const { namespaceId } = own;
  if (request.inCode.has(className)) return { fault: { scenario: 'tombstone_delete_class_still_in_code', className, namespaceId } };
  const scripts = scriptsOf(request.bound.filter((each) => each.namespaceId === namespaceId));
  if (scripts.length === 0) return { deleted: own };
  return { fault: { scenario: 'tombstone_delete_blocked_by_external_bindings', className, namespaceId, scripts } };
};

const renamed = (className: string, to: string, request: ExportsRequest): Outcome => {
  const invalid = (about: string): Outcome => ({ fault: { scenario: 'invalid_export', className, about } });
  if (!IDENTIFIER.test(to)) return invalid(`"renamed_to" is ${JSON.stringify(to)}, which cannot be the name of a class`);
  if (to === className) return invalid('"renamed_to" is the name that it has');
  if (request.exports.get(to)?.state !== 'created')
    return invalid(`"renamed_to" is ${JSON.stringify(to)}, which the same "exports" do not declare as created`);
  const others = [...request.exports].filter(([, entry]) => entry.state === 'renamed' && entry.to === to);
  if (others.length > 1) return invalid(`several classes are renamed to ${JSON.stringify(to)}`);
  const own = ownOf(request, className);
  if (own === undefined) return stale(className, request);
  if (ownOf(request, to) !== undefined)
    return { fault: { scenario: 'tombstone_renamed_to_occupied', className, about: to, namespaceId: own.namespaceId } };
  return { renamed: { ...own, className: to }, ...stillInCode(className, own, request) };
};

const transferred = (className: string, to: string, request: ExportsRequest): Outcome => {
  const own = ownOf(request, className);
  if (own === undefined) return stale(className, request);
  const fault = (scenario: ExportFaultScenario, about = to): Outcome => ({
    fault: { scenario, className, about, namespaceId: own.namespaceId },
  });
  if (to === request.script) return fault('invalid_export', '"transferred_to" names the Worker itself');
  if (!request.workers.has(to)) return fault('transferred_target_missing');
  const waiting = request.expected
    .filter((each) => each.className === className && each.from === request.script)
    .map(({ script }) => script)
    .filter((script) => !request.namespaces.some((each) => each.script === script && each.className === className));
  if (!waiting.includes(to))
    return waiting[0] === undefined ? fault('transferred_pending_not_found') : fault('transferred_target_mismatch', waiting[0]);
  return { transferred: { ...own, script: to, movedFrom: request.script }, ...stillInCode(className, own, request) };
};

/** Nothing is left to do. It may go unless another Worker would then be told of a class that nothing explains. */
const stale = (className: string, request: ExportsRequest): Outcome => {
  const scripts = bindersOf(className, request);
  const note: ExportNote = { scenario: 'stale_tombstone', className, about: request.exports.get(className)?.state, scripts };
  return scripts.length === 0 ? { note, isRemovable: true } : { note };
};

/** How a class goes without a gap: the old name stays in the code until nobody calls it any more. */
const stillInCode = (className: string, { namespaceId }: ObjectNamespace, request: ExportsRequest): Outcome =>
  request.inCode.has(className)
    ? {
        note: {
          scenario: 'tombstone_class_still_in_code',
          className,
          about: request.exports.get(className)?.state,
          namespaceId,
          scripts: bindersOf(className, request),
        },
      }
    : {};

const bindersOf = (className: string, { script, bound }: ExportsRequest): readonly string[] =>
  scriptsOf(bound.filter((each) => each.owner === script && each.className === className));

const scriptsOf = (bound: readonly BoundClass[]): readonly string[] => [...new Set(bound.map(({ script }) => script))].toSorted();

/** Objects are never forgotten in silence. */
const undeclared = (request: ExportsRequest): readonly ExportFault[] =>
  request.namespaces
    .filter(({ script, className }) => script === request.script && !request.exports.has(className))
    .map(({ className, namespaceId }) => ({
      scenario: request.inCode.has(className) ? 'provisioned_class_missing_from_config' : 'orphaned_provisioned_namespace',
      className,
      namespaceId,
      scripts: scriptsOf(request.bound.filter((each) => each.namespaceId === namespaceId)),
    }));

const unmentioned = ({ inCode, exports, script, namespaces }: ExportsRequest): readonly ExportNote[] =>
  [...inCode]
    .filter((className) => !exports.has(className) && !namespaces.some((each) => each.script === script && each.className === className))
    .map((className) => ({ scenario: 'code_class_not_in_exports', className }));

const tooMany = (script: string, namespaces: readonly ObjectNamespace[]): readonly ExportFault[] => {
  const own = namespaces.filter((each) => each.script === script);
  const last = own.at(-1);
  if (own.length <= MOST_CLASSES || last === undefined) return [];
  const about = `the Worker would have ${own.length} classes, and at most ${MOST_CLASSES} are allowed`;
  return [{ scenario: 'invalid_export', className: last.className, about }];
};

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
