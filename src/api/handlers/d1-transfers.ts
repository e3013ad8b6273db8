import { accept, refuse } from '../../base/index.ts';
import type { d1Endpoints } from '../../contract/index.ts';
import type { Refusal, Resource } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { transferUrl } from '../transfer-routes.ts';
import { databaseCalled } from './d1.ts';

/** Clients ask again at once: an answer that says "not yet" takes its time. */
const PATIENCE_MS = 1_000;

const invalid = (reason: string): Refusal => ({ code: 'data_refused', kind: 'd1', status: 400, reason });

const importProgress = async (api: Api, job: string) => {
  const done = await api.d1.imports.outcome(job, PATIENCE_MS);
  const base = { type: 'import' as const, at_bookmark: job, messages: [] };
  if (done === undefined) return { ...base, success: true, status: 'active' as const };
  if (!done.ok) return { ...base, success: false, status: 'error' as const, error: done.refusal };
  const { num_queries, ...meta } = done.value;
  return { ...base, success: true, status: 'complete' as const, result: { num_queries, final_bookmark: job, meta } };
};

const exportProgress = async (api: Api, database: Resource, job: string, headers: Headers) => {
  const done = await api.d1.exports.outcome(job, PATIENCE_MS);
  const base = { type: 'export' as const, at_bookmark: job, messages: [] };
  if (done === undefined) return { ...base, success: true, status: 'active' as const };
  if (!done.ok) return { ...base, success: false, status: 'error' as const, error: done.refusal };
  const result = { filename: `${database.name}.sql`, signed_url: transferUrl(api, headers, done.value) };
  return { ...base, success: true, status: 'complete' as const, result };
};

export const d1Transfers: Handlers<Pick<typeof d1Endpoints, 'importD1Database' | 'exportD1Database'>> = {
  importD1Database: async (api, { params, body, headers }) => {
    const database = await databaseCalled(api, params.database);
    if (!database.ok) return database;
    const { id } = database.value;
    const { transfers, imports } = api.d1;
    switch (body.action) {
      case 'init': {
        const filename = transfers.expect(id);
        return accept({ result: { filename, upload_url: transferUrl(api, headers, filename) } });
      }
      case 'ingest': {
        const md5 = transfers.md5Of(body.filename, id);
        if (md5 === undefined) return refuse(invalid(`The file ${JSON.stringify(body.filename)} was not uploaded, or was used already.`));
        if (md5 !== body.etag) return refuse(invalid(`The file that was uploaded has the MD5 ${md5}, not ${body.etag}. Upload it again.`));
        return accept({ result: await importProgress(api, api.d1.startImport(database.value, body.filename)) });
      }
      case 'poll':
        return imports.has(body.current_bookmark, id)
          ? accept({ result: await importProgress(api, body.current_bookmark) })
          : refuse(
              invalid(
                `No import goes on under ${JSON.stringify(body.current_bookmark)}. If the server was restarted, nothing of it is stored: import the file again.`,
              ),
            );
    }
  },
  exportD1Database: async (api, { params, body, headers }) => {
    const database = await databaseCalled(api, params.database);
    if (!database.ok) return database;
    const { current_bookmark: job, dump_options: wanted } = body;
    if (job !== undefined && !api.d1.exports.has(job, database.value.id))
      return refuse(invalid(`No export goes on under ${JSON.stringify(job)}. Start another.`));
    const options = { noSchema: wanted?.no_schema === true, noData: wanted?.no_data === true, tables: wanted?.tables ?? [] };
    return accept({ result: await exportProgress(api, database.value, job ?? api.d1.startExport(database.value, options), headers) });
  },
};
