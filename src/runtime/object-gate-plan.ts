import { invariant } from '../base/index.ts';
import type { DurableObjectBinding, VersionSpec } from '../domain/index.ts';
import type { ExternalPlan } from './resource-plan.ts';
import type { BindingPlan, ProcessPlan, WorkerPlan } from './plan.ts';
import { ADDRESS_HEADER, LEASED_SOURCE, NAMESPACE_HEADER, planAsk } from './service-plan.ts';

/** In a caller's process: stands for the classes of other Workers. */
const GATE = 'objects-gate';
/** In an owner's process: where those gates come in. */
export const DOOR = 'objects-door';

/** A class of another Worker, as a caller knows it. */
interface RemoteClass {
  readonly worker: string;
  readonly namespaceId: string;
}

const isRemote = ({ script_name }: DurableObjectBinding, script: string): boolean => (script_name ?? script) !== script;

/** The namespace of a class of this Worker, or of one that stands for another's: ids are the same, for they follow from the namespace. */
export const planNamespace = (binding: DurableObjectBinding, { script }: VersionSpec): BindingPlan => ({
  name: binding.name,
  field: 'durableObjectNamespace',
  content: isRemote(binding, script) ? { className: gateClass(idOf(binding)), service: GATE } : { className: binding.class_name },
});

const gateClass = (namespaceId: string): string => `Of${namespaceId}`;

const idOf = ({ name, namespace_id: id }: DurableObjectBinding): string => {
  invariant(id !== undefined, `the binding ${name} of a stored version has a namespace`);
  return id;
};

/** The process with a gate to the classes of other Workers that it binds, and a door to its own. In a trial nobody is behind the gate. */
export const withObjectGates = (plan: ProcessPlan, spec: VersionSpec, { servicesSocket, debugSocket }: GateSockets): ProcessPlan => {
  const remote = remoteClasses(spec);
  const asks =
    debugSocket === undefined
      ? []
      : [...new Set(remote.map(({ worker }) => worker))].map((worker) => planAsk('lease', spec, worker, servicesSocket));
  const known = new Set(plan.externals.map(({ name }) => name));
  return {
    ...plan,
    workers: [
      ...plan.workers,
      ...(remote.length === 0 ? [] : [gate(remote, asks)]),
      ...(spec.durableObjects === undefined || debugSocket === undefined ? [] : [door(spec.durableObjects)]),
    ],
    // A service binding to the same Worker has brought the way already.
    externals: [...plan.externals, ...asks.filter(({ name }) => !known.has(name))],
  };
};

export interface GateSockets {
  readonly servicesSocket: string;
  readonly debugSocket?: string | undefined;
}

const remoteClasses = ({ bindings, script }: VersionSpec): readonly RemoteClass[] => {
  const remote = bindings.flatMap((binding) =>
    binding.type === 'durable_object_namespace' && isRemote(binding, script)
      ? [{ worker: binding.script_name ?? '', namespaceId: idOf(binding) }]
      : [],
  );
  return [...new Map(remote.map((each) => [each.namespaceId, each])).values()];
};

const gate = (remote: readonly RemoteClass[], asks: readonly ExternalPlan[]): WorkerPlan => ({
  name: GATE,
  compatibilityDate: '2026-01-01',
  compatibilityFlags: [],
  code: { modules: [{ name: 'gate.js', field: 'esModule', content: { inline: gateSource(remote) } }] },
  bindings:
    asks.length === 0
      ? []
      : [
          ...asks.map(({ name }): BindingPlan => ({ name, field: 'service', content: { service: name } })),
          { name: 'DEBUG_PORT', field: 'workerdDebugPort', content: 'void' },
        ],
  // Nothing is stored by what stands for an object elsewhere.
  objects: {
    namespaces: remote.map(({ namespaceId }) => ({ className: gateClass(namespaceId), uniqueKey: namespaceId, enableSql: true })),
    folder: undefined,
  },
});

const door = (classes: NonNullable<VersionSpec['durableObjects']>): WorkerPlan => ({
  name: DOOR,
  compatibilityDate: '2026-01-01',
  compatibilityFlags: [],
  code: { modules: [{ name: 'door.js', field: 'esModule', content: { inline: DOOR_SOURCE } }] },
  bindings: classes.map(({ className, namespaceId }): BindingPlan => ({
    name: namespaceId,
    field: 'durableObjectNamespace',
    content: { className, service: 'main' },
  })),
});

/**
 * Answers to every name with what `reach` gives: any method may be called and any property awaited. What workerd looks for in a class of
 * its own accord is nobody's.
 */
const STANDING_FOR_SOURCE = `
const HANDLERS = new Set(['alarm', 'constructor', 'then', 'webSocketClose', 'webSocketError', 'webSocketMessage']);
const standingFor = (own, reach) => {
  const fetch = (request) => reach((object) => object.fetch(request));
  const member = (name) =>
    new Proxy(() => undefined, {
      apply: (_target, _this, args) => reach((object) => object[name](...args)),
      get: (_target, key) => (key === 'then' ? (resolve, reject) => reach((object) => object[name]).then(resolve, reject) : undefined),
    });
  return new Proxy(own, {
    get: (_target, name) => (name === 'fetch' ? fetch : typeof name === 'symbol' || HANDLERS.has(name) ? undefined : member(name)),
  });
};
`;

/** The lease ends with the call and not with the object: an owner that is to be replaced waits for its calls alone. */
const gateSource = (remote: readonly RemoteClass[]): string => `import { DurableObject } from 'cloudflare:workers';
${LEASED_SOURCE}${STANDING_FOR_SOURCE}
const classOf = (worker, namespace) => class extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    const props = { namespace, id: ctx.id.toString(), name: ctx.id.name };
    return standingFor(this, async (use) => {
      const lease = refused(await env['lease:' + worker].fetch('http://edge/', { headers: { '${NAMESPACE_HEADER}': namespace } }));
      const held = lease.body.getReader();
      try {
        return await use(env.DEBUG_PORT.connect(lease.headers.get('${ADDRESS_HEADER}')).getEntrypoint('${DOOR}', 'Door', props));
      } finally {
        held.cancel().catch(() => undefined);
      }
    });
  }
};
${remote.map(({ worker, namespaceId }) => `export const ${gateClass(namespaceId)} = classOf(${JSON.stringify(worker)}, ${JSON.stringify(namespaceId)});`).join('\n')}
export default {};
`;

/** An object that is first met by its name keeps it, also in its alarms. */
const DOOR_SOURCE = `import { WorkerEntrypoint } from 'cloudflare:workers';
${STANDING_FOR_SOURCE}
export class Door extends WorkerEntrypoint {
  constructor(ctx, env) {
    super(ctx, env);
    const { namespace, id, name } = ctx.props;
    return standingFor(this, async (use) => {
      const objects = env[namespace];
      if (objects === undefined) throw new Error('These Durable Objects were deleted: deploy the Worker that binds them anew.');
      return use(objects.get(name === undefined ? objects.idFromString(id) : objects.idFromName(name)));
    });
  }
}
export default {};
`;
