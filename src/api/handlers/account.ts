import { accept, refuse } from '../../base/index.ts';
import { createToken, revokeToken, setSubdomain } from '../../control/index.ts';
import type { Endpoints } from '../../contract/index.ts';
import type { Api, Handlers } from '../api.ts';
import { tokenView } from '../views.ts';

type Names =
  | 'getUser'
  | 'verifyToken'
  | 'listAccounts'
  | 'getAccount'
  | 'listMemberships'
  | 'listTokens'
  | 'createToken'
  | 'revokeToken'
  | 'getAccountSubdomain'
  | 'putAccountSubdomain'
  | 'checkSubdomain'
  | 'getAccountSettings';

const accountView = (api: Api) => ({
  id: api.account.id,
  name: api.account.name,
  type: 'standard',
  settings: {},
  created_on: api.account.createdOn,
});

/** Lists that end: a second page is empty, because some clients ask until they get one. */
export const onePage = <Item>(items: readonly Item[], page: number | undefined) => {
  const shown = (page ?? 1) > 1 ? [] : items;
  return {
    result: shown,
    resultInfo: { page: page ?? 1, per_page: Math.max(items.length, 1), count: shown.length, total_count: items.length, total_pages: 1 },
  };
};

export const account: Handlers<Pick<Endpoints, Names>> = {
  getUser: async (_api, { token, actor }) =>
    accept({ result: { id: token.id, email: actor.author.email, username: token.name, two_factor_authentication_enabled: false } }),
  verifyToken: async (_api, { token }) => accept({ result: { id: token.id, status: 'active' } }),
  listAccounts: async (api, { query }) => accept(onePage([accountView(api)], query.page)),
  getAccount: async (api) => accept({ result: accountView(api) }),
  listMemberships: async (api, { query }) =>
    accept(onePage([{ id: api.account.id, status: 'accepted', account: accountView(api), roles: ['Administrator'] }], query.page)),
  listTokens: async (api) => accept({ result: (await api.store.read.tokens.all()).map(tokenView) }),
  createToken: async (api, { actor, body }) => {
    const made = await createToken(api, actor, body);
    return made.ok ? accept({ result: { ...tokenView(made.value.token), value: made.value.value } }) : made;
  },
  revokeToken: async (api, { actor, params }) => {
    const revoked = await revokeToken(api, actor, params.token_id);
    return revoked.ok ? accept({ result: { id: revoked.value.id } }) : revoked;
  },
  getAccountSubdomain: async (api) => accept({ result: { subdomain: (await api.store.read.meta.get('subdomain')) ?? '' } }),
  putAccountSubdomain: async (api, { actor, body }) => {
    const set = await setSubdomain(api, actor, body.subdomain);
    return set.ok ? accept({ result: { subdomain: set.value } }) : set;
  },
  checkSubdomain: async (api, { params }) => {
    const current = await api.store.read.meta.get('subdomain');
    return params.name === current ? accept({ result: { subdomain: params.name } }) : refuse({ code: 'subdomain_free', name: params.name });
  },
  getAccountSettings: async () => accept({ result: { default_usage_model: 'standard', green_compute: false } }),
};
