import { accept, refuse, type Result } from '../../base/index.ts';
import { answered, changeWorker, deleteWorker, deploy, revise, sealed, upload, type Actor } from '../../control/index.ts';
import { uploadMetadata, type BodyOf, type Endpoints } from '../../contract/index.ts';
import {
  hyphenated,
  keptMembers,
  percentageOf,
  resolveBindings,
  unsupportedMember,
  uploadedCode,
  type Refusal,
  type UploadedFile,
  type VersionCode,
} from '../../domain/index.ts';
import type { Worker, WorkerSettings } from '../../store/index.ts';
import type { Answer, Api, Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import type { UploadForm } from '../form/index.ts';
import { scriptSettingsView, scriptView, settingsView } from '../views.ts';
import { contentOf } from './content.ts';
import { serving, servingOf, versionOf, workerNamed } from './found.ts';

type Names =
  | 'listScripts'
  | 'searchScripts'
  | 'putScript'
  | 'getScript'
  | 'deleteScript'
  | 'putContent'
  | 'getContent'
  | 'getSettings'
  | 'patchSettings'
  | 'getScriptSettings'
  | 'patchScriptSettings'
  | 'getUsageModel'
  | 'putUsageModel'
  | 'getReferences';

type Metadata = NonNullable<BodyOf<Endpoints['putScript']>>;

const scriptList = async (api: Api, isWanted: (worker: Worker) => boolean) => {
  const workers = (await api.store.read.workers.all()).filter(isWanted);
  return Promise.all(workers.map(async (worker) => scriptView(worker, (await servingOf(api, worker)).version)));
};

/** A body that is JavaScript and no form stands for a form with that one script. */
const asForm = (form: UploadForm, body: Metadata | undefined): { metadata: Metadata | undefined; files: readonly UploadedFile[] } => {
  if (form.script === undefined) return { metadata: body, files: form.files };
  const isModule = form.script.contentType.includes('+module');
  const filename = isModule ? 'worker.mjs' : 'worker.js';
  const metadata = uploadMetadata.parse(isModule ? { main_module: filename } : { body_part: filename });
  return { metadata, files: [{ ...form.script, filename }] };
};

/** The content call may name its entry in a header, as the official SDK does, instead of in metadata. */
const entryInHeaders = (headers: Headers): Metadata | undefined => {
  const [main, part] = [headers.get('cf-worker-main-module-part'), headers.get('cf-worker-body-part')];
  return main === null && part === null ? undefined : uploadMetadata.parse({ main_module: main, body_part: part });
};

const scriptSettingsOf = (body: Readonly<Record<string, unknown>>): WorkerSettings =>
  Object.fromEntries(
    ['logpush', 'observability', 'tags', 'tail_consumers'].flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])),
  );

/** The legacy clients' rollback: a new deployment of what an entry of their log ran. It never asks for force, they cannot send it. */
const rollBack = async (api: Api, actor: Actor, name: string, to: string, message: string): Promise<Result<Answer, Refusal>> => {
  const worker = await workerNamed(api, name);
  if (!worker.ok) return worker;
  const id = hyphenated(to);
  const target =
    (await api.store.read.deployments.byId(worker.value.tag, id)) ??
    (await api.store.read.deployments.lastWithSoleVersion(worker.value.tag, id));
  const version = target === undefined ? await versionOf(api, worker.value, id) : undefined;
  if (version !== undefined && !version.ok) return refuse({ code: 'deployment_not_found', deploymentId: to });
  const shares =
    target === undefined
      ? [{ version_id: id, percentage: 100 }]
      : target.split.map(({ versionId, share }) => ({ version_id: versionId, percentage: percentageOf(share) }));
  const made = await deploy(api, actor, {
    worker: name,
    shares,
    message: message === '' ? undefined : message,
    force: true,
    expectedActive: undefined,
    triggeredBy: 'rollback',
    rollbackFrom: target?.id ?? id,
  });
  return made.ok ? accept({ result: { deployment_id: made.value.id, id: name } }) : made;
};

const codeWith =
  (api: Api, change: BodyOf<Endpoints['patchSettings']>) =>
  (code: VersionCode, worker: Worker): Result<VersionCode, Refusal> => {
    if (change?.bindings === undefined) return accept({ ...code, ...changedMembers(change) });
    const requested = requestedBindings(change.bindings);
    if (!requested.ok) return requested;
    const bindings = resolveBindings({
      requested: requested.value,
      // The list is the whole of the bindings: one that is left out goes, a secret without a text stays as it is.
      keepTypes: [],
      strictInherit: true,
      previous: code.bindings,
      versionById: () => undefined,
      seal: (text) => sealed(api, worker.tag, text),
    });
    return bindings.ok ? accept({ ...code, ...changedMembers(change), bindings: bindings.value }) : bindings;
  };

const changedMembers = (change: BodyOf<Endpoints['patchSettings']>): Partial<VersionCode> => ({
  ...(change?.compatibility_date === undefined ? {} : { compatibilityDate: change.compatibility_date }),
  ...(change?.compatibility_flags === undefined ? {} : { compatibilityFlags: change.compatibility_flags }),
  ...(change?.usage_model === undefined ? {} : { usageModel: change.usage_model }),
  ...(change?.limits === undefined ? {} : { limits: change.limits }),
  ...(change?.placement === undefined ? {} : { placement: change.placement }),
});

