import { accept, refuse, type Result } from '../base/index.ts';
import { reaches, withoutResource, type Binding, type Refusal, type Resource, type ResourceKind } from '../domain/index.ts';
import type { Queries } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { usersOf } from './uses.ts';

export interface NewResource {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly name: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Adds a resource. Its kind has no other of this name. */
export const createResource = (control: Control, actor: Actor, wanted: NewResource): Promise<Result<Resource, Refusal>> =>
  control.store.change<Resource, Refusal>(
    async (change) => {
      const { kind, id, name, settings = {} } = wanted;
      if (await change.resources.byName(kind, name)) return refuse({ code: 'resource_exists', kind, name });
      const resource: Resource = { kind, id, name, createdOn: control.clock.now().toISOString(), settings };
      await change.resources.insert(resource);
      return accept(resource);
    },
    (resource) => auditEntry(control, actor, `${resource.kind}.create`, `${resource.kind}/${resource.id}`, { name: resource.name }),
  );

export interface ResourceChanges {
  readonly name?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const changeResource = (
  control: Control,
  actor: Actor,
  { kind, id }: Pick<Resource, 'kind' | 'id'>,
  changes: ResourceChanges,
): Promise<Result<Resource, Refusal>> =>
  control.store.change<Resource, Refusal>(
    async (change) => {
      const present = await change.resources.byId(kind, id);
      if (present === undefined) return refuse({ code: 'resource_not_found', kind, key: id });
      const name = changes.name ?? present.name;
      if (name !== present.name && (await change.resources.byName(kind, name))) return refuse({ code: 'resource_exists', kind, name });
      const changed = { ...present, name, settings: { ...present.settings, ...changes.settings } };
      await change.resources.update(changed);
      return accept(changed);
    },
    () => auditEntry(control, actor, `${kind}.change`, `${kind}/${id}`, { ...changes }),
  );

/**
 * Removes a resource. Only versions of an active deployment hold it: one that they bind stays, unless the client says by force, and
 * the refusal names who uses it. What an older version binds is missed when somebody rolls back to it, and is named then. What the
 * resource held is owed to be erased.
 */
export const deleteResource = (
  control: Control,
  actor: Actor,
  { kind, id }: Pick<Resource, 'kind' | 'id'>,
  isForced: boolean,
): Promise<Result<Resource, Refusal>> =>
  control.store.change<Resource, Refusal>(
    async (change) => {
      const present = await change.resources.byId(kind, id);
      if (present === undefined) return refuse({ code: 'resource_not_found', kind, key: id });
      const users = await usersOf(change, present);
      if (users.length > 0 && !isForced) return refuse({ code: 'resource_in_use', kind, id, name: present.name, users });
      await change.resources.delete(present);
      // What there is of a certificate stands in its row.
      if (kind !== 'mtls_certificate') await change.erasures.insert({ kind, id, name: present.name });
      return accept(present);
    },
    (resource) =>
      auditEntry(control, actor, `${kind}.delete`, `${kind}/${id}`, { name: resource.name, ...(isForced ? { forced: true } : {}) }),
  );

/** Refuses bindings to what does not exist, all of them at once, and to what cannot be used. */
export const checkResources = async (queries: Queries, bindings: readonly Binding[]): Promise<Result<readonly Binding[], Refusal>> => {
  const present = await queries.resources.all();
  const missing = withoutResource(bindings, present);
  if (missing.length > 0) return refuse({ code: 'resources_missing', bindings: missing });
  const authorities = present.filter(({ kind, settings }) => kind === 'mtls_certificate' && settings['ca'] === true);
  const unshown = bindings.find((binding) => binding.type === 'mtls_certificate' && authorities.some((each) => reaches(binding, each)));
  return unshown?.type === 'mtls_certificate' ? refuse({ code: 'certificate_is_authority', binding: unshown }) : accept(bindings);
};
