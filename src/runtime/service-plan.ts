import type { ServiceBinding, VersionSpec } from '../domain/index.ts';
import type { BindingPlan, ProcessPlan, WorkerPlan } from './plan.ts';
import type { ExternalPlan } from './resource-plan.ts';

/**
 * In which header a version's process says to the edge what it wants of which Worker, see {@link serviceRequest}. workerd writes it
 * in place of whatever a Worker may have put there.
 */
export const SERVICE_HEADER = 'switchback-service';

/** In which header a gate to Durable Objects says of which namespace they are. */
export const NAMESPACE_HEADER = 'switchback-namespace';

/** Under which header the edge answers a lease with the address of the process to call. */
export const ADDRESS_HEADER = 'switchback-address';

/** Under which it says what the version's own service is called there. */
export const MAIN_HEADER = 'switchback-main';

/** Why the edge did not pass a call on, for people, percent-encoded: the gate throws it. */
export const REFUSAL_HEADER = 'switchback-refusal';

/**
 * `fetch`: the request is one for the callee. `lease`: the answer's {@link ADDRESS_HEADER} is where a process of the callee has its
 * debug port, and for as long as the answer stays open that process counts one request more and is not drained.
 */
export type ServiceAsk = 'fetch' | 'lease';

export interface ServiceRequest {
  readonly ask: ServiceAsk;
  readonly caller: string;
  readonly callee: string;
}

/** What {@link SERVICE_HEADER} says; undefined where no process of ours wrote it. */
export const serviceRequest = (value: string | readonly string[] | undefined): ServiceRequest | undefined => {
  const [ask, caller, callee, more] = typeof value === 'string' ? value.split(' ') : [];
  if ((ask !== 'fetch' && ask !== 'lease') || caller === undefined || callee === undefined || more !== undefined) return undefined;
  return { ask, caller, callee };
};

/** How the edge is asked about a Worker: a service of this name leads there. Anything in the process may bind it. */
export const planAsk = (ask: ServiceAsk, { script }: Pick<VersionSpec, 'script'>, callee: string, socketPath: string): ExternalPlan => ({
  name: `${ask}:${callee}`,
  socketPath,
  headers: { [SERVICE_HEADER]: `${ask} ${script} ${callee}` },
  isWhole: true,
});

/** A service binding leads to the gate, whose properties say which Worker is meant. */
export const planService = ({ name, service, entrypoint, props }: ServiceBinding): BindingPlan => {
  const callee = { worker: service, ...(isDefault(entrypoint) ? {} : { entrypoint }), ...(props === undefined ? {} : { props }) };
  return { name, field: 'service', content: { service: 'gate', entrypoint: 'Gate', props: callee } };
};

/** In a trial there is nobody to call. */
export const planNoService = ({ name }: ServiceBinding): BindingPlan => ({ name, field: 'service', content: { service: 'probe' } });

const isDefault = (entrypoint: string | undefined): boolean => entrypoint === undefined || entrypoint === '' || entrypoint === 'default';

export const servicesOf = ({ bindings }: Pick<VersionSpec, 'bindings'>): readonly ServiceBinding[] =>
  bindings.filter((binding) => binding.type === 'service');

/** The process with the gate in it, where the version binds services. */
export const withServices = (plan: ProcessPlan, spec: VersionSpec, socketPath: string): ProcessPlan => {
  const callees = [...new Set(servicesOf(spec).map(({ service }) => service))];
  if (callees.length === 0) return plan;
  const externals = callees.flatMap((callee) => (['fetch', 'lease'] as const).map((ask) => planAsk(ask, spec, callee, socketPath)));
  return { ...plan, workers: [...plan.workers, gate(externals)], externals: [...plan.externals, ...externals] };
};

const gate = (externals: readonly ExternalPlan[]): WorkerPlan => ({
  name: 'gate',
  compatibilityDate: '2026-01-01',
  compatibilityFlags: [],
  code: { modules: [{ name: 'gate.js', field: 'esModule', content: { inline: GATE_SOURCE } }] },
  bindings: [
    ...externals.map(({ name }): BindingPlan => ({ name, field: 'service', content: { service: name } })),
    { name: 'DEBUG_PORT', field: 'workerdDebugPort', content: 'void' },
  ],
});

/**
 * For any Worker of ours that has the bindings `lease:<worker>` and `DEBUG_PORT`: `leased(env, worker)` gives the debug port of a
 * process of that Worker, of one version that the edge draws and starts where it is cold, and what the version's own service is called
 * there: `port.getEntrypoint(main, name, props)` reaches its code.
 *
 * The lease lasts as long as the event it was taken in. For a call that is until the caller has let go of all it got: stubs and
 * streams too (workerd 2026-11, tried). A pending read keeps it from being collected before.
 */
export const LEASED_SOURCE = `
const refused = (answer) => {
  const refusal = answer.headers.get('${REFUSAL_HEADER}');
  if (refusal !== null) throw new Error(decodeURIComponent(refusal));
  return answer;
};
const leased = async (env, worker, headers) => {
  const lease = refused(await env['lease:' + worker].fetch('http://edge/', { headers }));
  lease.body.getReader().read().catch(() => undefined);
  return { port: env.DEBUG_PORT.connect(lease.headers.get('${ADDRESS_HEADER}')), main: lease.headers.get('${MAIN_HEADER}') };
};
`;

/**
 * What a service binding reaches. `fetch()` of a Worker's default export goes through the edge, which passes it on as it does a
 * visitor's request, assets and all. Everything else goes straight to the callee's process, of which the edge knows by the lease.
 *
 * It answers to every name, so that any method may be called: as a call, or, awaited, as a property. Its own context and
 * environment are in no answer: a name is always the callee's.
 */
const GATE_SOURCE = `import { WorkerEntrypoint } from 'cloudflare:workers';
${LEASED_SOURCE}
/** Which version answers is for the request to say where it is one. */
const PASSED_ON = ['cloudflare-workers-version-overrides', 'cloudflare-workers-version-key'];
const passedOn = ({ headers }) => PASSED_ON.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : []));

export class Gate extends WorkerEntrypoint {
  constructor(ctx, env) {
    super(ctx, env);
    const { worker, entrypoint, props } = ctx.props;
    const reach = async (headers) => {
      const { port, main } = await leased(env, worker, headers);
      return port.getEntrypoint(main, entrypoint, props);
    };
    const fetch = async (request) => {
      if (entrypoint === undefined && props === undefined) return refused(await env['fetch:' + worker].fetch(request));
      return (await reach(passedOn(request))).fetch(request);
    };
    const member = (name) =>
      new Proxy(() => undefined, {
        apply: async (_target, _this, args) => (await reach())[name](...args),
        get: (_target, key) => (key === 'then' ? (resolve, reject) => reach().then((to) => to[name]).then(resolve, reject) : undefined),
      });
    return new Proxy(this, {
      get: (_target, name) => (name === 'fetch' ? fetch : typeof name === 'symbol' || HANDLERS.has(name) ? undefined : member(name)),
    });
  }
}
/** Not called by a Worker: workerd looks for them. */
const HANDLERS = new Set(['alarm', 'connect', 'constructor', 'email', 'queue', 'scheduled', 'tail', 'tailStream', 'test', 'then', 'trace', 'webSocketClose', 'webSocketError', 'webSocketMessage']);
`;
