import { join } from 'node:path';
import { BOUND_HEADER, capnpString, RESOURCE_HEADER, resourceSocket, type DataSocket } from '../runtime/index.ts';
import { d1Entry } from './d1-entry.ts';

export interface DataConfig {
  /** Where what is stored is. */
  readonly dataDir: string;
  /** Short and private: the sockets are in it. */
  readonly runtimeDir: string;
  readonly probeSocket: string;
}

interface Store {
  readonly kind: 'kv_namespace' | 'd1';
  /** Of the service, of its folder of objects, and the key they are under: to change it is to start empty. */
  readonly name: string;
  readonly bundled: string;
  readonly className: string;
  /** What the bundled module calls the resource in its props, and its class in its bindings. */
  readonly prop: string;
  readonly binding: string;
  /** Values that are too large for a row are files. */
  readonly hasBlobs: boolean;
  /** Where the API needs more of it than the bundled module answers, also what workerd calls experimental. */
  readonly entry?: string;
}

const STORES: readonly Store[] = [
  {
    kind: 'kv_namespace',
    name: 'kv',
    bundled: '/workerd/kv.js',
    className: 'KVNamespace',
    prop: 'namespace',
    binding: 'SHARD',
    hasBlobs: true,
  },
  {
    kind: 'd1',
    name: 'd1',
    bundled: '/workerd/d1.js',
    className: 'D1Database',
    prop: 'database',
    binding: 'DATABASE',
    hasBlobs: false,
    entry: d1Entry(RESOURCE_HEADER, BOUND_HEADER),
  },
];

/** The folders that must exist before the process starts. */
export const dataFolders = (dataDir: string): readonly string[] =>
  STORES.flatMap(({ name, hasBlobs }) => [objectsOf(dataDir, name), ...(hasBlobs ? [blobsOf(dataDir, name)] : [])]);

const objectsOf = (dataDir: string, name: string): string => join(dataDir, name, 'objects');
const blobsOf = (dataDir: string, name: string): string => join(dataDir, name, 'blobs');

/** Descriptors of listening sockets, by what answers there. */
export type HeldDescriptors = Readonly<Partial<Record<DataSocket, number>>>;

/** The sockets that are held for it, by their names in the configuration. */
export const heldSockets = (descriptors: HeldDescriptors): Readonly<Record<string, number>> =>
  Object.fromEntries(
    STORES.flatMap(({ name, kind }) => {
      const descriptor = descriptors[kind];
      return descriptor === undefined ? [] : [[name, descriptor]];
    }),
  );

/** The sockets it makes itself, which must not exist when it starts. */
export const ownSockets = (runtimeDir: string, descriptors: HeldDescriptors): readonly string[] =>
  STORES.filter(({ kind }) => descriptors[kind] === undefined).map(({ kind }) => resourceSocket(runtimeDir, kind));

/**
 * The process that holds what bindings reach: one service for each kind, made of a module that comes with workerd. A request says
 * in a header which resource it is for, so that a new one changes nothing here.
 */
export const renderDataConfig = ({
  dataDir,
  runtimeDir,
  probeSocket,
}: DataConfig): string => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
${STORES.map((store) => renderStore(store, dataDir)).join('')}    (
      name = "probe",
      worker = (
        compatibilityDate = "2026-01-01",
        modules = [(name = "probe.js", esModule = "export default { fetch: () => new Response('ready') };")],
      ),
    ),
  ],
  sockets = [
${STORES.map(({ name, kind }) => renderSocket(name, resourceSocket(runtimeDir, kind))).join('')}${renderSocket('probe', probeSocket)}  ],
);
`;

const renderStore = ({ name, bundled, className, prop, binding, hasBlobs, entry }: Store, dataDir: string): string => {
  const blobs = hasBlobs ? `\n          (name = "BLOBS", service = "${name}-blobs"),` : '';
  return `    (
      name = "${name}",
      worker = (
        compatibilityDate = "2026-01-01",
${entry === undefined ? '' : '        compatibilityFlags = ["experimental"],\n'}        modules = [
          (name = "entry.js", esModule = ${capnpString(entry ?? entryFor(className, prop))}),
          (name = "store.js", bundled = "${bundled}"),
        ],
        bindings = [
          (name = "${binding}", durableObjectNamespace = "${className}"),${blobs}
        ],
        durableObjectNamespaces = [(className = "${className}", uniqueKey = "${name}", enableSql = true)],
        durableObjectStorage = (localDisk = "${name}-objects"),
      ),
    ),
${renderDisk(`${name}-objects`, objectsOf(dataDir, name))}${hasBlobs ? renderDisk(`${name}-blobs`, blobsOf(dataDir, name)) : ''}`;
};

const entryFor = (className: string, prop: string): string => `import Store, { ${className} } from './store.js';
export { Store, ${className} };
export default {
  fetch: (request, env, ctx) => ctx.exports.Store({ props: { ${prop}: request.headers.get('${RESOURCE_HEADER}') } }).fetch(request),
};
`;

const renderDisk = (name: string, path: string): string =>
  `    (name = "${name}", disk = (path = ${capnpString(path)}, writable = true)),\n`;

const renderSocket = (name: string, path: string): string =>
  `    (name = "${name}", address = ${capnpString(`unix:${path}`)}, http = (), service = "${name}"),\n`;
