import { sql, type RawBuilder } from 'kysely';

/** These values as one value of a statement: as thousands of values they would take longer than the answer. */
export const among = (values: readonly string[]): RawBuilder<string> =>
  sql<string>`(select value from json_each(${JSON.stringify(values)}))`;
