import { accept, refuse, type Result } from '../base/index.ts';
import { isServiceBinding, withoutService, type Binding, type Refusal, type ServiceBinding } from '../domain/index.ts';
import type { Queries, Worker } from '../store/index.ts';

/** Refuses bindings to Workers that do not exist, all of them at once. A Worker may bind itself, also with its first upload. */
export const checkServices = async (queries: Queries, self: string, bindings: readonly Binding[]): Promise<Result<null, Refusal>> => {
  const missing = withoutService(bindings, new Set([self, ...(await deployedOnOf(queries, bindings)).keys()]));
  return missing.length === 0 ? accept(null) : refuse({ code: 'services_missing', bindings: missing });
};

/** The Workers that are bound and exist, each with the time of its active deployment, if it has one. */
export const deployedOnOf = async (queries: Queries, bindings: readonly Binding[]): Promise<ReadonlyMap<string, string | undefined>> => {
  const found = new Map<string, string | undefined>();
  for (const name of new Set(bindings.filter(isServiceBinding).map(({ service }) => service))) {
    const worker = await queries.workers.byName(name);
    if (worker !== undefined) found.set(name, (await queries.deployments.active(worker.tag))?.createdOn);
  }
  return found;
};

/** What the versions of a Worker that serve bind of other Workers, each binding once. */
export const calleesOf = async (queries: Queries, worker: Worker): Promise<readonly ServiceBinding[]> => {
  const active = await queries.deployments.active(worker.tag);
  const serving = await queries.versions.byIds(worker.tag, active?.split.map(({ versionId }) => versionId) ?? []);
  const bound = serving.flatMap(({ bindings }) => bindings.filter(isServiceBinding));
  return [...new Map(bound.map((binding) => [`${binding.name} ${binding.service}`, binding])).values()];
};
