import type { SqliteDatabase } from 'kysely';
import { failpoint } from '../files/index.ts';

/**
 * The same database, with a failpoint after each statement that writes (`store:insert audit`), one before each commit
 * (`store:commit`) and one after it (`store:committed`).
 */
export const withFailpoints = (database: SqliteDatabase): SqliteDatabase => ({
  close: () => database.close(),
  prepare: (text) => {
    const statement = database.prepare(text);
    if (text === 'commit') return { ...statement, run: (parameters) => committed(() => statement.run(parameters)) };
    const name = writeNamed(text);
    if (name === undefined) return statement;
    const named = <Value>(value: Value): Value => {
      failpoint(name);
      return value;
    };
    return {
      ...statement,
      all: (parameters) => named(statement.all(parameters)),
      run: (parameters) => named(statement.run(parameters)),
    };
  },
});

const committed = <Value>(commit: () => Value): Value => {
  failpoint('store:commit');
  const value = commit();
  failpoint('store:committed');
  return value;
};

/** Kysely quotes every table it names. */
const writeNamed = (text: string): string | undefined => {
  const [, verb, table] = /^(insert|update|delete|create table) (?:into |from )?"(\w+)"/.exec(text) ?? [];
  return verb === undefined ? undefined : `store:${verb} ${table}`;
};
