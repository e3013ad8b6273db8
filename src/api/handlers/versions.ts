import { accept, refuse } from '../../base/index.ts';
import { upload } from '../../control/index.ts';
import type { versionEndpoints } from '../../contract/index.ts';
import { isInWindow, type Version } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import type { Api, Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import { etag, etagOf, expectationIn } from '../if-match.ts';
import { pageInfo, pageOf, pageWithin } from '../page.ts';
import { versionView } from '../views/index.ts';
import { versionOf, workerNamed } from './found.ts';
import { reconciledIn, whenAnswered } from './uploaded.ts';

export const VERSIONS_A_PAGE = 10;

/** Versions that may be deployed: the window's, and those that serve. Newest first. */
const deployableVersions = async (api: Api, worker: Worker): Promise<readonly Version[]> => {
  const { deployments, versions } = api.store.read;
  const window = api.settings.deployableVersions;
  const recent = (await versions.page(worker.tag, { offset: 0, limit: window })).filter(({ number }) =>
    isInWindow(number, worker.nextNumber - 1, window),
  );
  const active = (await deployments.active(worker.tag))?.split.map(({ versionId }) => versionId) ?? [];
  const older = active.filter((id) => !recent.some((version) => version.id === id));
  return [...recent, ...(await versions.byIds(worker.tag, older)).toSorted((a, b) => b.number - a.number)];
};

export const versions: Handlers<typeof versionEndpoints> = {
  listVersions: async (api, { params, query }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const tag = await etagOf(api, worker.value, 'versions');
    if (query.deployable === 'true') {
      const { result, resultInfo } = pageWithin(await deployableVersions(api, worker.value), query);
      return accept({ result: { items: result.map(versionView) }, resultInfo, ...tag });
    }
    const page = pageOf(query, VERSIONS_A_PAGE);
    const items = await api.store.read.versions.page(worker.value.tag, page);
    const total = await api.store.read.versions.count(worker.value.tag);
    return accept({ result: { items: items.map(versionView) }, resultInfo: pageInfo(page, items.length, total), ...tag });
  },
  createVersion: async (api, { params, query, body, form, headers, actor, client }) => {
    if (body === undefined || form === undefined) return refuse({ code: 'metadata_missing' });
    const expected = expectationIn(headers, 'versions');
    if (!expected.ok) return expected;
    const bindings = requestedBindings(body.bindings);
    if (!bindings.ok) return bindings;
    const made = await upload(api, actor, {
      name: params.script_name,
      path: 'versions',
      metadata: { ...body, bindings: bindings.value },
      files: form.files,
      annotations: {
        message: body.annotations?.['workers/message'],
        tag: body.annotations?.['workers/tag'],
        alias: body.annotations?.['workers/alias'],
      },
      strictInherit: query.bindings_inherit === 'strict',
      triggeredBy: 'version_upload',
      deploy: false,
      expected: expected.value,
      client,
    });
    if (!made.ok) return made;
    const { version } = made.value;
    return accept({ result: { ...versionView(version), ...reconciledIn(made.value) }, ...etag(version.id), ...whenAnswered(api, version) });
  },
  getVersion: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const version = await versionOf(api, worker.value, params.version_id);
    return version.ok ? accept({ result: versionView(version.value) }) : version;
  },
};
