import { accept } from '../../base/index.ts';
import type { OwnEndpoints } from '../../contract/index.ts';
import { percentageOf } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import { hostsOf, type Api, type Handlers } from '../api.ts';
import { deploymentView } from '../views.ts';

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
    deployment: deployment && {
      ...deploymentView(deployment),
      author: deployment.author.email,
      versions: deployment.split.map(({ versionId, share }) => {
        const version = versions.find(({ id }) => id === versionId);
        const process = processOf(api, versionId);
        return {
          version_id: versionId,
          number: version?.number,
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

export const own: Handlers<OwnEndpoints> = {
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
    const [page, perPage] = [query.page ?? 1, query.per_page ?? AUDIT_A_PAGE];
    const entries = await api.store.read.audit.page({ offset: (page - 1) * perPage, limit: perPage });
    const total = await api.store.read.audit.count();
    return accept({
      result: entries,
      resultInfo: { page, per_page: perPage, count: entries.length, total_count: total, total_pages: Math.ceil(total / perPage) },
    });
  },
};
