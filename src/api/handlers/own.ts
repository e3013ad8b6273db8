import { accept } from '../../base/index.ts';
import type { ownEndpoints } from '../../contract/index.ts';
import { percentageOf } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import { hostsOf, type Api, type Handlers } from '../api.ts';
import { pageInfo, pageOf } from '../page.ts';
import { deploymentView } from '../views/index.ts';

const AUDIT_A_PAGE = 50;

/** The edge's processes of one version, the one that is furthest along first. */
const processOf = (api: Api, versionId: string) => {
  const reports = api.feed.status().flatMap(({ processes }) => processes.filter((process) => process.versionId === versionId));
  return reports.find(({ state }) => state === 'ready') ?? reports[0];
};

const workerStatus = async (api: Api, worker: Worker) => {
  const { scheme, subdomain, authority } = await hostsOf(api);
  const deployment = await api.store.read.deployments.active(worker.tag);
  const versions = deployment
    ? await api.store.read.versions.byIds(
        worker.tag,
        deployment.split.map(({ versionId }) => versionId),
      )
    : [];
  return {
    name: worker.name,
    url: worker.workersDev ? `${scheme}://${worker.name}.${subdomain}.${authority}` : null,
    deployment:
      deployment === undefined
        ? null
        : {
            ...deploymentView(deployment),
            author: deployment.author.email,
            versions: deployment.split.map(({ versionId, share }) => {
              const version = versions.find(({ id }) => id === versionId);
              const process = processOf(api, versionId);
              return {
                version_id: versionId,
                number: version?.number ?? null,
                percentage: percentageOf(share),
                tag: version?.tag ?? null,
                message: version?.message ?? null,
                state: process?.state ?? 'cold',
                pid: process?.pid ?? null,
                reason: process?.reason ?? null,
              };
            }),
          },
  };
};

export const own: Handlers<typeof ownEndpoints> = {
  getStatus: async (api) => {
    const generation = await api.store.read.meta.generation();
    const edges = api.feed.status();
    const workers = await api.store.read.workers.all();
    return accept({
      result: {
        running: true,
        control_url: api.apiSettings.controlUrl,
        edge_url: edges.find(({ connected }) => connected)?.url ?? null,
        generation,
        behind: api.publisher.behind ?? null,
        edges: edges.map(({ id, url, generation: served, connected }) => ({
          id,
          url,
          generation: served,
          connected,
          pending: connected && served < generation,
        })),
        workers: await Promise.all(workers.map((worker) => workerStatus(api, worker))),
      },
    });
  },
  listAudit: async (api, { query }) => {
    const page = pageOf(query, AUDIT_A_PAGE);
    const entries = await api.store.read.audit.page(page);
    return accept({ result: entries, resultInfo: pageInfo(page, entries.length, await api.store.read.audit.count()) });
  },
};
