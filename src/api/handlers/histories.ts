import { accept } from '../../base/index.ts';
import { MOST_VERSION_URLS } from '../../control/index.ts';
import type { historyEndpoints } from '../../contract/index.ts';
import { isInWindow, type Version } from '../../domain/index.ts';
import type { VersionFilter, Worker } from '../../store/index.ts';
import { hostsOf, type Handlers } from '../api.ts';
import { pageInfo, pageOf } from '../page.ts';
import { listedVersionView, toldDeploymentView, toldVersionView, versionUrl } from '../views/index.ts';
import { workerNamed } from './found.ts';
import { wholeHistory } from './told.ts';

const VERSIONS_A_PAGE = 50;

type Histories = Handlers<typeof historyEndpoints>;

export const listDeploymentHistory: Histories['listDeploymentHistory'] = async (api, { params, query }) => {
  const worker = await workerNamed(api, params.name);
  if (!worker.ok) return worker;
  const { limit } = query;
  const { history, shown } = await api.store.snapshot(async (queries) => {
    const below = query.cursor === undefined ? undefined : Number(query.cursor);
    const page = await queries.deployments.page(worker.value.tag, { offset: 0, limit, below });
    return { shown: page, history: await wholeHistory(queries, worker.value, api.clock.now().getTime(), page) };
  });
  const first = history.deployments.findIndex(({ number }) => number === shown[0]?.number);
  const result = first === -1 ? [] : shown.flatMap((deployment, at) => toldDeploymentView(history, first + at, deployment) ?? []);
  const last = first + limit < history.deployments.length ? result.at(-1) : undefined;
  return accept({
    result,
    resultInfo: {
      count: result.length,
      total_count: history.deployments.length,
      ...(last === undefined ? {} : { cursor: String(last.number) }),
    },
  });
};

export const listVersionHistory: Histories['listVersionHistory'] = async (api, { params, query }) => {
  const found = await workerNamed(api, params.name);
  if (!found.ok) return found;
  const worker = found.value;
  const hosts = await hostsOf(api);
  const page = pageOf(query, VERSIONS_A_PAGE);
  const { history, opened, versions, total } = await api.store.snapshot(async (queries) => {
    const told = await wholeHistory(queries, worker, api.clock.now().getTime());
    const serving = (told.deployments[0]?.split ?? []).map(({ versionId }) => versionId);
    const { tag, author, message, search } = query;
    const above =
      query.deployable === 'true' ? { number: oldestDeployable(worker, api.settings.deployableVersions) - 1, or: serving } : undefined;
    const filter: VersionFilter = { tag, author, message, search: search?.trim() || undefined, above };
    return {
      history: told,
      // Objects are where their own version is.
      opened: new Set(worker.previews ? await queries.versions.ids(worker.tag, MOST_VERSION_URLS) : []),
      versions: await queries.versions.found(worker.tag, filter, page),
      total: await queries.versions.countFound(worker.tag, filter),
    };
  });
  const view = (version: Version) => {
    const told = toldVersionView(history, version);
    const isDeployable = told.percentage !== null || isInWindow(version.number, worker.nextNumber - 1, api.settings.deployableVersions);
    const hasUrl = opened.has(version.id) && version.durableObjects === undefined;
    return listedVersionView(told, version, { isDeployable, url: hasUrl ? versionUrl(hosts, worker.name, version.id) : undefined });
  };
  return accept({ result: versions.map(view), resultInfo: pageInfo(page, versions.length, total) });
};

const oldestDeployable = ({ nextNumber }: Worker, window: number): number => Math.max(1, nextNumber - window);
