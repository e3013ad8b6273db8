import { accept, refuse, type Result } from '../../base/index.ts';
import { changeWorker, createWorker, deleteWorker, type Actor } from '../../control/index.ts';
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

const view = async (api: Api, worker: Worker) =>
  workerView(worker, {
    hosts: await hostsOf(api),
    deployedOn: (await api.store.read.deployments.active(worker.tag))?.createdOn,
    domains: await domainsWhere(api, ({ script }) => script === worker.name),
  });

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

export const workers: Handlers<typeof workerEndpoints> = {
  listWorkers: async (api, { query }) => {
    const views = await Promise.all((await api.store.read.workers.all()).map((worker) => view(api, worker)));
    const by = query.order_by ?? 'name';
    const sorted = views.toSorted((a, b) => ((a[by] ?? '') < (b[by] ?? '') ? -1 : 1));
    return accept(pageWithin(query.order === 'desc' ? sorted.toReversed() : sorted, query));
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
  deleteWorker: async (api, { params, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const deleted = await deleteWorker(api, actor, worker.value.name);
    return deleted.ok ? accept({ result: null }) : deleted;
  },
};
