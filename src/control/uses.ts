import {
  isObjectBinding,
  isServiceBinding,
  keyOf,
  reaches,
  type Binding,
  type DurableObjectBinding,
  type ObjectNamespace,
  type Resource,
  type ServiceBinding,
  type ServingUser,
} from '../domain/index.ts';
import type { Queries, QueueConsumer, ServingVersion, Worker } from '../store/index.ts';

/** A version that serves, with those of its bindings that reach what was asked about. */
export interface Use<Reaching extends Binding = Binding> {
  readonly script: string;
  readonly scriptTag: string;
  readonly versionId: string;
  readonly bindings: readonly Reaching[];
}

const usesIn = <Reaching extends Binding>(
  serving: readonly ServingVersion[],
  isUse: (binding: Binding) => binding is Reaching,
): readonly Use<Reaching>[] =>
  serving.flatMap(({ script, version: { id, scriptTag, bindings } }) => {
    const used = bindings.filter(isUse);
    return used.length === 0 ? [] : [{ script, scriptTag, versionId: id, bindings: used }];
  });

/** As a refusal tells of them: only those with such a binding, and the names these have in the versions' `env`. */
export const asUsers = <Reaching extends Binding>(
  uses: readonly Use<Reaching>[],
  isUse: (binding: Reaching) => boolean = () => true,
): readonly ServingUser[] =>
  uses.flatMap(({ script, versionId, bindings }) => {
    const names = bindings.filter(isUse).map(({ name }) => name);
    return names.length === 0 ? [] : [{ script, versionId, bindings: names }];
  });

/** The versions of active deployments that bind a resource. */
export const usersOf = async (queries: Queries, resource: Resource): Promise<readonly ServingUser[]> => {
  const isUse = (binding: Binding): binding is Binding => reaches(binding, resource);
  return asUsers(usesIn(await queries.serving.all([keyOf(resource)]), isUse));
};

/** The versions of other Workers that serve and bind this one. */
const callersIn = (serving: readonly ServingVersion[], name: string): readonly Use<ServiceBinding>[] =>
  usesIn(serving, (binding): binding is ServiceBinding => isServiceBinding(binding) && binding.service === name).filter(
    ({ script }) => script !== name,
  );

/** The versions of other Workers that serve and bind one of these namespaces. */
export const usesOfObjects = async (
  queries: Queries,
  ownerTag: string,
  namespaces: readonly ObjectNamespace[],
): Promise<readonly Use<DurableObjectBinding>[]> => {
  const ids = namespaces.map(({ namespaceId }) => namespaceId);
  return ids.length === 0 ? [] : usesOfObjectsIn(await queries.serving.all(ids), ownerTag, ids);
};

const usesOfObjectsIn = (
  serving: readonly ServingVersion[],
  ownerTag: string,
  ids: readonly string[],
): readonly Use<DurableObjectBinding>[] => {
  const isUse = (binding: Binding): binding is DurableObjectBinding =>
    isObjectBinding(binding) && binding.namespace_id !== undefined && ids.includes(binding.namespace_id);
  return usesIn(serving, isUse).filter(({ scriptTag }) => scriptTag !== ownerTag);
};

/** The Workers that bind each of these queues in a version that serves, by the queue's name. */
export const producersOfQueues = async (
  queries: Queries,
  queues: readonly Resource[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const producers = new Map<string, Set<string>>(queues.map(({ name }) => [name, new Set()]));
  const [only, ...more] = queues;
  for (const { script, version } of await queries.serving.all([only !== undefined && more.length === 0 ? only.name : '"queue"'])) {
    for (const binding of version.bindings) if (binding.type === 'queue') producers.get(binding.queue_name)?.add(script);
  }
  return producers;
};

/** What of others depends on a Worker. */
export interface References {
  readonly callers: readonly Use<ServiceBinding>[];
  readonly namespaces: readonly ObjectNamespace[];
  readonly objectUses: readonly Use<DurableObjectBinding>[];
  /** Queues whose messages it gets. */
  readonly consumed: readonly { readonly consumer: QueueConsumer; readonly queue: Resource }[];
}

/** What depends on each of these Workers, read for all of them at once. */
export const referencesTo = async (queries: Queries, workers: readonly Worker[]): Promise<(worker: Worker) => References> => {
  const namespaces = await queries.namespaces.all();
  const consumers = await queries.consumers.all();
  const queues = new Map((await queries.resources.ofKind('queue')).map((queue) => [queue.id, queue]));
  const ofWorker = ({ name }: Worker) => namespaces.filter(({ script }) => script === name);
  const [only, ...more] = workers;
  const texts = only !== undefined && more.length === 0 ? [only.name, ...ofWorker(only).map(({ namespaceId }) => namespaceId)] : undefined;
  const serving = await queries.serving.all(texts);
  return (worker) => {
    const own = ofWorker(worker);
    return {
      callers: callersIn(serving, worker.name),
      namespaces: own,
      objectUses: usesOfObjectsIn(
        serving,
        worker.tag,
        own.map(({ namespaceId }) => namespaceId),
      ),
      consumed: consumers
        .filter(({ workerTag }) => workerTag === worker.tag)
        .flatMap((consumer) => {
          const queue = queues.get(consumer.queueId);
          return queue === undefined ? [] : [{ consumer, queue }];
        }),
    };
  };
};
