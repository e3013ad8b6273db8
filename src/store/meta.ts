import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Single values: the account's id and name, its workers.dev subdomain, the generation of the routing table. */
export const meta = (db: Kysely<Schema>) => {
  const get = async (key: string): Promise<string | undefined> =>
    (await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst())?.value;
  const set = async (key: string, value: string): Promise<void> => {
    await db
      .insertInto('meta')
      .values({ key, value })
      .onConflict((c) => c.column('key').doUpdateSet({ value }))
      .execute();
  };
  return {
    get,
    set,
    generation: async (): Promise<number> => Number((await get('generation')) ?? 0),
  };
};
