import type { ObjectNamespace } from '../../domain/index.ts';

export const nameOfNamespace = ({ script, className }: ObjectNamespace): string => `${script}_${className}`;

export const namespaceView = (namespace: ObjectNamespace) => ({
  id: namespace.namespaceId,
  name: nameOfNamespace(namespace),
  script: namespace.script,
  class: namespace.className,
  use_sqlite: namespace.storage === 'sqlite',
});

/** A Worker that binds a namespace, as `wrangler delete` lists it. */
export const objectReferenceView = (service: string, namespace: ObjectNamespace) => ({
  service,
  environment: 'production' as const,
  durable_object_namespace_id: namespace.namespaceId,
  durable_object_namespace_name: nameOfNamespace(namespace),
});
