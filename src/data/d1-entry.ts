/**
 * What workerd's own D1 is entered through: beside what bindings ask, the API's calls to import, export and
 * delete a database, and to ask when its tables changed last.
 * Bindings may ask for `/query` and `/execute` only.
 */
export const d1Entry = (header: string, boundHeader: string): string => `import Store, { D1Database as Bundled } from './store.js';

export { Store };

export class D1Database extends Bundled {
  #isDeleted;

  run(queries, isBookmarked) {
    this.#checkPresent();
    if (!queries.some(({ sql }) => NAMES_A_CHANGE.test(sql))) return super.run(queries, isBookmarked);
    const before = this.#schema();
    const done = super.run(queries, isBookmarked);
    this.#noteChange(before);
    return done;
  }

  dump(...options) {
    this.#checkPresent();
    return super.dump(...options);
  }

  async fetch(request) {
    try {
      const { pathname } = new URL(request.url);
      // One that was deleted is deleted again: whoever asks may not have heard.
      if (pathname === '/delete') return Response.json(await this.#delete());
      this.#checkPresent();
      switch (pathname) {
        case '/import':
          return Response.json(await this.#import(request.body));
        case '/export':
          return this.#export(await request.json());
        default:
          return Response.json({ changedOn: this.ctx.storage.kv.get(CHANGED_ON) ?? null });
      }
    } catch (error) {
      return Response.json({ error: String(error.message ?? error) }, { status: 400 });
    }
  }

  // All of it or nothing, and no other statement between; workerd gives this 30 s.
  #import(body) {
    return this.ctx.storage.transaction(async () => {
      const texts = body.pipeThrough(new TextDecoderStream()).getReader();
      try {
        const before = this.#schema();
        const done = await this.#run(texts);
        this.#noteChange(before);
        return done;
      } catch (error) {
        // An answer that comes before the end of its request would cut the connection under whoever sends it.
        while (!(await texts.read()).done);
        throw error;
      }
    });
  }

  async #run(texts) {
    const { sql } = this.ctx.storage;
    const [before] = counters(sql);
    const done = { num_queries: 0, rows_read: 0, rows_written: 0 };
    let rest = '';
    for (let next = await texts.read(); !next.done; next = await texts.read()) {
      const text = next.value;
      if ((rest + text).trim() === '') continue;
      const { remainder, statementCount, rowsRead, rowsWritten } = sql.ingest(rest + text);
      rest = remainder;
      done.num_queries += statementCount;
      done.rows_read += rowsRead;
      done.rows_written += rowsWritten;
    }
    if (rest.trim() !== '') throw new Error('incomplete input: SQLITE_ERROR');
    const [after, lastRowId] = counters(sql);
    const changes = after - before;
    return { ...done, changes, changed_db: changes > 0, last_row_id: lastRowId, size_after: sql.databaseSize };
  }

  // The statements are made in one go, so that they are of one moment.
  #export({ noSchema, noData, tables, mostBytes }) {
    const size = this.ctx.storage.sql.databaseSize;
    if (size > mostBytes) throw new Error(\`The database has \${size} bytes, and at most \${mostBytes} can be exported.\`);
    const statements = super.dump(noSchema, noData, ...tables)[Symbol.iterator]();
    const encoder = new TextEncoder();
    const body = new ReadableStream({
      pull(controller) {
        let text = '';
        for (let next = statements.next(); ; next = statements.next()) {
          if (!next.done) text += next.value + '\\n';
          if (next.done || text.length > 65_536) {
            if (text !== '') controller.enqueue(encoder.encode(text));
            return next.done ? controller.close() : undefined;
          }
        }
      },
    });
    return new Response(body);
  }

  // A version may still bind it; the mark keeps that version from filling an empty database.
  async #delete() {
    await this.ctx.storage.deleteAll();
    this.ctx.storage.kv.put('deleted', true);
    this.#isDeleted = true;
    await this.ctx.storage.sync();
    return {};
  }

  // All that makes tables, indexes, views and triggers; without what workerd and SQLite have for themselves.
  #schema() {
    const { sql } = this.ctx.storage;
    return JSON.stringify([...sql.exec(SCHEMA).raw()]);
  }

  // Stored whole with the change or not at all: workerd commits what is written before the next await as one.
  #noteChange(before) {
    if (this.#schema() !== before) this.ctx.storage.kv.put(CHANGED_ON, new Date().toISOString());
  }

  #checkPresent() {
    this.#isDeleted ??= this.ctx.storage.kv.get('deleted') === true;
    if (this.#isDeleted) throw new Error('The database was deleted.');
  }
}

const counters = (sql) => sql.exec('SELECT total_changes(), last_insert_rowid()').raw().next().value;

const SCHEMA = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' ORDER BY type, name";
const CHANGED_ON = 'schema changed on';
// No other statement of SQLite changes a schema (sqlite.org/lang.html).
const NAMES_A_CHANGE = /create|alter|drop/i;

const OWN = new Set(['/import', '/export', '/schema', '/delete']);

export default {
  fetch(request, env, ctx) {
    const database = request.headers.get('${header}');
    const isOwn = OWN.has(new URL(request.url).pathname);
    if (isOwn && request.headers.has('${boundHeader}')) return Response.json({ error: 'There is no such call.' }, { status: 403 });
    return isOwn
      ? env.DATABASE.get(env.DATABASE.idFromName(database)).fetch(request)
      : ctx.exports.Store({ props: { database } }).fetch(request);
  },
};
`;
