import { accept, refuse, type Result } from '../../base/index.ts';
import { answered, changeSecretsOfNewest, changeWorker, createWorker, deleteVersion, deleteWorker, upload } from '../../control/index.ts';
import type { BodyOf, Endpoints } from '../../contract/index.ts';
import { hyphenated, type Refusal, type UploadedFile, type Version } from '../../domain/index.ts';
import type { Worker, WorkerSettings } from '../../store/index.ts';
import { hostsOf, type Api, type Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import { workerVersionView, workerView } from '../views.ts';
import { onePage } from './account.ts';
import { versionOf } from './found.ts';

type Names =
  | 'listWorkers'
  | 'createWorker'
  | 'getWorker'
  | 'putWorker'
  | 'patchWorker'
  | 'deleteWorker'
  | 'listWorkerVersions'
  | 'createWorkerVersion'
  | 'patchLatestVersion'
  | 'getWorkerVersion'
  | 'deleteWorkerVersion';

const VERSIONS_A_PAGE = 10;

/** A Worker by its immutable id or by its name. */
const workerCalled = async (api: Api, idOrName: string): Promise<Result<Worker, Refusal>> => {
  const worker = (await api.store.read.workers.byTag(idOrName)) ?? (await api.store.read.workers.byName(idOrName));
  return worker === undefined ? refuse({ code: 'worker_not_found', name: idOrName }) : accept(worker);
};

const view = async (api: Api, worker: Worker) =>
  workerView(worker, await hostsOf(api), (await api.store.read.deployments.active(worker.tag))?.createdOn);

const versionView = async (api: Api, worker: Worker, version: Version) =>
  workerVersionView(version, { ...(await hostsOf(api)), name: worker.name });

type WorkerBody = BodyOf<Endpoints['patchWorker']>;

const settingsOf = ({ logpush, observability, tags, tail_consumers }: WorkerBody): WorkerSettings => ({
  ...(logpush === undefined ? {} : { logpush: logpush ?? false }),
  ...(observability === undefined ? {} : { observability }),
  ...(tags === undefined ? {} : { tags }),
  ...(tail_consumers === undefined ? {} : { tail_consumers }),
});

const changesOf = (body: WorkerBody) => ({
  settings: settingsOf(body),
  workersDev: body.subdomain?.enabled,
  previews: body.subdomain?.previews_enabled,
});

const change = async (api: Api, actor: Parameters<typeof changeWorker>[1], called: string, body: WorkerBody) => {
  const worker = await workerCalled(api, called);
  if (!worker.ok) return worker;
  if (body.tail_consumers?.length) return refuse({ code: 'metadata_unsupported' as const, member: 'tail_consumers' });
  const changed = await changeWorker(api, actor, worker.value.name, changesOf(body), 'worker.change');
  return changed.ok ? accept({ result: await view(api, changed.value) }) : changed;
};

const storedModules = (api: Api, modules: BodyOf<Endpoints['createWorkerVersion']>['modules']): Promise<readonly UploadedFile[]> =>
  Promise.all(
    modules.map(async ({ name, content_type, content_base64 }) => {
      const bytes = Buffer.from(content_base64, 'base64');
      const stored = await api.modules.put(
        (async function* once() {
          yield bytes;
        })(),
      );
      return { filename: name, contentType: content_type, ...stored };
    }),
  );

const modulesView = (api: Api, version: Version) =>
  Promise.all(
    version.modules.map(async ({ name, contentType, digest }) => {
      const chunks: Buffer[] = [];
      for await (const chunk of api.modules.read(digest)) chunks.push(chunk);
      return { name, content_type: contentType, content_base64: Buffer.concat(chunks).toString('base64') };
    }),
  );

export const workers: Handlers<Pick<Endpoints, Names>> = {
  listWorkers: async (api, { query }) => {
    const all = await api.store.read.workers.all();
    return accept(onePage(await Promise.all(all.map((worker) => view(api, worker))), query.page));
  },
  createWorker: async (api, { body, actor }) => {
    if (body.tail_consumers?.length) return refuse({ code: 'metadata_unsupported', member: 'tail_consumers' });
    const created = await createWorker(api, actor, body.name, changesOf(body));
    return created.ok ? accept({ result: await view(api, created.value) }) : created;
  },
  getWorker: async (api, { params }) => {
    const worker = await workerCalled(api, params.worker);
    return worker.ok ? accept({ result: await view(api, worker.value) }) : worker;
  },
  putWorker: (api, { params, body, actor }) => change(api, actor, params.worker, body),
  patchWorker: (api, { params, body, actor }) => change(api, actor, params.worker, body),
  deleteWorker: async (api, { params, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const deleted = await deleteWorker(api, actor, worker.value.name);
    return deleted.ok ? accept({ result: null }) : deleted;
  },
  listWorkerVersions: async (api, { params, query }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const [page, perPage] = [query.page ?? 1, query.per_page ?? VERSIONS_A_PAGE];
    const { versions } = api.store.read;
    const items = await versions.page(worker.value.tag, { offset: (page - 1) * perPage, limit: perPage });
    const total = await versions.count(worker.value.tag);
    return accept({
      result: await Promise.all(items.map((version) => versionView(api, worker.value, version))),
      resultInfo: { page, per_page: perPage, count: items.length, total_count: total, total_pages: Math.ceil(total / perPage) },
    });
  },
  createWorkerVersion: async (api, { params, query, body, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const bindings = requestedBindings(body.bindings);
    if (!bindings.ok) return bindings;
    const isDeployed = query.deploy === 'true';
    const made = await upload(api, actor, {
      name: worker.value.name,
      path: isDeployed ? 'script' : 'versions',
      metadata: { ...body, bindings: bindings.value },
      files: await storedModules(api, body.modules),
      annotations: {
        message: body.annotations?.['workers/message'],
        tag: body.annotations?.['workers/tag'],
        alias: body.annotations?.['workers/alias'],
      },
      strictInherit: query.bindings_inherit === 'strict',
      triggeredBy: isDeployed ? 'upload' : 'version_upload',
      deploy: isDeployed,
    });
    if (!made.ok) return made;
    const { version } = made.value;
    return accept({ result: await versionView(api, worker.value, version), onSent: () => void answered(api, version.id) });
  },
  patchLatestVersion: async (api, { params, body, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const changed = await changeSecretsOfNewest(api, actor, {
      worker: worker.value.name,
      changes: body.env ?? {},
      message: body.annotations?.['workers/message'],
      tag: body.annotations?.['workers/tag'],
    });
    const [version] = changed.ok ? changed.value.versions : [];
    if (!changed.ok) return changed;
    return version === undefined
      ? refuse({ code: 'no_versions', name: worker.value.name })
      : accept({ result: await versionView(api, worker.value, version) });
  },
  getWorkerVersion: async (api, { params, query }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const newest = params.version_id === 'latest' ? await api.store.read.versions.newest(worker.value.tag) : undefined;
    const version = newest === undefined ? await versionOf(api, worker.value, params.version_id) : accept(newest);
    if (!version.ok) return version;
    const shown = await versionView(api, worker.value, version.value);
    return accept({ result: query.include === 'modules' ? { ...shown, modules: await modulesView(api, version.value) } : shown });
  },
  deleteWorkerVersion: async (api, { params, actor }) => {
    const worker = await workerCalled(api, params.worker);
    if (!worker.ok) return worker;
    const deleted = await deleteVersion(api, actor, worker.value.name, hyphenated(params.version_id));
    return deleted.ok ? accept({ result: null }) : deleted;
  },
};
