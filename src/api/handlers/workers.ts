import { accept, invariant, refuse, type Result } from '../../base/index.ts';
import { changeWorker, createWorker, deleteWorker, referencesTo, type Actor } from '../../control/index.ts';
import type { BodyOf, Endpoints, workerEndpoints } from '../../contract/index.ts';
import { unsupportedMember, type Refusal } from '../../domain/index.ts';
import type { Worker, WorkerSettings } from '../../store/index.ts';
import { hostsOf, type Api, type Handlers } from '../api.ts';
import { pageWithin } from '../page.ts';
import { workerView } from '../views/index.ts';
import { workerCalled } from './found.ts';
import { scriptSettingsIn } from './uploaded.ts';
import { domainsWhere } from './triggers.ts';

type WorkerBody = BodyOf<Endpoints['patchWorker']>;

/** The Workers as they are shown, read for all of them at once. */
const views = async (api: Api, shown: readonly Worker[]) => {
  const { read } = api.store;
  const [hosts, domains, references] = [await hostsOf(api), await domainsWhere(api, () => true), await referencesTo(read, shown)];
  const deployedOn = await timesOf(api, shown);
  return shown.map((worker) =>
    workerView(worker, {
      hosts,
      deployedOn: deployedOn.get(worker.tag),
      domains: domains.filter(({ service }) => service === worker.name),
      references: references(worker),
    }),
  );
};

const view = async (api: Api, worker: Worker) => {
  const [shown] = await views(api, [worker]);
  invariant(shown !== undefined, 'each Worker is shown');
  return shown;
};

/** When each of them was deployed last. */
const timesOf = async (api: Api, [only, ...more]: readonly Worker[]): Promise<ReadonlyMap<string, string>> => {
  const { deployments } = api.store.read;
  const active = only !== undefined && more.length === 0 ? [await deployments.active(only.tag)] : await deployments.allActive();
  return new Map(active.flatMap((each) => (each === undefined ? [] : [[each.scriptTag, each.createdOn] as const])));
};

const changesIn = (body: WorkerBody) => ({
  settings: scriptSettingsIn(body),
  workersDev: body.subdomain?.enabled,
  previews: body.subdomain?.previews_enabled,
});

/** A complete replacement: what is left out gets its default. */
const DEFAULTS: WorkerSettings = { logpush: false, observability: undefined, tags: [] };
const replacementIn = (body: WorkerBody) => {
  const { settings, workersDev, previews } = changesIn(body);
  return { settings: { ...DEFAULTS, ...settings }, workersDev: workersDev ?? false, previews: previews ?? false };
};

const change = async (api: Api, actor: Actor, called: string, body: WorkerBody, changes: ReturnType<typeof changesIn>) => {
  const worker = await workerCalled(api, called);
  if (!worker.ok) return worker;
  const allowed = isAllowed(body, worker.value);
  if (!allowed.ok) return allowed;
  const changed = await changeWorker(api, actor, worker.value.name, changes, 'worker.change');
  return changed.ok ? accept({ result: await view(api, changed.value) }) : changed;
};

const isAllowed = (body: WorkerBody, worker?: Worker): Result<null, Refusal> => {
  const unsupported = unsupportedMember(body);
  if (unsupported !== undefined) return refuse({ code: 'metadata_unsupported', member: unsupported });
  const isRenamed = worker !== undefined && body.name !== undefined && body.name !== worker.name;
  return isRenamed ? refuse({ code: 'worker_renamed', name: worker.name, to: body.name ?? '' }) : accept(null);
};

const ORDERS = {
  name: ({ name }: Worker) => name,
  created_on: ({ createdOn }: Worker) => createdOn,
  updated_on: ({ modifiedOn }: Worker) => modifiedOn,
  deployed_on: (_: Worker, deployedOn = '') => deployedOn,
} satisfies Record<string, (worker: Worker, deployedOn?: string) => string>;

export const workers: Handlers<typeof workerEndpoints> = {
  listWorkers: async (api, { query }) => {
    const all = await api.store.read.workers.all();
    const deployedOn = await timesOf(api, all);
    const by = ORDERS[query.order_by ?? 'name'];
    const key = (worker: Worker): string => by(worker, deployedOn.get(worker.tag));
    const sorted = all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    const { result, resultInfo } = pageWithin(query.order === 'desc' ? sorted.toReversed() : sorted, query);
    return accept({ result: await views(api, result), resultInfo });
  },
  createWorker: async (api, { body, actor }) => {
    const allowed = isAllowed(body);
    if (!allowed.ok) return allowed;
    const created = await createWorker(api, actor, body.name, changesIn(body));
    return created.ok ? accept({ result: await view(api, created.value) }) : created;
  },
  getWorker: async (api, { params }) => {
    const worker = await workerCalled(api, params.worker);
    return worker.ok ? accept({ result: await view(api, worker.value) }) : worker;
  },
  putWorker: (api, { params, body, actor }) => change(api, actor, params.worker, body, replacementIn(body)),
  patchWorker: (api, { params, body, actor }) => change(api, actor, params.worker, body, changesIn(body)),
  deleteWorker: async (api, { params, query, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const deleted = await deleteWorker(api, actor, worker.value.name, query.force === 'true');
    return deleted.ok ? accept({ result: null }) : deleted;
  },
};
