import type { References } from '../../control/index.ts';
import type { Version } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import { nameOfNamespace } from './durable-objects.ts';
import type { DomainView } from './hosts.ts';
import { bindingView, compatibilityView, exportsView, versionAnnotations } from './version.ts';

/** Where Workers answer, for the answers that name a host. */
export interface Hosts {
  /** What visitors' addresses begin with: https where the edge has certificates. */
  readonly scheme: 'http' | 'https';
  readonly subdomain: string;
  /** `localhost:7480`: clients add scheme and label. */
  readonly authority: string;
}

/** wrangler prints the host of `url`, which must be a whole URL, and `https://<8 hex>` + `preview_url_suffix` as it is. */
export const workerView = (
  worker: Worker,
  {
    hosts,
    deployedOn,
    domains,
    references,
  }: {
    readonly hosts: Hosts;
    readonly deployedOn: string | undefined;
    readonly domains: readonly DomainView[];
    readonly references: References;
  },
) => ({
  id: worker.tag,
  name: worker.name,
  created_on: worker.createdOn,
  updated_on: worker.modifiedOn,
  deployed_on: deployedOn ?? null,
  tags: worker.settings.tags ?? [],
  logpush: worker.settings.logpush ?? false,
  observability: worker.settings.observability ?? { enabled: false },
  tail_consumers: [],
  references: {
    dispatch_namespace_outbounds: [],
    domains: domains.map(domainReference),
    durable_objects: objectReferences(references),
    queues: references.consumed.map(({ consumer, queue }) => ({
      queue_consumer_id: consumer.id,
      queue_id: queue.id,
      queue_name: queue.name,
    })),
    workers: onceEach(references.callers.map(({ script, scriptTag }) => ({ id: scriptTag, name: script }))),
  },
  subdomain: {
    enabled: worker.workersDev,
    previews_enabled: worker.previews,
    url: `${hosts.scheme}://${worker.name}.${hosts.subdomain}.${hosts.authority}`,
    preview_url_suffix: `-${worker.name}.${hosts.subdomain}.${hosts.authority}`,
  },
});

const domainReference = ({ id, hostname, zone_id, zone_name, cert_id }: DomainView) => ({
  id,
  hostname,
  zone_id,
  zone_name,
  certificate_id: cert_id,
});

/** A Worker may bind one namespace under several names, and in both versions of a split. */
const objectReferences = ({ namespaces, objectUses }: References) =>
  namespaces.flatMap((namespace) =>
    onceEach(
      objectUses
        .filter(({ bindings }) => bindings.some(({ namespace_id: id }) => id === namespace.namespaceId))
        .map(({ script, scriptTag }) => ({ id: scriptTag, name: script })),
    ).map(({ id, name }) => ({
      namespace_id: namespace.namespaceId,
      namespace_name: nameOfNamespace(namespace),
      worker_id: id,
      worker_name: name,
    })),
  );

interface Named {
  readonly id: string;
  readonly name: string;
}

const onceEach = (workers: readonly Named[]): readonly Named[] => [...new Map(workers.map((worker) => [worker.id, worker])).values()];

export const versionUrl = ({ scheme, subdomain, authority }: Hosts, name: string, versionId: string): string =>
  `${scheme}://${versionId.slice(0, 8)}-${name}.${subdomain}.${authority}`;

/** A version as the newer Worker resource gives it. */
export const workerVersionView = (version: Version, hosts: Hosts & { readonly name: string }) => ({
  id: version.id,
  number: version.number,
  created_on: version.createdOn,
  source: version.source,
  author_id: version.author.id,
  author_email: version.author.email,
  annotations: versionAnnotations(version),
  main_module: version.mainModule,
  startup_time_ms: version.startupTimeMs,
  bindings: version.bindings.map(bindingView),
  ...compatibilityView(version),
  usage_model: version.usageModel,
  ...(Object.keys(version.limits).length > 0 ? { limits: version.limits } : {}),
  ...(version.placement === undefined ? {} : { placement: version.placement }),
  ...exportsView(version),
  urls: [versionUrl(hosts, hosts.name, version.id)],
});
