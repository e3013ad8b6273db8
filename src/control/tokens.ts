import { createHash, randomBytes } from 'node:crypto';
import { accept, refuse, type Result } from '../base/index.ts';
import type { Refusal } from '../domain/index.ts';
import type { Token } from '../store/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';

/** What is stored of a token: enough to recognise it, nothing to use it. Tokens are random, so a plain digest is enough. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

export const newTokenValue = (): string => `sb_${randomBytes(30).toString('base64url')}`;

/** Makes a token; its value is in this answer and nowhere else. A name is one token's, so that lists, the log and `revoke` are clear. */
export const createToken = async (
  control: Control,
  actor: Actor,
  wanted: { readonly name: string; readonly email?: string | undefined },
): Promise<Result<{ readonly token: Token; readonly value: string }, Refusal>> => {
  const value = newTokenValue();
  const token: Token = {
    id: control.ids.hex32(),
    name: wanted.name,
    email: wanted.email,
    isOperator: false,
    createdOn: control.clock.now().toISOString(),
  };
  return control.store.change<{ token: Token; value: string }, Refusal>(
    async (change) => {
      if ((await change.tokens.all()).some(({ name }) => name === wanted.name)) return refuse({ code: 'token_exists', name: wanted.name });
      await change.tokens.insert(token, tokenHash(value));
      return accept({ token, value });
    },
    () => auditEntry(control, actor, 'token.create', `token/${token.id}`, { name: token.name }),
  );
};

export const revokeToken = (control: Control, actor: Actor, tokenId: string): Promise<Result<Token, Refusal>> =>
  control.store.change<Token, Refusal>(
    async (change) => {
      const token = (await change.tokens.all()).find(({ id }) => id === tokenId);
      if (token === undefined) return refuse({ code: 'token_not_found', tokenId });
      if (token.isOperator) return refuse({ code: 'token_is_operator' });
      await change.tokens.revoke(token.id, control.clock.now().toISOString());
      await change.sessions.endOfToken(token.id);
      return accept(token);
    },
    (token) => auditEntry(control, actor, 'token.revoke', `token/${token.id}`, { name: token.name }),
  );

/** Who a token speaks for. Its name stands in where it has no e-mail address, so that an author is never blank. */
export const authorOf = (token: Token) => ({ id: token.id, email: token.email ?? token.name });
