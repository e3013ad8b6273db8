import type { Binding, DataBinding, OpenBinding, ResourceBinding } from './binding.ts';

/**
 * What outlives every version and is shared by them all: its content is never versioned (seed rules 25 to 31). The words are
 * the types of the bindings that reach it.
 */
export type ResourceKind = DataKind | 'mtls_certificate';

/** Kinds whose content the data process has. */
export type DataKind = 'kv_namespace' | 'd1' | 'r2_bucket' | 'queue';

export interface Resource {
  readonly kind: ResourceKind;
  readonly id: string;
  /** A namespace's title, a database's, bucket's, queue's or certificate's name (its id where it has none). One of a kind. */
  readonly name: string;
  readonly createdOn: string;
  /** What else its kind has, as its family of calls writes it. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A resource as a binding names it: namespaces and databases by id, buckets and queues by name. */
export interface ResourceRef {
  readonly kind: ResourceKind;
  readonly by: 'id' | 'name';
  readonly key: string;
}

const DATA_KINDS: readonly DataKind[] = ['kv_namespace', 'd1', 'r2_bucket', 'queue'];
const KINDS: ReadonlySet<string> = new Set<ResourceKind>([...DATA_KINDS, 'mtls_certificate']);
const KINDS_OF_DATA: ReadonlySet<string> = new Set(DATA_KINDS);

export const isResourceBinding = (binding: Binding): binding is ResourceBinding => KINDS.has(binding.type);

export const isDataBinding = (binding: OpenBinding): binding is DataBinding => KINDS_OF_DATA.has(binding.type);

export const refOf = (binding: ResourceBinding): ResourceRef => {
  switch (binding.type) {
    case 'kv_namespace':
      return { kind: binding.type, by: 'id', key: binding.namespace_id };
    case 'd1':
      return { kind: binding.type, by: 'id', key: binding.id };
    case 'r2_bucket':
      return { kind: binding.type, by: 'name', key: binding.bucket_name };
    case 'queue':
      return { kind: binding.type, by: 'name', key: binding.queue_name };
    case 'mtls_certificate':
      return { kind: binding.type, by: 'id', key: binding.certificate_id };
  }
};

export const isResource = (ref: ResourceRef, resource: Resource): boolean => ref.kind === resource.kind && ref.key === resource[ref.by];

/** What bindings name it by. */
export const keyOf = ({ kind, id, name }: Pick<Resource, 'kind' | 'id' | 'name'>): string =>
  kind === 'r2_bucket' || kind === 'queue' ? name : id;

/** Whether a binding reaches this resource. */
export const reaches = (binding: Binding, resource: Resource): boolean =>
  isResourceBinding(binding) && isResource(refOf(binding), resource);

/** The bindings whose resources are not among these, which are all there are. */
export const withoutResource = (bindings: readonly Binding[], resources: readonly Resource[]): readonly ResourceBinding[] =>
  bindings.filter(isResourceBinding).filter((binding) => !resources.some((resource) => isResource(refOf(binding), resource)));
