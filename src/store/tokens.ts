import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly isOperator: boolean;
  readonly createdOn: string;
}

/** Tokens are found by the digest of what was presented; a revoked one is kept for the log and never found. */
export const tokens = (db: Kysely<Schema>) => ({
  byHash: async (hash: string): Promise<Token | undefined> => {
    const row = await db.selectFrom('tokens').selectAll().where('hash', '=', hash).where('revoked_on', 'is', null).executeTakeFirst();
    return row && tokenFrom(row);
  },
  byId: async (id: string): Promise<Token | undefined> => {
    const row = await db.selectFrom('tokens').selectAll().where('id', '=', id).where('revoked_on', 'is', null).executeTakeFirst();
    return row && tokenFrom(row);
  },
  all: async (): Promise<readonly Token[]> =>
    (await db.selectFrom('tokens').selectAll().where('revoked_on', 'is', null).orderBy('created_on').execute()).map(tokenFrom),
  insert: async (token: Token, hash: string): Promise<void> => {
    await db
      .insertInto('tokens')
      .values({
        id: token.id,
        name: token.name,
        email: token.email ?? null,
        hash,
        is_operator: Number(token.isOperator),
        created_on: token.createdOn,
        revoked_on: null,
      })
      .execute();
  },
  revoke: async (id: string, at: string): Promise<void> => {
    await db.updateTable('tokens').set({ revoked_on: at }).where('id', '=', id).execute();
  },
});

const tokenFrom = (row: Schema['tokens']): Token => ({
  id: row.id,
  name: row.name,
  email: row.email ?? undefined,
  isOperator: row.is_operator === 1,
  createdOn: row.created_on,
});
