import { accept, refuse } from '../../base/index.ts';
import { calleesOf, deleteWorker, referencesTo, upload } from '../../control/index.ts';
import type { scriptEndpoints } from '../../contract/index.ts';
import type { Worker } from '../../store/index.ts';
import type { Handlers } from '../api.ts';
import { requestedBindings } from '../bindings.ts';
import { etag, expectationIn } from '../if-match.ts';
import { pageWithin } from '../page.ts';
import { foundScriptView, objectReferenceView, scriptView, serviceReferenceView } from '../views/index.ts';
import { servingOfAll, workerNamed } from './found.ts';
import { rollBack } from './roll-back.ts';
import { asForm, reconciledIn, scriptSettingsIn, whenAnswered } from './uploaded.ts';

/** `a:yes,b:no` wants the Workers that have the tag a and not the tag b. */
const hasTags = (wanted: string | undefined) => {
  const pairs = (wanted ?? '').split(',').filter((pair) => pair !== '');
  const rules = pairs.map((pair) => ({ tag: pair.replace(/:(?:yes|no)$/, ''), isWanted: !pair.endsWith(':no') }));
  return ({ settings }: Worker): boolean => rules.every(({ tag, isWanted }) => (settings.tags?.includes(tag) ?? false) === isWanted);
};

const ORDERS = { name: 'name', created_on: 'createdOn', modified_on: 'modifiedOn' } as const;

export const scripts: Handlers<typeof scriptEndpoints> = {
  listScripts: async (api, { query }) => {
    const workers = (await api.store.read.workers.all()).filter(hasTags(query.tags));
    return accept({ result: (await servingOfAll(api, workers)).map(({ worker, version }) => scriptView(worker, version)) });
  },
  searchScripts: async (api, { query }) => {
    const order = ORDERS[query.order_by ?? 'name'];
    const found = (await api.store.read.workers.all())
      .filter(({ name, tag }) => name.includes(query.name ?? '') && (query.id === undefined || tag === query.id))
      .toSorted((a, b) => (a[order] < b[order] ? -1 : 1));
    return accept(pageWithin(found.map(foundScriptView), query));
  },
  putScript: async (api, { params, query, body, form, headers, actor, client }) => {
    if (form === undefined) return refuse({ code: 'metadata_missing' });
    const expected = expectationIn(headers, 'versions');
    if (!expected.ok) return expected;
    if (query.rollback_to !== undefined) {
      return rollBack(api, actor, {
        name: params.script_name,
        to: query.rollback_to,
        message: form.fields['message'],
        expected: expected.value,
      });
    }
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
      settings: scriptSettingsIn(metadata),
      expected: expected.value,
      client,
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
        ...reconciledIn(made.value),
      },
      ...etag(version.id),
      ...whenAnswered(api, version),
    });
  },
  deleteScript: async (api, { params, query, actor }) => {
    const deleted = await deleteWorker(api, actor, params.script_name, query.force === 'true');
    return deleted.ok ? accept({ result: null }) : deleted;
  },
  getReferences: async (api, { params }) => {
    const worker = await workerNamed(api, params.script_name);
    if (!worker.ok) return worker;
    const { callers, namespaces, objectUses } = (await referencesTo(api.store.read, [worker.value]))(worker.value);
    const objects = namespaces.flatMap((namespace) =>
      objectUses
        .filter(({ bindings }) => bindings.some(({ namespace_id: id }) => id === namespace.namespaceId))
        .map(({ script }) => objectReferenceView(script, namespace)),
    );
    const incoming = callers.flatMap(({ script, bindings }) => bindings.map(({ name }) => serviceReferenceView(script, name)));
    const callees = await calleesOf(api.store.read, worker.value);
    const outgoing = callees.map(({ service, name }) => serviceReferenceView(service, name));
    return accept({ result: { services: { incoming, outgoing }, durable_objects: objects, dispatch_outbounds: [] } });
  },
};
