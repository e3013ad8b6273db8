import type { Binding, DurableObjectBinding } from './binding.ts';
import type { VersionCode } from './version.ts';

/** How the objects of a class store: SQLite, or the older key-value storage. It never changes. */
export type ObjectStorage = 'sqlite' | 'kv';

/** A class whose objects live, as the process that owns them needs to know it. */
export interface DurableObjectClass {
  readonly className: string;
  /** 32 hex digits, workerd's `uniqueKey`: ids of objects and the place of their storage follow from it. */
  readonly namespaceId: string;
  readonly storage: ObjectStorage;
}

/** A namespace of the account: the objects of one class of one Worker. It keeps its id, and so its objects, through a rename. */
export interface ObjectNamespace extends DurableObjectClass {
  readonly script: string;
  /** The Worker that it was transferred from last. */
  readonly movedFrom?: string | undefined;
}

export const isObjectBinding = (binding: Pick<Binding, 'type'>): binding is DurableObjectBinding =>
  binding.type === 'durable_object_namespace';

/** The classes of a Worker, in the order of their names. */
export const classesOf = (script: string, namespaces: readonly ObjectNamespace[]): readonly DurableObjectClass[] =>
  namespaces
    .filter((namespace) => namespace.script === script)
    .map(({ className, namespaceId, storage }) => ({ className, namespaceId, storage }))
    .toSorted((a, b) => (a.className < b.className ? -1 : 1));

/** The namespace that a binding of this Worker asks for by class and, where it names one, by another Worker. */
export const namespaceFor = (
  { class_name, script_name }: DurableObjectBinding,
  script: string,
  namespaces: readonly ObjectNamespace[],
): ObjectNamespace | undefined =>
  namespaces.find((namespace) => namespace.script === (script_name ?? script) && namespace.className === class_name);

/** The bindings with the namespaces they reach, and those that reach none. */
export const resolveObjects = (
  bindings: readonly Binding[],
  script: string,
  namespaces: readonly ObjectNamespace[],
): { readonly bindings: readonly Binding[]; readonly unresolved: readonly DurableObjectBinding[] } => {
  const unresolved = bindings.filter(isObjectBinding).filter((binding) => namespaceFor(binding, script, namespaces) === undefined);
  const resolved = bindings.map((binding) =>
    isObjectBinding(binding) ? { ...binding, namespace_id: namespaceFor(binding, script, namespaces)?.namespaceId } : binding,
  );
  return { bindings: resolved, unresolved };
};

/** Whether two lists name the same classes of the same namespaces: then code made for the one runs with the other. */
export const areSameClasses = (some: readonly DurableObjectClass[], others: readonly DurableObjectClass[]): boolean =>
  some.length === others.length &&
  some.every(({ className, namespaceId }) => others.some((other) => other.className === className && other.namespaceId === namespaceId));

/** The code with its Worker's classes, and those of others that it binds, where they are now: the same objects, wherever they went. */
export const following = (code: VersionCode, script: string, namespaces: readonly ObjectNamespace[]): VersionCode => {
  const classes = classesOf(script, namespaces);
  return {
    ...code,
    bindings: code.bindings.map((binding) => (isObjectBinding(binding) ? leadingTo(binding, script, namespaces) : binding)),
    durableObjects: classes.length === 0 ? undefined : classes,
  };
};

/** Only where the objects belong to another Worker by now: under another name of the class they are found by their id. */
const leadingTo = (binding: DurableObjectBinding, script: string, namespaces: readonly ObjectNamespace[]): DurableObjectBinding => {
  const now = namespaces.find(({ namespaceId }) => namespaceId === binding.namespace_id);
  if (now === undefined || now.script === (binding.script_name ?? script)) return binding;
  const { script_name: _, environment: __, ...rest } = binding;
  return { ...rest, class_name: now.className, ...(now.script === script ? {} : { script_name: now.script }) };
};

/** Whether code made for other times does not know where its objects are. */
export const isLeftBehind = (code: VersionCode, script: string, namespaces: readonly ObjectNamespace[]): boolean => {
  const now = following(code, script, namespaces);
  const isMoved = now.bindings.some((binding, index) => binding !== code.bindings[index]);
  return isMoved || !areSameClasses(code.durableObjects ?? [], now.durableObjects ?? []);
};
