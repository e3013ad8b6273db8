import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoutingTable } from '../domain/index.ts';
import { replaceFile } from '../files/index.ts';
import { messageOf, type Log } from './log.ts';

const FORMAT = 'switchback-table-1';

/**
 * The last good table on disk (I2): one line with the checksum, then the table as JSON. The file before it is kept, and
 * used where the newest is damaged. Writing follows the table: many changes in a row become few writes.
 */
export class Snapshot {
  readonly #path: string;
  readonly #previousPath: string;
  readonly #log: Log;
  #next: RoutingTable | undefined;
  #writing: Promise<void> | undefined;

  constructor(folder: string, log: Log) {
    this.#path = join(folder, 'table');
    this.#previousPath = join(folder, 'table.previous');
    this.#log = log;
  }

  /** The newest table that is whole, if there is one. */
  async read(): Promise<RoutingTable | undefined> {
    return (await this.#readFrom(this.#path)) ?? (await this.#readFrom(this.#previousPath));
  }

  save(table: RoutingTable): void {
    this.#next = table;
    this.#writing ??= this.#write();
  }

  /** Resolves once the table given last is on disk, or writing it has failed and was logged. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#next !== undefined) {
      const table = this.#next;
      this.#next = undefined;
      try {
        await this.#keepPrevious();
        await replaceFile(this.#path, encoded(table));
      } catch (error) {
        // The edge serves from memory; what is lost is the newest table after a restart without a control plane.
        this.#log.error({ path: this.#path, error: messageOf(error) }, 'The routing table could not be written to disk.');
      }
    }
    this.#writing = undefined;
  }

  /** A damaged file never takes the place of a good one. */
  async #keepPrevious(): Promise<void> {
    if ((await this.#readFrom(this.#path)) !== undefined) await rename(this.#path, this.#previousPath);
  }

  async #readFrom(path: string): Promise<RoutingTable | undefined> {
    try {
      return decoded(await readFile(path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log.warn({ path, error: messageOf(error) }, 'A saved routing table is damaged and was ignored.');
      }
      return undefined;
    }
  }
}

const encoded = (table: RoutingTable): string => {
  const body = JSON.stringify(table);
  return `${FORMAT} ${checksum(body)}\n${body}`;
};

const decoded = (text: string): RoutingTable => {
  const end = text.indexOf('\n');
  const [format, sum] = text.slice(0, end).split(' ');
  if (format !== FORMAT) throw new Error(`it does not begin with ${FORMAT}`);
  const body = text.slice(end + 1);
  if (checksum(body) !== sum) throw new Error('its checksum does not match');
  return JSON.parse(body) as RoutingTable; // We wrote these very bytes ourselves: the checksum says so.
};

const checksum = (body: string): string => createHash('sha256').update(body).digest('hex');
