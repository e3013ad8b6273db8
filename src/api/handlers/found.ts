import { accept, refuse, type Result } from '../../base/index.ts';
import { hyphenated, mainVersion, type Refusal, type Version } from '../../domain/index.ts';
import type { StoredDeployment, Worker } from '../../store/index.ts';
import type { Api } from '../api.ts';

/** What most calls begin with: the Worker, and what serves of it. */

export const workerNamed = async (api: Api, name: string): Promise<Result<Worker, Refusal>> => {
  const worker = await api.store.read.workers.byName(name);
  return worker === undefined ? refuse({ code: 'worker_not_found', name }) : accept(worker);
};

/** By its immutable id or by its name, as the newer Worker resource takes both. */
export const workerCalled = async (api: Api, idOrName: string): Promise<Result<Worker, Refusal>> => {
  const worker = (await api.store.read.workers.byTag(idOrName)) ?? (await api.store.read.workers.byName(idOrName));
  return worker === undefined ? refuse({ code: 'worker_not_found', name: idOrName }) : accept(worker);
};

export interface Serving {
  readonly worker: Worker;
  readonly deployment: StoredDeployment | undefined;
  /** The version with the greatest share; the newest one where nothing is deployed; none of a Worker without code. */
  readonly version: Version | undefined;
}

export const serving = async (api: Api, name: string): Promise<Result<Serving, Refusal>> => {
  const worker = await workerNamed(api, name);
  return worker.ok ? accept(await servingOf(api, worker.value)) : worker;
};

export const servingOf = async (api: Api, worker: Worker): Promise<Serving> => {
  const deployment = await api.store.read.deployments.active(worker.tag);
  const version =
    deployment === undefined
      ? await api.store.read.versions.newest(worker.tag)
      : await api.store.read.versions.byId(mainVersion(deployment));
  return { worker, deployment, version };
};

/** The same of many, without asking for each of them what serves. */
export const servingOfAll = (api: Api, workers: readonly Worker[]): Promise<readonly Serving[]> =>
  api.store.snapshot(async ({ deployments, serving: everywhere, versions }) => {
    const active = new Map((await deployments.allActive()).map((deployment) => [deployment.scriptTag, deployment]));
    const found = new Map((await everywhere.all()).map(({ version }) => [version.id, version]));
    const all: Serving[] = [];
    for (const worker of workers) {
      const deployment = active.get(worker.tag);
      const version = deployment === undefined ? await versions.newest(worker.tag) : found.get(mainVersion(deployment));
      all.push({ worker, deployment, version });
    }
    return all;
  });

export const versionOf = async (api: Api, worker: Worker, versionId: string): Promise<Result<Version, Refusal>> => {
  const [version] = await api.store.read.versions.byIds(worker.tag, [hyphenated(versionId)]);
  return version === undefined ? refuse({ code: 'version_not_found', versionId }) : accept(version);
};
