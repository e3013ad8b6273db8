import { accept } from '../../base/index.ts';
import type { ownEndpoints } from '../../contract/index.ts';
import { percentageOf } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import { hostsOf, type Api, type Handlers } from '../api.ts';
import { pageInfo, pageOf } from '../page.ts';
import { auditEntryView, deploymentView, edgeStatusView } from '../views/index.ts';
import { comparisons } from './compare.ts';
import { differences } from './differences.ts';
import { events } from './events.ts';
import { listDeploymentHistory, listVersionHistory } from './histories.ts';
import { observations } from './observe.ts';
import { overview } from './overview.ts';
import { listRollbackTargets } from './rollback-targets.ts';
import { revisions } from './revisions.ts';
import { rollbacks } from './rollbacks.ts';
import { sessions } from './sessions.ts';

const AUDIT_A_PAGE = 50;

/** What the edges tell of one version, the process that is furthest along first. */
const processesOf = (api: Api, versionId: string) => {
  const told = api.feed
    .status()
    .flatMap(({ id, processes }) => processes.filter((process) => process.versionId === versionId).map((process) => ({ id, process })));
  return told
    .toSorted((a, b) => Number(b.process.state === 'ready') - Number(a.process.state === 'ready'))
    .map(({ id, process }) => ({
      edge: id,
      state: process.state,
      pid: process.pid ?? null,
      started_on: process.startedOn ?? null,
      restarts: process.restarts,
      resident_bytes: process.residentBytes ?? null,
      broken_on: process.brokenOn ?? null,
      reason: process.reason ?? null,
    }));
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
              const processes = processesOf(api, versionId);
              const [process] = processes;
              return {
                version_id: versionId,
                number: version?.number ?? null,
                percentage: percentageOf(share),
                tag: version?.tag ?? null,
                message: version?.message ?? null,
                state: process?.state ?? 'cold',
                pid: process?.pid ?? null,
                reason: process?.reason ?? null,
                processes,
              };
            }),
          },
  };
};

export const own: Handlers<typeof ownEndpoints> = {
  ...comparisons,
  ...observations,
  ...overview,
  listDeploymentHistory,
  listVersionHistory,
  listRollbackTargets,
  ...differences,
  ...revisions,
  ...rollbacks,
  ...sessions,
  ...events,
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
        edges: edges.map((edge) => edgeStatusView(edge, generation)),
        workers: await Promise.all(workers.map((worker) => workerStatus(api, worker))),
      },
    });
  },
  listAudit: async (api, { query }) => {
    const page = pageOf(query, AUDIT_A_PAGE);
    const { target, action, actor, since, until: before } = query;
    const { entries, total } = await api.store.snapshot(async ({ audit }) => {
      const filter = { target, action, actor, since, before };
      return { entries: await audit.page(page, filter), total: await audit.count(filter) };
    });
    return accept({ result: entries.map(auditEntryView), resultInfo: pageInfo(page, entries.length, total) });
  },
};
