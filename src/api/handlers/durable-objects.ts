import { accept, refuse } from '../../base/index.ts';
import type { durableObjectEndpoints } from '../../contract/index.ts';
import { storedObjects } from '../../data/index.ts';
import type { Handlers } from '../api.ts';
import { pageWithin } from '../page.ts';
import { namespaceView } from '../views/index.ts';

/** Where a client says no number. */
const LISTED = 1000;

export const durableObjects: Handlers<typeof durableObjectEndpoints> = {
  listDurableObjectNamespaces: async (api, { query }) =>
    accept(pageWithin((await api.store.read.namespaces.all()).map(namespaceView), query)),
  listDurableObjects: async (api, { params: { namespace_id: id }, query: { cursor, limit = LISTED } }) => {
    const namespaces = await api.store.read.namespaces.all();
    if (!namespaces.some(({ namespaceId }) => namespaceId === id)) return refuse({ code: 'namespace_not_found', namespaceId: id });
    const { objectsFolder } = api.apiSettings;
    if (objectsFolder === undefined) return refuse({ code: 'product_not_offered', product: 'a list of objects where the edge runs apart' });
    const { objects, isEnd } = await storedObjects(objectsFolder, { namespaceId: id, after: cursor, limit });
    const next = isEnd ? '' : (objects.at(-1)?.id ?? '');
    // The official SDK reads the cursor in the second place, others in the first.
    return accept({ result: objects, resultInfo: { count: objects.length, cursor: next, cursors: { after: next } } });
  },
};
