import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, identified, json, paging, WORKERS } from './shapes.ts';

const account = z
  .object({ id: z.string(), name: z.string(), type: z.literal('standard'), settings: z.object({}), created_on: z.string() })
  .meta({ id: 'Account' });
const membership = z.object({ id: z.string(), status: z.literal('accepted'), account, roles: z.array(z.string()) });
const user = z.object({ id: z.string(), email: z.string(), username: z.string(), two_factor_authentication_enabled: z.boolean() });
const token = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    status: z.literal('active'),
    operator: z.boolean(),
    created_on: z.string(),
  })
  .meta({ id: 'Token' });
const tokenRequest = z.object({ name: z.string().min(1).max(120), email: z.email().optional() });
const subdomain = z.object({ subdomain: z.string() });

export const accountEndpoints = {
  getUser: { method: 'GET', path: '/user', tag: 'Account', summary: 'Who the token speaks for', result: user },
  verifyToken: {
    method: 'GET',
    path: '/user/tokens/verify',
    tag: 'Account',
    summary: 'Whether the token is valid',
    result: z.object({ id: z.string(), status: z.literal('active') }),
  },
  listAccounts: {
    method: 'GET',
    path: '/accounts',
    tag: 'Account',
    summary: 'The accounts of the token: one',
    query: paging,
    result: z.array(account),
  },
  getAccount: { method: 'GET', path: ACCOUNT, tag: 'Account', summary: 'The account', result: account },
  listMemberships: {
    method: 'GET',
    path: '/memberships',
    tag: 'Account',
    summary: 'The accounts of the token, with roles',
    query: paging,
    result: z.array(membership),
  },
  listTokens: {
    method: 'GET',
    path: `${ACCOUNT}/tokens`,
    tag: 'Account',
    summary: 'The API tokens, without their values',
    result: z.array(token),
  },
  createToken: {
    method: 'POST',
    path: `${ACCOUNT}/tokens`,
    tag: 'Account',
    summary: 'Make an API token; its value is shown this once',
    body: json(tokenRequest),
    result: token.extend({ value: z.string() }).meta({ id: 'NewToken' }),
  },
  revokeToken: {
    method: 'DELETE',
    path: `${ACCOUNT}/tokens/:token_id`,
    tag: 'Account',
    summary: 'Revoke an API token',
    result: identified,
  },
  getAccountSubdomain: {
    method: 'GET',
    path: `${WORKERS}/subdomain`,
    tag: 'Account',
    summary: 'The label all Workers answer under',
    result: subdomain,
  },
  putAccountSubdomain: {
    method: 'PUT',
    path: `${WORKERS}/subdomain`,
    tag: 'Account',
    summary: 'Change that label',
    body: json(z.looseObject({ subdomain: z.string() })),
    result: subdomain,
  },
  checkSubdomain: {
    method: 'GET',
    path: `${WORKERS}/subdomains/:name`,
    tag: 'Account',
    summary: 'Whether a label is taken; 404 with code 10032 where it is free',
    result: subdomain,
  },
  getAccountSettings: {
    method: 'GET',
    path: `${WORKERS}/account-settings`,
    tag: 'Account',
    summary: 'Defaults of the account',
    result: z.object({ default_usage_model: z.literal('standard'), green_compute: z.literal(false) }),
  },
} as const satisfies Record<string, Endpoint>;
