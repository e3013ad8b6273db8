import { accept, refuse, type Result } from '../../base/index.ts';
import type { legacyEndpoints } from '../../contract/index.ts';
import { hyphenated, LISTED_DEPLOYMENTS, legacyLog, mainVersion, type Refusal } from '../../domain/index.ts';
import type { StoredDeployment, Worker } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { legacyDetailView, legacyEntryView } from '../views/index.ts';

const workerTagged = async (api: Api, tag: string): Promise<Result<Worker, Refusal>> => {
  const worker = await api.store.read.workers.byTag(tag);
  return worker === undefined ? refuse({ code: 'worker_not_found', name: tag }) : accept(worker);
};

/** Old clients print ids of deployments and, after an upload, of versions; both name an entry. */
export const deploymentCalled = async (api: Api, worker: Worker, id: string): Promise<StoredDeployment | undefined> =>
  (await api.store.read.deployments.byId(worker.tag, id)) ?? (await api.store.read.deployments.lastWithSoleVersion(worker.tag, id));

export const legacy: Handlers<typeof legacyEndpoints> = {
  listLegacyDeployments: async (api, { params }) => {
    const worker = await workerTagged(api, params.script_tag);
    if (!worker.ok) return worker;
    const { deployments } = api.store.read;
    const latest = await deployments.page(worker.value.tag, { offset: 0, limit: LISTED_DEPLOYMENTS });
    const items = legacyLog(latest).map(legacyEntryView);
    // Clients fail on an empty list, and there is nothing to show: an error they can print is better.
    const last = items.at(-1);
    return last === undefined ? refuse({ code: 'nothing_deployed', name: worker.value.name }) : accept({ result: { items, latest: last } });
  },
  getLegacyDeployment: async (api, { params }) => {
    const worker = await workerTagged(api, params.script_tag);
    if (!worker.ok) return worker;
    const deployment = await deploymentCalled(api, worker.value, hyphenated(params.deployment_id));
    if (deployment === undefined) return refuse({ code: 'deployment_not_found', deploymentId: params.deployment_id });
    const versionId = mainVersion(deployment);
    const version = await api.store.read.versions.byId(versionId);
    if (version === undefined) return refuse({ code: 'version_not_found', versionId });
    return accept({ result: legacyDetailView({ id: deployment.id, number: deployment.number, deployment, versionId }, version) });
  },
};
