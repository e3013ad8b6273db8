import { accept, refuse, type Result } from '../base/index.ts';
import {
  classExports,
  declaredAlive,
  isObjectBinding,
  namespaceChanges,
  reconcile,
  type Binding,
  type BoundClass,
  type ClassExport,
  type ExpectedClass,
  type ExportsRequest,
  type ExportsSummary,
  type GivenExports,
  type Refusal,
} from '../domain/index.ts';
import type { Queries, ServingVersion, Worker } from '../store/index.ts';
import type { Control } from './control.ts';
import { changesAny, existing, type ObjectsPlan, type ObjectsPlanner } from './objects.ts';
import type { TriedVersion } from './versions.ts';

/** Decides on the namespaces by what an upload declares of its classes. */
export const byExports = (control: Control, worker: Pick<Worker, 'name' | 'migrationTag'>, given: GivenExports): ObjectsPlanner => {
  const exports = classExports(given);
  const ids = new Map<string, string>();
  const newId = (className: string): string => {
    const id = ids.get(className) ?? control.ids.hex32();
    ids.set(className, id);
    return id;
  };
  return async (queries) => {
    const world = { script: worker.name, exports, newId, ...(await worldOf(queries, worker.name, exports)) };
    // What the namespaces will be does not depend on the code, which is tried with them.
    const { namespaces, summary } = reconcile({ ...world, inCode: declaredAlive(exports) });
    return accept({
      tag: worker.migrationTag,
      namespaces,
      changes: namespaceChanges(world.namespaces, namespaces),
      declared: {
        expected: summary.expected,
        against: (inCode) => {
          const reconciled = reconcile({ ...world, inCode });
          const { faults } = reconciled;
          return faults.length === 0 ? accept(reconciled.summary) : refuse({ code: 'exports_not_reconciled', faults });
        },
      },
    });
  };
};

type World = Pick<ExportsRequest, 'namespaces' | 'workers' | 'expected' | 'bound'>;

const worldOf = async (queries: Queries, script: string, exports: ReadonlyMap<string, ClassExport>): Promise<World> => {
  const namespaces = await queries.namespaces.all();
  const ids = namespaces.filter((each) => each.script === script).map(({ namespaceId }) => namespaceId);
  return {
    namespaces,
    workers: await existing(queries, [...exports.values()].flatMap(namedBy)),
    expected: (await queries.serving.all(['expecting-transfer'])).flatMap(expectedIn),
    // A binding that names this Worker's class may name one that is gone.
    bound: (await queries.serving.all([script, ...ids])).filter((each) => each.script !== script).flatMap(boundIn),
  };
};

const namedBy = (entry: ClassExport): readonly string[] => {
  if (entry.state === 'expecting-transfer') return [entry.from];
  return entry.state === 'transferred' ? [entry.to] : [];
};

const expectedIn = ({ script, version }: ServingVersion): readonly ExpectedClass[] =>
  [...classExports(version.exports ?? {})].flatMap(([className, entry]) =>
    entry.state === 'expecting-transfer' ? [{ script, className, from: entry.from }] : [],
  );

const boundIn = ({ script, version }: ServingVersion): readonly BoundClass[] =>
  version.bindings.filter(isObjectBinding).map((binding) => ({
    script,
    className: binding.class_name,
    owner: binding.script_name ?? script,
    namespaceId: binding.namespace_id,
  }));

/**
 * Whether the classes that the code exports are those it declares, and what came of the declaration. A version that is not deployed
 * changes nothing, so it is refused where it would have to.
 */
export const checkDeclared = (
  plan: ObjectsPlan,
  { bindings, exported }: Pick<TriedVersion, 'bindings' | 'exported'>,
  isDeployed: boolean,
): Result<ExportsSummary | undefined, Refusal> => {
  if (plan.declared === undefined) return accept(undefined);
  const summary = plan.declared.against(new Set(exported));
  if (!summary.ok || isDeployed || !changesAny(plan)) return summary;
  const { created, renamed, transferred, deleted } = plan.changes;
  const fresh = new Set([...created, ...renamed].map(({ namespaceId }) => namespaceId));
  const binding = bindings.filter(isObjectBinding).find(({ namespace_id: id }) => id !== undefined && fresh.has(id));
  if (binding !== undefined) return refuse({ code: 'binding_needs_export', binding });
  const classes = [...created, ...renamed, ...transferred, ...deleted].map(({ className }) => className).toSorted();
  return refuse({ code: 'version_changes_classes', classes });
};

/** A class that is to come from another Worker has its objects there until it does. */
export const throughSources = (bindings: readonly Binding[], script: string, { declared }: ObjectsPlan): readonly Binding[] =>
  bindings.map((binding) => {
    if (!isObjectBinding(binding) || (binding.script_name ?? script) !== script) return binding;
    const source = declared?.expected.find(({ className }) => className === binding.class_name);
    return source === undefined ? binding : { ...binding, script_name: source.from };
  });
