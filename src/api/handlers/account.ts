import { accept, refuse } from '../../base/index.ts';
import { createToken, revokeToken, setSubdomain } from '../../control/index.ts';
import type { accountEndpoints } from '../../contract/index.ts';
import type { Handlers } from '../api.ts';
import { pageWithin } from '../page.ts';
import { accountView, tokenView } from '../views/index.ts';

export const account: Handlers<typeof accountEndpoints> = {
  getUser: async (_api, { token, actor }) =>
    accept({ result: { id: token.id, email: actor.author.email, username: token.name, two_factor_authentication_enabled: false } }),
  verifyToken: async (_api, { token }) => accept({ result: { id: token.id, status: 'active' } }),
  listAccounts: async (api, { query }) => accept(pageWithin([accountView(api.account)], query)),
  getAccount: async (api) => accept({ result: accountView(api.account) }),
  listMemberships: async (api, { query }) => {
    const membership = { id: api.account.id, status: 'accepted' as const, account: accountView(api.account), roles: ['Administrator'] };
    return accept(pageWithin([membership], query));
  },
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
