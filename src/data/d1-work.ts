import { join } from 'node:path';
import { accept, type Result } from '../base/index.ts';
import type { Resource } from '../domain/index.ts';
import { exportD1, importD1, type ExportOptions, type Imported, type SqlFault } from './d1.ts';
import type { DataClient } from './data-client.ts';
import { Jobs } from './jobs.ts';
import { Transfers } from './transfers.ts';

/** An import is known beside its facts by how long it took. */
export type ImportDone = Result<Imported & { readonly duration: number }, SqlFault>;
/** An export ends in the ticket of its file. */
export type ExportDone = Result<string, SqlFault>;

/** Imports and exports of databases: longer than one request, and with files that travel outside of the API. */
export class D1Work implements AsyncDisposable {
  readonly transfers: Transfers;
  readonly imports = new Jobs<ImportDone>();
  readonly exports = new Jobs<ExportDone>();
  readonly #data: DataClient;

  private constructor(data: DataClient, transfers: Transfers) {
    this.#data = data;
    this.transfers = transfers;
  }

  static async open(data: DataClient, folder: string): Promise<D1Work> {
    return new D1Work(data, await Transfers.open(join(folder, 'transfers')));
  }

  /** Starts to run the file under this ticket; answers the job's id. */
  startImport(database: Resource, ticket: string): string {
    return this.imports.start(database.id, this.#import(database, ticket));
  }

  startExport(database: Resource, options: ExportOptions): string {
    return this.exports.start(database.id, this.#export(database, options));
  }

  async #import(database: Resource, ticket: string): Promise<ImportDone> {
    const startedAt = performance.now();
    try {
      const done = await importD1(this.#data, database, this.transfers.read(ticket));
      return done.ok ? accept({ ...done.value, duration: performance.now() - startedAt }) : done;
    } finally {
      await this.transfers.drop(ticket);
    }
  }

  async #export(database: Resource, options: ExportOptions): Promise<ExportDone> {
    const ticket = this.transfers.expect(database.id);
    const done = await exportD1(this.#data, database, options, { transfers: this.transfers, ticket });
    return done.ok ? accept(ticket) : done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.transfers[Symbol.asyncDispose]();
  }
}
