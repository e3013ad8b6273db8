import { accept, refuse, type Result } from '../../base/index.ts';
import { changeResource, createResource, deleteResource } from '../../control/index.ts';
import type { kvEndpoints } from '../../contract/index.ts';
import { kvTitle, type Refusal, type Resource } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { erasedNow } from '../erase.ts';
import { pageWithin } from '../page.ts';
import { kvNamespaceView } from '../views/index.ts';

const KIND = 'kv_namespace';

export const namespaceOf = async (api: Api, id: string): Promise<Result<Resource, Refusal>> => {
  const found = await api.store.read.resources.byId(KIND, id);
  return found === undefined ? refuse({ code: 'resource_not_found', kind: KIND, key: id }) : accept(found);
};

type Names = 'listKvNamespaces' | 'createKvNamespace' | 'getKvNamespace' | 'renameKvNamespace' | 'deleteKvNamespace';

export const kvNamespaces: Handlers<Pick<typeof kvEndpoints, Names>> = {
  listKvNamespaces: async (api, { query }) => {
    const { order = 'title', direction = 'asc' } = query;
    const all = (await api.store.read.resources.ofKind(KIND)).map(kvNamespaceView);
    const ordered = all.toSorted((a, b) => (a[order] < b[order] ? -1 : 1));
    return accept(pageWithin(direction === 'asc' ? ordered : ordered.toReversed(), query));
  },
  createKvNamespace: async (api, { body, actor }) => {
    const title = kvTitle(body.title ?? '');
    if (!title.ok) return title;
    const created = await createResource(api, actor, { kind: KIND, id: api.ids.hex32(), name: title.value });
    return created.ok ? accept({ result: kvNamespaceView(created.value) }) : created;
  },
  getKvNamespace: async (api, { params }) => {
    const found = await namespaceOf(api, params.namespace_id);
    return found.ok ? accept({ result: kvNamespaceView(found.value) }) : found;
  },
  renameKvNamespace: async (api, { params, body, actor }) => {
    const title = kvTitle(body.title ?? '');
    if (!title.ok) return title;
    const changed = await changeResource(api, actor, { kind: KIND, id: params.namespace_id }, { name: title.value });
    return changed.ok ? accept({ result: kvNamespaceView(changed.value) }) : changed;
  },
  deleteKvNamespace: async (api, { params, query, actor }) => {
    const deleted = await deleteResource(api, actor, { kind: KIND, id: params.namespace_id }, query.force === true);
    if (!deleted.ok) return deleted;
    // Its id is never given again, so nobody can see what is left meanwhile.
    return accept({
      result: null,
      onSent: async () => void (await erasedNow(api, { kind: KIND, id: deleted.value.id, name: deleted.value.name })),
    });
  },
};
