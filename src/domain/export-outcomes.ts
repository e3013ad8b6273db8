import type { ObjectNamespace, ObjectStorage } from './durable-objects.ts';
import type { BoundClass, ClassExport, ExportFault, ExportFaultScenario, ExportNote, ExportsRequest } from './export-terms.ts';

/** What became of one entry: at most one change to a namespace. */
export interface Outcome {
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

/** Each entry is judged by itself. */
export const outcomeOf = (className: string, entry: ClassExport, request: ExportsRequest): Outcome => {
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

export const scriptsOf = (bound: readonly BoundClass[]): readonly string[] => [...new Set(bound.map(({ script }) => script))].toSorted();

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
