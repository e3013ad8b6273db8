import { accept, refuse, type Result } from '../base/index.ts';
import { collectsOtherwise, isWorkerName, type Refusal, type WorkerHold } from '../domain/index.ts';
import type { Queries, Worker, WorkerSettings } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';
import { isAsExpected, type Expectation } from './expectations.ts';
import { newWorker } from './upload.ts';
import { asUsers, referencesTo } from './uses.ts';

/** What of a Worker can change without a new version. */
export interface WorkerChanges {
  readonly settings?: WorkerSettings;
  readonly workersDev?: boolean | undefined;
  readonly previews?: boolean | undefined;
}

/** Changes what is not versioned: no version and no deployment comes of it. */
export const changeWorker = (
  control: Control,
  actor: Actor,
  name: string,
  changes: WorkerChanges,
  action: string,
  expected?: Expectation,
): Promise<Result<Worker, Refusal>> =>
  control.store.change<Worker, Refusal>(
    async (change) => {
      const worker = await change.workers.byName(name);
      if (worker === undefined) return refuse({ code: 'worker_not_found', name });
      const isFresh = await isAsExpected(change, name, expected);
      if (!isFresh.ok) return isFresh;
      const changed: Worker = {
        ...worker,
        modifiedOn: control.clock.now().toISOString(),
        settings: { ...worker.settings, ...changes.settings },
        workersDev: changes.workersDev ?? worker.workersDev,
        previews: changes.previews ?? worker.previews,
      };
      await change.workers.update(changed);
      if (isServedOtherwise(worker, changed)) change.touchWorker(name);
      return accept(changed);
    },
    () => auditEntry(control, actor, action, `worker/${name}`, { ...changes }),
  );

/** Whether edges have to hear of it. */
const isServedOtherwise = (before: Worker, after: Worker): boolean =>
  after.workersDev !== before.workersDev || after.previews !== before.previews || collectsOtherwise(before.settings, after.settings);

/** A Worker without code, as the newer Worker resource makes them; versions come later. */
export const createWorker = (control: Control, actor: Actor, name: string, changes: WorkerChanges): Promise<Result<Worker, Refusal>> => {
  const creation = () =>
    control.store.change<Worker, Refusal>(
      async (change) => {
        if (!isWorkerName(name)) return refuse({ code: 'worker_name_invalid', name });
        if (await change.workers.byName(name)) return refuse({ code: 'worker_exists', name });
        const worker: Worker = {
          ...newWorker(control, name),
          settings: changes.settings ?? {},
          workersDev: changes.workersDev ?? false,
          previews: changes.previews ?? false,
        };
        await change.workers.insert(worker);
        change.touchWorker(name);
        return accept(worker);
      },
      (worker) => auditEntry(control, actor, 'worker.create', `worker/${name}`, { tag: worker.tag }),
    );
  return control.lanes.take(name, creation);
};

/**
 * Deletes a Worker with its versions, deployments, routes and custom domains. Modules are collected later. It waits for an
 * upload under way, which would else bring the Worker back.
 */
export const deleteWorker = (control: Control, actor: Actor, name: string, isForced = false): Promise<Result<Worker, Refusal>> => {
  const deletion = () =>
    control.store.change<Worker, Refusal>(
      async (change) => {
        const worker = await change.workers.byName(name);
        if (worker === undefined) return refuse({ code: 'worker_not_found', name });
        const held = isForced ? undefined : await heldBy(change, worker);
        if (held !== undefined) return refuse(held);
        const namespaces = await change.namespaces.ofWorker(worker.tag);
        const at = control.clock.now().toISOString();
        for (const namespace of namespaces) await change.namespaces.delete(namespace, at);
        await change.hosts.releaseWorker(name);
        await change.assets.forgetAllOf(name);
        await change.workers.delete(worker.tag);
        change.touchWorker(name);
        change.touchHosts();
        return accept(worker);
      },
      (worker) => auditEntry(control, actor, 'worker.delete', `worker/${name}`, { tag: worker.tag, ...(isForced ? { forced: true } : {}) }),
    );
  return control.lanes.take(name, deletion);
};

/** Why a Worker is not deleted just so, all of it at once. */
const heldBy = async (queries: Queries, worker: Worker): Promise<Refusal | undefined> => {
  const { name } = worker;
  const { callers, objectUses, consumed } = (await referencesTo(queries, [worker]))(worker);
  const reasons: WorkerHold[] = [];
  if (callers.length > 0) reasons.push({ code: 'worker_services_in_use', name, users: asUsers(callers) });
  if (objectUses.length > 0) reasons.push({ code: 'worker_objects_in_use', name, users: asUsers(objectUses) });
  if (consumed.length > 0) reasons.push({ code: 'worker_consumes_queues', name, queues: consumed.map(({ queue }) => queue.name) });
  return reasons.length > 1 ? { code: 'worker_held', reasons } : reasons[0];
};

/**
 * Deletes a version that does not serve, and with it the past deployments that named it: clients read every version of
 * every deployment they list, and fail on one that is gone. The audit log keeps them.
 */
export const deleteVersion = (control: Control, actor: Actor, name: string, versionId: string): Promise<Result<null, Refusal>> =>
  // In turn with revisions: one under way may be made from this version, and needs its modules.
  control.lanes.take(name, () => deleteVersionInTurn(control, actor, name, versionId));

const deleteVersionInTurn = (control: Control, actor: Actor, name: string, versionId: string): Promise<Result<null, Refusal>> =>
  control.store.change<null, Refusal>(
    async (change) => {
      const worker = await change.workers.byName(name);
      if (worker === undefined) return refuse({ code: 'worker_not_found', name });
      const [version] = await change.versions.byIds(worker.tag, [versionId]);
      if (version === undefined) return refuse({ code: 'version_not_found', versionId });
      const active = await change.deployments.active(worker.tag);
      if (active?.split.some((entry) => entry.versionId === version.id)) return refuse({ code: 'version_is_live', versionId });
      await change.deployments.deleteNaming(worker.tag, version.id);
      await change.versions.delete(version.id);
      change.touchWorker(name);
      return accept(null);
    },
    () => auditEntry(control, actor, 'version.delete', `worker/${name}`, { version: versionId }),
  );
