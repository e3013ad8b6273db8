import { keyPath, type ClientPlan } from './certificate-plan.ts';
import { capnpList, capnpString, capnpStruct } from './capnp-text.ts';
import { OBJECTS, type ObjectsPlan } from './object-plan.ts';
import type { ExternalPlan } from './resource-plan.ts';
import { CF_BLOB_HEADER, SCHEME_HEADER } from './plan.ts';
import type { BindingPlan, Content, Designator, ExtensionPlan, ModulePlan, ProcessPlan, SocketPlan, WorkerPlan } from './plan.ts';

/** The plan as workerd's text configuration, for `workerd serve <file> -I/`: files are embedded by absolute path. */
export const renderConfig = (plan: ProcessPlan): string => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  v8Flags = ${capnpList(plan.v8Flags.map(capnpString), '  ')},
  services = [
${plan.workers.map(renderWorker).join('')}${plan.externals.map(renderExternal).join('')}${renderNetwork('internet', plan)}${plan.clients.map((client, index) => renderNetwork(client.name, plan, keypairOf(client, index))).join('')}  ],
  sockets = ${capnpList(plan.sockets.map(renderSocket), '  ')},${renderExtensions(plan.extensions)}
);
`;

/** One way to the internet is as narrow as the other (I6). */
const renderNetwork = (name: string, { deniedNetworks }: ProcessPlan, keypair?: string): string => `    (
      name = ${capnpString(name)},
      network = (
        allow = ["public"],
        deny = ${capnpList(deniedNetworks.map(capnpString), '        ')},
        tlsOptions = ${capnpStruct({ trustBrowserCas: 'true', keypair })},
      ),
    ),
`;

const keypairOf = ({ certificates }: ClientPlan, index: number): string =>
  capnpStruct({ privateKey: `embed ${capnpString(keyPath(index))}`, certificateChain: capnpString(certificates) });

const renderExtensions = (extensions: readonly ExtensionPlan[]): string => {
  if (extensions.length === 0) return '';
  const modules = extensions.map(({ name, source }) =>
    capnpStruct({ name: capnpString(name), internal: 'true', esModule: capnpString(source) }),
  );
  return `\n  extensions = [(modules = ${capnpList(modules, '    ')})],`;
};

const renderWorker = (worker: WorkerPlan): string => `    (
      name = ${capnpString(worker.name)},
      worker = (
        compatibilityDate = ${capnpString(worker.compatibilityDate)},
        compatibilityFlags = ${capnpList(worker.compatibilityFlags.map(capnpString), '        ')},
        ${renderCode(worker.code)},
        bindings = ${capnpList(worker.bindings.map(renderNamed), '        ')},
        globalOutbound = "internet",${renderCache(worker.cache)}${renderTail(worker.tail)}${renderObjects(worker.objects)}
      ),
    ),
${renderDisk(worker.objects)}`;

const renderExternal = ({ name, socketPath, headers, isWhole = false }: ExternalPlan): string => {
  const injected = Object.entries(headers).map(([header, value]) => capnpStruct({ name: capnpString(header), value: capnpString(value) }));
  const http = capnpStruct({
    injectRequestHeaders: capnpList(injected, '          '),
    cfBlobHeader: isWhole ? capnpString(CF_BLOB_HEADER) : undefined,
    forwardedProtoHeader: isWhole ? capnpString(SCHEME_HEADER) : undefined,
  });
  return `    (
      name = ${capnpString(name)},
      external = (
        address = ${capnpString(`unix:${socketPath}`)},
        http = ${http},
      ),
    ),
`;
};

const renderCache = (cache: WorkerPlan['cache']): string =>
  cache === undefined
    ? ''
    : `\n        cacheApiOutbound = ${capnpStruct({ name: capnpString(cache.service), entrypoint: cache.entrypoint === undefined ? undefined : capnpString(cache.entrypoint) })},`;

const renderTail = (tail: WorkerPlan['tail']): string =>
  tail === undefined
    ? ''
    : `\n        tails = [${capnpStruct({ name: capnpString(tail.service), entrypoint: capnpString(tail.entrypoint) })}],`;

const renderObjects = (objects: ObjectsPlan | undefined): string => {
  if (objects === undefined) return '';
  const namespaces = objects.namespaces.map(({ className, uniqueKey, enableSql }) =>
    capnpStruct({ className: capnpString(className), uniqueKey: capnpString(uniqueKey), enableSql: String(enableSql) }),
  );
  const storage = objects.folder === undefined ? 'inMemory = void' : `localDisk = ${capnpString(OBJECTS)}`;
  return `\n        durableObjectNamespaces = ${capnpList(namespaces, '        ')},\n        durableObjectStorage = (${storage}),`;
};

const renderDisk = (objects: ObjectsPlan | undefined): string =>
  objects?.folder === undefined
    ? ''
    : `    (\n      name = ${capnpString(OBJECTS)},\n      disk = (path = ${capnpString(objects.folder)}, writable = true),\n    ),\n`;

const renderCode = (code: WorkerPlan['code']): string =>
  'modules' in code
    ? `modules = ${capnpList(code.modules.map(renderNamed), '        ')}`
    : `serviceWorkerScript = ${renderContent(code.serviceWorkerScript)}`;

const renderNamed = ({ name, field, content }: ModulePlan | BindingPlan): string =>
  capnpStruct({ name: capnpString(name), [field]: renderContent(content) });

const renderContent = (content: Content): string => {
  if (content === 'void') return content;
  if ('className' in content) return renderClass(content);
  if ('inline' in content) return capnpString(content.inline);
  if ('entrypoint' in content) return renderDesignator(content);
  if ('service' in content) return capnpString(content.service);
  if ('file' in content) return `embed ${capnpString(content.file)}`;
  const fetcher = capnpStruct({ name: capnpString('fetcher'), service: capnpString(content.fetcher) });
  return capnpStruct({ moduleName: capnpString(content.wrappedBy), innerBindings: `[${fetcher}]` });
};

const renderClass = ({ className, service }: Extract<Content, { className: string }>): string =>
  capnpStruct({ className: capnpString(className), serviceName: service === undefined ? undefined : capnpString(service) });

const renderDesignator = ({ service, entrypoint, props }: Designator): string =>
  capnpStruct({
    name: capnpString(service),
    entrypoint: capnpString(entrypoint),
    props: capnpStruct({ json: capnpString(JSON.stringify(props)) }),
  });

const renderSocket = ({ name, path, service, cfBlobHeader, schemeHeader }: SocketPlan): string =>
  capnpStruct({
    name: capnpString(name),
    address: capnpString(`unix:${path}`),
    http: capnpStruct({
      cfBlobHeader: cfBlobHeader === undefined ? undefined : capnpString(cfBlobHeader),
      forwardedProtoHeader: schemeHeader === undefined ? undefined : capnpString(schemeHeader),
    }),
    service: typeof service === 'string' ? capnpString(service) : renderDesignator(service),
  });
