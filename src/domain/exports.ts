import { outcomeOf, scriptsOf, type Outcome } from './export-outcomes.ts';
import type { ExportFault, ExportNote, ExportsRequest, Reconciled } from './export-terms.ts';
import type { ObjectNamespace } from './durable-objects.ts';
import { MOST_CLASSES } from './migrations.ts';

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
      // What is left of a member of any name is of its type.
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
