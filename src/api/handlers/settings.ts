import { accept, refuse, type Result } from '../../base/index.ts';
import { changeWorker, inheritableOf, revise, sealed, tagOf } from '../../control/index.ts';
import { settingsMembers, type BodyOf, type Endpoints, type settingsEndpoints } from '../../contract/index.ts';
import { checkPart, resolveBindings, type Binding, type Refusal, type VersionCode } from '../../domain/index.ts';
import type { Worker } from '../../store/index.ts';
import type { Answer, Api, Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import { etag, etagOf, expectationIn } from '../if-match.ts';
import { scriptSettingsView, settingsView } from '../views/index.ts';
import { serving, workerNamed } from './found.ts';
import { scriptSettingsIn } from './uploaded.ts';

type Patch = NonNullable<BodyOf<Endpoints['patchSettings']>>;

type GivenBinding = NonNullable<Patch['bindings']>[number];

/** All that these have is a name. */
const WHOLE_BY_NAME: ReadonlySet<string> = new Set(['inherit', 'secret_text', 'version_metadata', 'assets']);

/** How wrangler before 4.70 says in `secret bulk` that a binding stays as it is: by its name and type alone. */
const isKept = (binding: GivenBinding): boolean => !WHOLE_BY_NAME.has(binding.type) && Object.keys(binding).length === 2;

/** `seen` is what the client was shown of bindings: what it does not know it cannot mean to take away. */
const codeWith =
  (api: Api, patch: Patch, seen: readonly Binding[]) =>
  (code: VersionCode, worker: Worker): Result<VersionCode, Refusal> => {
    const changed = { ...code, ...changedMembers(patch) };
    if (patch.bindings === undefined) return accept(changed);
    const given = patch.bindings.map((binding) => (isKept(binding) ? { name: binding.name, type: 'inherit' } : binding));
    const requested = requestedBindings(given);
    if (!requested.ok) return requested;
    const bindings = resolveBindings({
      requested: requested.value,
      // The list is the whole of the bindings: one that is left out goes, a secret without a text stays as it is.
      keepTypes: [],
      // Each deployed version is revised, and one of them may never have had what another has.
      strictInherit: !patch.bindings.some(isKept),
      previous: code.bindings,
      versionById: () => undefined,
      seal: (text) => sealed(api, worker.tag, text),
    });
    if (!bindings.ok) return bindings;
    const known = new Set([...given, ...seen].map(({ name }) => name));
    return accept({ ...changed, bindings: [...bindings.value, ...code.bindings.filter(({ name }) => !known.has(name))] });
  };

const changedMembers = (patch: Patch): Partial<VersionCode> => ({
  ...(patch.compatibility_date === undefined ? {} : { compatibilityDate: patch.compatibility_date }),
  ...(patch.compatibility_flags === undefined ? {} : { compatibilityFlags: patch.compatibility_flags }),
  ...(patch.usage_model === undefined ? {} : { usageModel: patch.usage_model }),
  ...(patch.limits === undefined ? {} : { limits: patch.limits }),
  ...(patch.placement === undefined ? {} : { placement: patch.placement }),
});

const isVersioned = (patch: Patch): boolean => patch.bindings !== undefined || Object.keys(changedMembers(patch)).length > 0;

/** Clients of every age send members we do not know, so they are no error; but they changed nothing, and that is said. */
const unknownNote = (patch: Patch): readonly string[] => {
  const unknown = Object.keys(patch).filter((member) => !settingsMembers.includes(member));
  return unknown.length === 0 ? [] : [`Not known, and not applied: ${unknown.join(', ')}.`];
};

/** Of the newest version, deployed or not, with all bindings that the next upload can inherit. */
const present = (api: Api, name: string): Promise<Result<Answer<ReturnType<typeof settingsView>>, Refusal>> => {
  // With the tag of that very state.
  return api.store.snapshot(async (queries) => {
    const worker = await queries.workers.byName(name);
    if (worker === undefined) return refuse({ code: 'worker_not_found', name });
    const newest = await queries.versions.newest(worker.tag);
    const bindings = await inheritableOf(queries, worker.tag, newest);
    return accept({ result: settingsView(worker, newest, bindings), ...etag(await tagOf(queries, worker, 'settings')) });
  });
};

export const settings: Handlers<typeof settingsEndpoints> = {
  getSettings: (api, { params }) => present(api, params.script_name),
  patchSettings: async (api, { params, body, headers, actor }) => {
    if (body === undefined) return refuse({ code: 'metadata_missing' });
    const expected = expectationIn(headers, 'settings');
    if (!expected.ok) return expected;
    const part = checkPart(body);
    if (!part.ok) return part;
    const ofScript = scriptSettingsIn(body);
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const { read } = api.store;
    const seen = await inheritableOf(read, worker.value.tag, await read.versions.newest(worker.value.tag));
    const changed = isVersioned(body)
      ? await revise(api, actor, {
          worker: params.script_name,
          change: codeWith(api, body, seen),
          of: 'deployed',
          annotations: { message: body.annotations?.['workers/message'], tag: body.annotations?.['workers/tag'] },
          settings: ofScript,
          expected: expected.value,
          triggeredBy: 'upload',
          action: 'settings.patch',
          detail: { members: Object.keys(body).filter((member) => body[member] !== undefined) },
        })
      : await changeWorker(api, actor, params.script_name, { settings: ofScript }, 'settings.patch', expected.value);
    if (!changed.ok) return changed;
    const after = await present(api, params.script_name);
    return after.ok ? accept({ ...after.value, messages: unknownNote(body) }) : after;
  },
  getScriptSettings: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    return accept({ result: scriptSettingsView(worker.value), ...(await etagOf(api, worker.value, 'script_settings')) });
  },
  patchScriptSettings: async (api, { params, body, headers, actor }) => {
    if (body === undefined) return refuse({ code: 'metadata_missing' });
    const expected = expectationIn(headers, 'script_settings');
    if (!expected.ok) return expected;
    const part = checkPart(body);
    if (!part.ok) return part;
    const changes = { settings: scriptSettingsIn(body) };
    const changed = await changeWorker(api, actor, params.script_name, changes, 'script_settings.patch', expected.value);
    if (!changed.ok) return changed;
    return accept({ result: scriptSettingsView(changed.value), ...(await etagOf(api, changed.value, 'script_settings')) });
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
};
