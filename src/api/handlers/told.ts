import { secretsChangedWith } from '../../control/index.ts';
import type { Queries, StoredDeployment, Worker } from '../../store/index.ts';
import { toldHistory, type ToldHistory } from '../views/index.ts';

/** A history is told from so many of the latest deployments; what was before is not. */
export const MOST_DEPLOYMENTS = 10_000;

/** A Worker's whole history, with the secrets that the deployments of one part of it changed. */
export const wholeHistory = async (
  queries: Queries,
  worker: Worker,
  now: number,
  isShown: (deployment: StoredDeployment) => boolean = () => false,
): Promise<ToldHistory> => {
  const deployments = await queries.deployments.page(worker.tag, { offset: 0, limit: MOST_DEPLOYMENTS });
  const ids = new Set(deployments.flatMap(({ split }) => split.map(({ versionId }) => versionId)));
  const versions = new Map((await queries.versions.heads([...ids])).map((version) => [version.id, version]));
  const secrets = await secretsChangedWith(queries, worker.name, deployments.filter(isShown));
  return toldHistory(deployments, versions, now, secrets);
};
