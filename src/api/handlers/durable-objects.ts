import { accept } from '../../base/index.ts';
import type { durableObjectEndpoints } from '../../contract/index.ts';
import type { Handlers } from '../api.ts';
import { pageWithin } from '../page.ts';
import { namespaceView } from '../views/index.ts';

export const durableObjects: Handlers<typeof durableObjectEndpoints> = {
  listDurableObjectNamespaces: async (api, { query }) =>
    accept(pageWithin((await api.store.read.namespaces.all()).map(namespaceView), query)),
};
