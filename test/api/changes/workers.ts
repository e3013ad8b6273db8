import type { TestApi } from '../../support/api.ts';
import { aWorker, MODULE, saying } from '../../support/worker-form.ts';
import type { Rows } from './row.ts';

const OTHER = { body: aWorker({ code: saying('other') }) };
const BROKEN = { body: aWorker({ code: `throw new Error('at start');` }) };
const SECRET = { type: 'secret_text', name: 'KEY', text: 'before' } as const;

/** The version that serves and a newer one that does not. */
const twoVersions = async (api: TestApi, name: string) => {
  const { deployment_id: one } = await api.upload(name, { metadata: { bindings: [SECRET] } });
  const { id: two } = await api.uploadVersion(name);
  return { one, two };
};

const asJson = (code: string) => ({
  main_module: 'index.js',
  modules: [{ name: 'index.js', content_type: MODULE, content_base64: btoa(code) }],
});

const at100 = (version_id: string) => ({ json: { strategy: 'percentage' as const, versions: [{ version_id, percentage: 100 }] } });

/** Uploads, deployments and the Worker itself. */
export const changesOfWorkers: Rows<
  | 'putScript'
  | 'deleteScript'
  | 'putContent'
  | 'createVersion'
  | 'createDeployment'
  | 'deleteDeployment'
  | 'deleteService'
  | 'createWorker'
  | 'putWorker'
  | 'patchWorker'
  | 'deleteWorker'
  | 'createWorkerVersion'
  | 'deleteWorkerVersion'
> = {
  putScript: (_api, script_name) => ({ done: [{ script_name }, OTHER], refused: [{ script_name }, BROKEN] }),
  deleteScript: async (api, script_name) => {
    await api.upload(script_name);
    return { done: [{ script_name }], refused: [{ script_name: 'nobody' }] };
  },
  putContent: async (api, script_name) => {
    await api.upload(script_name);
    return { done: [{ script_name }, OTHER], refused: [{ script_name }, BROKEN] };
  },
  createVersion: async (api, script_name) => {
    await api.upload(script_name);
    return { done: [{ script_name }, OTHER], refused: [{ script_name }, BROKEN] };
  },
  createDeployment: async (api, script_name) => {
    const { two } = await twoVersions(api, script_name);
    return { done: [{ script_name }, at100(two)], refused: [{ script_name }, at100('11111111-1111-4111-8111-111111111111')] };
  },
  deleteDeployment: async (api, script_name) => {
    const { two } = await twoVersions(api, script_name);
    const { id: before } = await api.active(script_name);
    const { id: active } = await api.deploy(script_name, { [two]: 100 });
    return { done: [{ script_name, deployment_id: before }], refused: [{ script_name, deployment_id: active }] };
  },
  deleteService: async (api, script_name) => {
    await api.upload(script_name);
    return { done: [{ script_name }], refused: [{ script_name: 'nobody' }] };
  },
  createWorker: async (api, name) => {
    await api.upload(`${name}-other`);
    return { done: [{}, { json: { name } }], refused: [{}, { json: { name: `${name}-other` } }] };
  },
  putWorker: async (api, worker) => {
    await api.upload(worker);
    return { done: [{ worker }, { json: { name: worker, logpush: true } }], refused: [{ worker: 'nobody' }, { json: { name: 'nobody' } }] };
  },
  patchWorker: async (api, worker) => {
    await api.upload(worker);
    return { done: [{ worker }, { json: { tags: ['a'] } }], refused: [{ worker: 'nobody' }, { json: { tags: ['a'] } }] };
  },
  deleteWorker: async (api, worker) => {
    await api.upload(worker);
    await api.upload(`${worker}-other`);
    const bindings = [{ type: 'service', name: 'OTHER', service: `${worker}-other` }];
    await api.upload(`${worker}-caller`, { metadata: { bindings } });
    return { done: [{ worker }], refused: [{ worker: `${worker}-other` }] };
  },
  createWorkerVersion: async (api, worker) => {
    await api.upload(worker);
    return {
      done: [{ worker }, { json: asJson(saying('json')), query: { deploy: true } }],
      refused: [{ worker }, { json: asJson(`throw new Error('at start');`) }],
    };
  },
  deleteWorkerVersion: async (api, worker) => {
    const { one, two } = await twoVersions(api, worker);
    return { done: [{ worker, version_id: two }], refused: [{ worker, version_id: one }] };
  },
};

/** Settings and secrets, of versions and of the Worker. */
export const changesOfSettings: Rows<
  'patchSettings' | 'patchScriptSettings' | 'putUsageModel' | 'putSecret' | 'deleteSecret' | 'patchSecrets' | 'patchLatestVersion'
> = {
  patchSettings: async (api, script_name) => {
    await api.upload(script_name);
    const both = { bindings: [{ type: 'plain_text', name: 'COLOUR', text: 'red' }], tags: ['a'] };
    const unknown = { bindings: [{ type: 'kv_namespace', name: 'KV', namespace_id: 'none' }] };
    return { done: [{ script_name }, { json: both }], refused: [{ script_name }, { json: unknown }] };
  },
  patchScriptSettings: async (api, script_name) => {
    await api.upload(script_name);
    return { done: [{ script_name }, { json: { logpush: true } }], refused: [{ script_name: 'nobody' }, { json: { logpush: true } }] };
  },
  putUsageModel: async (api, script_name) => {
    await api.upload(script_name);
    const call = { json: { usage_model: 'unbound' as const } };
    return { done: [{ script_name }, call], refused: [{ script_name: 'nobody' }, call] };
  },
  putSecret: async (api, script_name) => {
    await twoVersions(api, script_name);
    return {
      done: [{ script_name }, { json: { name: 'KEY', text: 'after' } }],
      refused: [{ script_name }, { json: { name: 'K Y\0', text: 'after' } }],
    };
  },
  deleteSecret: async (api, script_name) => {
    await twoVersions(api, script_name);
    return { done: [{ script_name, secret_name: 'KEY' }], refused: [{ script_name, secret_name: 'OTHER' }] };
  },
  patchSecrets: async (api, script_name) => {
    await twoVersions(api, script_name);
    const secrets = { KEY: null, A: { text: 'a' }, B: { text: 'b' } };
    const bad = { KEY: null, BAD: { text: 'a\0' } };
    return { done: [{ script_name }, { json: { secrets } }], refused: [{ script_name }, { json: { secrets: bad } }] };
  },
  patchLatestVersion: async (api, worker) => {
    await twoVersions(api, worker);
    const env = { KEY: { type: 'secret_text', text: 'after' } };
    return {
      done: [{ worker }, { json: { env } }],
      refused: [{ worker }, { json: { env: { COLOUR: { type: 'plain_text', text: 'red' } } } }],
    };
  },
};