export const scripts: Handlers<Pick<Endpoints, Names>> = {
  listScripts: async (api) => accept({ result: await scriptList(api, () => true) }),
  searchScripts: async (api, { query }) =>
    accept({
      result: (await scriptList(api, ({ name, tag }) => (query.id === undefined ? name.includes(query.name ?? '') : tag === query.id))).map(
        (script) => ({ ...script, id: script.tag, script_name: script.id, service_name: script.id }),
      ),
    }),
  putScript: async (api, { params, query, body, form, actor }) => {
    if (form === undefined) return refuse({ code: 'metadata_missing' });
    if (query.rollback_to !== undefined) return rollBack(api, actor, params.script_name, query.rollback_to, form.fields['message'] ?? '');
    const { metadata, files } = asForm(form, body);
    if (metadata === undefined) return refuse({ code: 'metadata_missing' });
    const bindings = requestedBindings(metadata.bindings);
    if (!bindings.ok) return bindings;
    const made = await upload(api, actor, {
      name: params.script_name,
      path: 'script',
      metadata: { ...metadata, bindings: bindings.value },
      files,
      annotations: { message: metadata.annotations?.['workers/message'], tag: metadata.annotations?.['workers/tag'] },
      strictInherit: query.bindings_inherit === 'strict',
      triggeredBy: 'upload',
      deploy: true,
      settings: scriptSettingsOf(metadata),
    });
    if (!made.ok) return made;
    const { worker, version } = made.value;
    return accept({
      result: {
        ...scriptView(worker, version),
        startup_time_ms: version.startupTimeMs,
        // Clients of every age print this one; the newer ones call it the version id, which it is.
        deployment_id: version.id,
        available_on_subdomain: worker.workersDev,
      },
      onSent: () => void answered(api, version.id),
    });
  },
  getScript: async (api, { params }) => contentOf(api, params.script_name, undefined),
  deleteScript: async (api, { params, actor }) => {
    const deleted = await deleteWorker(api, actor, params.script_name);
    return deleted.ok ? accept({ result: null }) : deleted;
  },
  putContent: async (api, { params, body, form, headers, actor }) => {
    if (form === undefined) return refuse({ code: 'metadata_missing' });
    const { metadata, files } = asForm(form, body ?? entryInHeaders(headers));
    if (metadata === undefined) return refuse({ code: 'metadata_missing' });
    const unsupported = unsupportedMember(metadata);
    if (unsupported !== undefined) return refuse({ code: 'metadata_unsupported', member: unsupported });
    const code = uploadedCode({ main_module: metadata.main_module, body_part: metadata.body_part }, files, 'script');
    if (!code.ok) return code;
    const revised = await revise(api, actor, {
      worker: params.script_name,
      change: (present) => accept({ ...present, ...code.value, kept: { ...present.kept, ...keptMembers(metadata) } }),
      of: 'main',
      annotations: { message: metadata.annotations?.['workers/message'], tag: metadata.annotations?.['workers/tag'] },
      triggeredBy: 'upload',
      action: 'content.put',
      detail: {},
    });
    if (!revised.ok) return revised;
    const { worker, versions } = revised.value;
    const version = versions.at(-1);
    return accept({ result: { ...scriptView(worker, version), deployment_id: version?.id ?? null } });
  },
  getContent: async (api, { params, query }) => contentOf(api, params.script_name, query.version),
  getSettings: async (api, { params }) => {
    const found = await serving(api, params.script_name);
    return found.ok ? accept({ result: settingsView(found.value.worker, found.value.version) }) : found;
  },
  patchSettings: async (api, { params, body, actor }) => {
    if (body === undefined) return refuse({ code: 'metadata_missing' });
    const unsupported = unsupportedMember(body);
    if (unsupported !== undefined) return refuse({ code: 'metadata_unsupported', member: unsupported });
    const revised = await revise(api, actor, {
      worker: params.script_name,
      change: codeWith(api, body),
      of: 'deployed',
      annotations: { message: body.annotations?.['workers/message'], tag: body.annotations?.['workers/tag'] },
      triggeredBy: 'upload',
      action: 'settings.patch',
      detail: { members: Object.keys(body).filter((member) => body[member] !== undefined) },
    });
    if (!revised.ok) return revised;
    const settings = scriptSettingsOf(body);
    if (Object.keys(settings).length > 0) {
      const changed = await changeWorker(api, actor, params.script_name, { settings }, 'script_settings.patch');
      if (!changed.ok) return changed;
    }
    const found = await serving(api, params.script_name);
    return found.ok ? accept({ result: settingsView(found.value.worker, found.value.version) }) : found;
  },
  getScriptSettings: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    return worker.ok ? accept({ result: scriptSettingsView(worker.value) }) : worker;
  },
  patchScriptSettings: async (api, { params, body, actor }) => {
    if (body === undefined) return refuse({ code: 'metadata_missing' });
    const unsupported = unsupportedMember(body);
    if (unsupported !== undefined) return refuse({ code: 'metadata_unsupported', member: unsupported });
    const changed = await changeWorker(api, actor, params.script_name, { settings: scriptSettingsOf(body) }, 'script_settings.patch');
    return changed.ok ? accept({ result: scriptSettingsView(changed.value) }) : changed;
  },
  getUsageModel: async (api, { params }) => {
    const found = await serving(api, params.script_name);
    return found.ok ? accept({ result: { usage_model: found.value.version?.usageModel ?? 'standard' } }) : found;
  },
  putUsageModel: async (api, { params, body, actor }) => {
    const revised = await revise(api, actor, {
      worker: params.script_name,
      change: (code) => accept({ ...code, usageModel: body.usage_model }),
      of: 'deployed',
      annotations: {},
      triggeredBy: 'upload',
      action: 'usage_model.put',
      detail: { usage_model: body.usage_model },
    });
    return revised.ok ? accept({ result: { usage_model: body.usage_model } }) : revised;
  },
  getReferences: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    return worker.ok
      ? accept({ result: { services: { incoming: [], outgoing: [] }, durable_objects: [], dispatch_outbounds: [] } })
      : worker;
  },
};
