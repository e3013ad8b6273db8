/**
 * What workerd's own D1 is entered through: beside what bindings ask, the API's calls to import, export and delete a database.
 * Bindings may ask for `/query` and `/execute` only.
 */
export const d1Entry = (header: string, boundHeader: string): string => `import Store, { D1Database as Bundled } from './store.js';

export { Store };

export class D1Database extends Bundled {
  #isDeleted;

  run(queries, isBookmarked) {
    this.#checkPresent();
    return super.run(queries, isBookmarked);
  }

  dump(...options) {
    this.#checkPresent();
    return super.dump(...options);
  }

  async fetch(request) {
    try {
      this.#checkPresent();
      switch (new URL(request.url).pathname) {
        case '/import':
          return Response.json(await this.#import(request.body));
        case '/export':
          return this.#export(await request.json());
        default:
          return Response.json(await this.#delete());
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
        return await this.#run(texts);
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

  #checkPresent() {
    this.#isDeleted ??= this.ctx.storage.kv.get('deleted') === true;
    if (this.#isDeleted) throw new Error('The database was deleted.');
  }
}

const counters = (sql) => sql.exec('SELECT total_changes(), last_insert_rowid()').raw().next().value;

const OWN = new Set(['/import', '/export', '/delete']);

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
