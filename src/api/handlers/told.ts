import { idsIn, secretsChangedWith } from '../../control/index.ts';
import type { Queries, StoredDeployment, Worker } from '../../store/index.ts';
import { toldHistory, type ToldHistory } from '../views/index.ts';

/** A history is told from so many of the latest deployments; what was before is not. */
export const MOST_DEPLOYMENTS = 10_000;

/** A Worker's whole history, with what is told of the deployments of it that are shown. */
export const wholeHistory = async (
  queries: Queries,
  worker: Worker,
  now: number,
  shown: readonly StoredDeployment[] = [],
): Promise<ToldHistory> => {
  const deployments = (await queries.deployments.heads([worker.tag], MOST_DEPLOYMENTS)).get(worker.tag) ?? [];
  const numbers = await queries.versions.numbers(idsIn(deployments));
  const versions = new Map((await queries.versions.heads(idsIn(shown))).map((version) => [version.id, version]));
  const secrets = await secretsChangedWith(queries, worker.name, shown);
  return toldHistory({ deployments, numbers, versions, secrets }, now);
};
