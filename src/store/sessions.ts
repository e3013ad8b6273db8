import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Somebody who signed in with a token. Whether that is revoked, and the session over, is its reader's to ask. */
export interface Session {
  readonly id: string;
  readonly tokenId: string;
  readonly createdOn: string;
  readonly usedOn: string;
}

/** What signs in once. */
export interface SignInCode {
  readonly tokenId: string;
  /** Of who was signed in and made it. */
  readonly sessionId: string | undefined;
  readonly expiresOn: string;
}

/** Sessions and the codes that open one are found by the digest of what was presented. */
export const sessions = (db: Kysely<Schema>) => ({
  byHash: async (hash: string): Promise<Session | undefined> => {
    const row = await db.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && sessionFrom(row);
  },
  byId: async (id: string): Promise<Session | undefined> => {
    const row = await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row && sessionFrom(row);
  },
  insert: async ({ id, tokenId, createdOn, usedOn }: Session, hash: string): Promise<void> => {
    await db.insertInto('sessions').values({ id, hash, token_id: tokenId, created_on: createdOn, used_on: usedOn }).execute();
  },
  use: async (id: string, usedOn: string): Promise<void> => {
    await db.updateTable('sessions').set({ used_on: usedOn }).where('id', '=', id).execute();
  },
  end: async (id: string): Promise<void> => {
    await db.deleteFrom('sessions').where('id', '=', id).execute();
    await db.deleteFrom('sign_in_codes').where('session_id', '=', id).execute();
  },
  endOfToken: async (tokenId: string): Promise<void> => {
    await db.deleteFrom('sessions').where('token_id', '=', tokenId).execute();
    await db.deleteFrom('sign_in_codes').where('token_id', '=', tokenId).execute();
  },
  /** Those that were begun or used last before these times, and codes that nobody used in time. */
  forget: async (begunBefore: string, usedBefore: string, now: string): Promise<void> => {
    await db
      .deleteFrom('sessions')
      .where((e) => e.or([e('created_on', '<=', begunBefore), e('used_on', '<=', usedBefore)]))
      .execute();
    await db.deleteFrom('sign_in_codes').where('expires_on', '<=', now).execute();
  },
  addCode: async (hash: string, { tokenId, sessionId, expiresOn }: SignInCode): Promise<void> => {
    await db
      .insertInto('sign_in_codes')
      .values({ hash, token_id: tokenId, session_id: sessionId ?? null, expires_on: expiresOn })
      .execute();
  },
  codeByHash: async (hash: string): Promise<SignInCode | undefined> => {
    const row = await db.selectFrom('sign_in_codes').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && { tokenId: row.token_id, sessionId: row.session_id ?? undefined, expiresOn: row.expires_on };
  },
  /** Nobody has it twice. */
  takeCode: async (hash: string): Promise<void> => {
    await db.deleteFrom('sign_in_codes').where('hash', '=', hash).execute();
  },
});

const sessionFrom = (row: Schema['sessions']): Session => ({
  id: row.id,
  tokenId: row.token_id,
  createdOn: row.created_on,
  usedOn: row.used_on,
});
