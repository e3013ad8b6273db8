import { text } from 'node:stream/consumers';
import { accept, refuse, type Result } from '../base/index.ts';
import type { Resource } from '../domain/index.ts';
import type { DataCall, DataClient } from './data-client.ts';
import { Statements, StatementTooLong, statementsOf } from './statements.ts';
import type { Transfers } from './transfers.ts';

type Database = Pick<Resource, 'id' | 'name'> & Partial<Pick<Resource, 'kind'>>;

const dataOf = ({ id, name }: Database) => ({ kind: 'd1', id, name }) as const;

export interface Query {
  readonly sql: string;
  readonly params?: readonly unknown[] | undefined;
}

export interface StatementResult<Rows> {
  readonly success: true;
  readonly results: Rows;
  readonly meta: Meta;
}

/** Some of what D1 tells of each statement; all of it is passed on. */
export interface Meta extends Row {
  readonly duration: number;
  readonly changes: number;
  readonly rows_read: number;
  readonly rows_written: number;
  readonly size_after: number;
}

type Row = Readonly<Record<string, unknown>>;

export interface RawRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** What an import did, as D1 tells it. */
export interface Imported {
  readonly num_queries: number;
  readonly rows_read: number;
  readonly rows_written: number;
  readonly changes: number;
  readonly changed_db: boolean;
  readonly last_row_id: number;
  readonly size_after: number;
}

/** Why SQL was not run, in SQLite's words. */
export type SqlFault = string;

/** Runs each query's statements, all in one transaction; a result for each statement. */
export const queryD1 = async <Form extends 'objects' | 'raw'>(
  data: DataClient,
  database: Database,
  queries: readonly Query[],
  form: Form,
): Promise<Result<readonly StatementResult<Form extends 'raw' ? RawRows : readonly Row[]>[], SqlFault>> => {
  const statements = queries.flatMap(({ sql, params }) => statementsOf(sql).map((each) => ({ sql: each, params })));
  if (statements.length === 0) return refuse('No SQL statements detected.');
  const path = `/query?resultsFormat=${form === 'raw' ? 'ROWS_AND_COLUMNS' : 'ARRAY_OF_OBJECTS'}`;
  const said = await asked(data, database, { method: 'POST', path, body: JSON.stringify(statements) });
  // The shape of our own process's answer, which is a list unless it failed.
  return Array.isArray(said) ? accept(said) : refuse(faultOf(said));
};

/** Runs a file of SQL whole or not at all. */
export const importD1 = async (
  data: DataClient,
  database: Database,
  file: AsyncIterable<Uint8Array>,
): Promise<Result<Imported, SqlFault>> => {
  let fault: string | undefined;
  const body = async function* () {
    try {
      for await (const sql of statementsIn(file)) yield Buffer.from(sql);
    } catch (error) {
      if (error instanceof StatementTooLong || error instanceof TypeError) fault = error.message;
      throw error;
    }
  };
  try {
    const answer = await data.ask(dataOf(database), { method: 'POST', path: '/import', body: body() });
    const said = await text(answer.body);
    if (answer.status !== 200 && answer.status !== 400) return refuse(TOO_LONG);
    // As `#run` in d1-entry.ts makes it.
    return answer.status === 200 ? accept(JSON.parse(said) as Imported) : refuse(faultOf(JSON.parse(said)));
  } catch (error) {
    if (fault !== undefined) return refuse(fault);
    throw error;
  }
};

/** workerd resets a database that one transaction holds for longer. */
const TOO_LONG = 'The database was reset, because the file took longer than 30 s. Nothing of it is stored: import it in smaller files';

/** Pieces of SQL that are large enough to be worth a call, and hold whole statements only. */
async function* statementsIn(file: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const statements = new Statements();
  for await (const bytes of file) {
    const whole = [...statements.push(decoder.decode(bytes, { stream: true }))];
    if (whole.length > 0) yield whole.join('');
  }
  const rest = [...statements.push(decoder.decode()), ...statements.end()];
  if (rest.length > 0) yield rest.join('');
}

export interface ExportOptions {
  readonly noSchema: boolean;
  readonly noData: boolean;
  readonly tables: readonly string[];
}

/** All of it is made in memory, of one moment. */
export const MOST_EXPORTED_BYTES = 256 * 1024 * 1024;

/** Writes a database as SQL under a ticket. */
export const exportD1 = async (
  data: DataClient,
  database: Database,
  options: ExportOptions,
  to: { readonly transfers: Transfers; readonly ticket: string },
): Promise<Result<void, SqlFault>> => {
  const body = JSON.stringify({ ...options, mostBytes: MOST_EXPORTED_BYTES });
  const answer = await data.ask(dataOf(database), { method: 'POST', path: '/export', body });
  if (answer.status !== 200) return refuse(faultOf(JSON.parse(await text(answer.body))));
  await to.transfers.write(to.ticket, answer.body);
  return accept(undefined);
};

/** Removes what is stored; whatever still binds it is told that it was deleted. */
export const eraseD1 = async (data: DataClient, database: Database): Promise<void> => {
  const said = await asked(data, database, { method: 'POST', path: '/delete', body: '{}' });
  if ('error' in said) throw new Error(`The database ${database.id} could not be erased: ${faultOf(said)}`);
};

const asked = async (data: DataClient, database: Database, call: DataCall): Promise<object> => {
  const { body } = await data.ask(dataOf(database), call);
  return JSON.parse(await text(body));
};

const faultOf = (said: object): SqlFault => ('error' in said ? String(said.error) : JSON.stringify(said));
