import { accept, refuse } from '../../base/index.ts';
import { answered, deleteDeployment, deploy, upload } from '../../control/index.ts';
import type { Endpoints } from '../../contract/index.ts';
import { LISTED_DEPLOYMENTS, hyphenated, isInWindow, listedDeployments } from '../../domain/index.ts';
import type { Version } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import { deploymentView, versionView } from '../views.ts';
import { versionOf, workerNamed } from './found.ts';

type Names =
  | 'listVersions'
  | 'createVersion'
  | 'getVersion'
  | 'listDeployments'
  | 'createDeployment'
  | 'getDeployment'
  | 'deleteDeployment';

const VERSIONS_A_PAGE = 10;
const DEPLOYMENTS_A_PAGE = 25;

/** Versions that may be deployed: the window's, and those that serve. Newest first. */
const deployableVersions = async (api: Api, worker: Worker): Promise<readonly Version[]> => {
  const { deployments, versions } = api.store.read;
  const window = api.settings.deployableVersions;
  const recent = (await versions.page(worker.tag, { offset: 0, limit: window })).filter(({ number }) =>
    isInWindow(number, worker.nextNumber - 1, window),
  );
  const active = (await deployments.active(worker.tag))?.split.map(({ versionId }) => versionId) ?? [];
  const older = active.filter((id) => !recent.some((version) => version.id === id));
  return [...recent, ...(await versions.byIds(worker.tag, older)).toSorted((a, b) => b.number - a.number)];
};

export const versions: Handlers<Pick<Endpoints, Names>> = {
  listVersions: async (api, { params, query }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    if (query.deployable === 'true') return accept({ result: { items: (await deployableVersions(api, worker.value)).map(versionView) } });
    const [page, perPage] = [query.page ?? 1, query.per_page ?? VERSIONS_A_PAGE];
    const items = await api.store.read.versions.page(worker.value.tag, { offset: (page - 1) * perPage, limit: perPage });
    const total = await api.store.read.versions.count(worker.value.tag);
    return accept({
      result: { items: items.map(versionView) },
      resultInfo: { page, per_page: perPage, count: items.length, total_count: total, total_pages: Math.ceil(total / perPage) },
    });
  },
  createVersion: async (api, { params, query, body, form, actor }) => {
    if (body === undefined || form === undefined) return refuse({ code: 'metadata_missing' });
    const bindings = requestedBindings(body.bindings);
    if (!bindings.ok) return bindings;
    const made = await upload(api, actor, {
      name: params.script_name,
      path: 'versions',
      metadata: { ...body, bindings: bindings.value },
      files: form.files,
      annotations: {
        message: body.annotations?.['workers/message'],
        tag: body.annotations?.['workers/tag'],
        alias: body.annotations?.['workers/alias'],
      },
      strictInherit: query.bindings_inherit === 'strict',
      triggeredBy: 'version_upload',
      deploy: false,
    });
    if (!made.ok) return made;
    const { version } = made.value;
    return accept({ result: versionView(version), onSent: () => void answered(api, version.id) });
  },
  getVersion: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const version = await versionOf(api, worker.value, params.version_id);
    return version.ok ? accept({ result: versionView(version.value) }) : version;
  },
  listDeployments: async (api, { params, query }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const { deployments } = api.store.read;
    if (query.page === undefined && query.per_page === undefined) {
      const latest = await deployments.page(worker.value.tag, { offset: 0, limit: LISTED_DEPLOYMENTS });
      const oldest = latest.at(-1);
      const stable = oldest && (await deployments.lastStableBefore(worker.value.tag, oldest.number));
      return accept({ result: { deployments: listedDeployments(latest, stable).map(deploymentView) } });
    }
    const [page, perPage] = [query.page ?? 1, query.per_page ?? DEPLOYMENTS_A_PAGE];
    const shown = await deployments.page(worker.value.tag, { offset: (page - 1) * perPage, limit: perPage });
    const total = await deployments.count(worker.value.tag);
    return accept({
      result: { deployments: shown.map(deploymentView) },
      resultInfo: { page, per_page: perPage, count: shown.length, total_count: total, total_pages: Math.ceil(total / perPage) },
    });
  },
  createDeployment: async (api, { params, query, body, headers, actor }) => {
    const made = await deploy(api, actor, {
      worker: params.script_name,
      shares: body.versions,
      message: body.annotations?.['workers/message'],
      force: query.force === 'true',
      expectedActive: /^(?:W\/)?"?([^"]+)"?$/.exec(headers.get('if-match') ?? '')?.[1],
      triggeredBy: 'deployment',
    });
    return made.ok ? accept({ result: deploymentView(made.value) }) : made;
  },
  getDeployment: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const deployment = await api.store.read.deployments.byId(worker.value.tag, hyphenated(params.deployment_id));
    return deployment === undefined
      ? refuse({ code: 'deployment_not_found', deploymentId: params.deployment_id })
      : accept({ result: deploymentView(deployment) });
  },
  deleteDeployment: async (api, { params, actor }) => {
    const deleted = await deleteDeployment(api, actor, params.script_name, hyphenated(params.deployment_id));
    return deleted.ok ? accept({ result: null }) : deleted;
  },
};
