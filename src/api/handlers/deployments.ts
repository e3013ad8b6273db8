import { accept, refuse, type Result } from '../../base/index.ts';
import { deleteDeployment, deploy } from '../../control/index.ts';
import type { deploymentEndpoints } from '../../contract/index.ts';
import { hyphenated, LISTED_DEPLOYMENTS, listedDeployments, type Refusal } from '../../domain/index.ts';
import type { Handlers } from '../api.ts';
import { etag, uncompressed } from '../if-match.ts';
import { pageInfo, pageOf } from '../page.ts';
import { deploymentView } from '../views/index.ts';
import { workerNamed } from './found.ts';

const DEPLOYMENTS_A_PAGE = 25;

/** `If-Match: "<id>"`. A precondition that was not understood must not count as none. */
export const expectedActive = (headers: Headers): Result<string | undefined, Refusal> => {
  const header = headers.get('if-match');
  if (header === null) return accept(undefined);
  if (header.trim() === '*') return accept('any');
  const id = /^(?:W\/)?"?(none|[0-9a-f-]{32,36})"?$/i.exec(uncompressed(header.trim()))?.[1];
  return id === undefined
    ? refuse({ code: 'request_invalid', faults: ['header.if-match: expected the id of one deployment in quotes, or "none"'] })
    : accept(hyphenated(id));
};

export const deployments: Handlers<typeof deploymentEndpoints> = {
  listDeployments: async (api, { params, query }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const stored = api.store.read.deployments;
    const tag = etag((await stored.active(worker.value.tag))?.id ?? 'none');
    if (query.page === undefined && query.per_page === undefined) {
      const latest = await stored.page(worker.value.tag, { offset: 0, limit: LISTED_DEPLOYMENTS });
      const oldest = latest.at(-1);
      const stable = oldest && (await stored.lastStableBefore(worker.value.tag, oldest.number));
      return accept({ result: { deployments: listedDeployments(latest, stable).map(deploymentView) }, ...tag });
    }
    const page = pageOf(query, DEPLOYMENTS_A_PAGE);
    const shown = await stored.page(worker.value.tag, page);
    const resultInfo = pageInfo(page, shown.length, await stored.count(worker.value.tag));
    return accept({ result: { deployments: shown.map(deploymentView) }, resultInfo, ...tag });
  },
  createDeployment: async (api, { params, query, body, headers, actor }) => {
    const expected = expectedActive(headers);
    if (!expected.ok) return expected;
    const made = await deploy(api, actor, {
      worker: params.script_name,
      shares: body.versions,
      message: body.annotations?.['workers/message'],
      force: query.force === 'true',
      expectedActive: expected.value,
      triggeredBy: 'deployment',
    });
    return made.ok ? accept({ result: deploymentView(made.value), ...etag(made.value.id) }) : made;
  },
  getDeployment: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const deployment = await api.store.read.deployments.byId(worker.value.tag, hyphenated(params.deployment_id));
    return deployment === undefined
      ? refuse({ code: 'deployment_not_found', deploymentId: params.deployment_id })
      : accept({ result: deploymentView(deployment) });
  },
  deleteDeployment: async (api, { params, actor }) => {
    const deleted = await deleteDeployment(api, actor, params.script_name, hyphenated(params.deployment_id));
    return deleted.ok ? accept({ result: null }) : deleted;
  },
};
