import type { Account } from '../../control/index.ts';
import type { Token } from '../../store/index.ts';

export const accountView = (account: Account) => ({
  id: account.id,
  name: account.name,
  type: 'standard' as const,
  settings: {},
  created_on: account.createdOn,
});

export const tokenView = (token: Token) => ({
  id: token.id,
  name: token.name,
  email: token.email ?? null,
  status: 'active' as const,
  operator: token.isOperator,
  created_on: token.createdOn,
});
