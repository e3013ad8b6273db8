import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** As Cloudflare's own links. */
const KEPT_MS = 60 * 60_000;

interface Transfer {
  /** Whose: a transfer of one resource is never taken for another's. */
  readonly resourceId: string;
  /** Of what was written; undefined until all of it was. */
  md5: string | undefined;
  isTaken: boolean;
}

/**
 * Files on their way into or out of a resource. Each is kept for an hour under a ticket that nobody can guess, which is all that
 * its address needs: clients send no token to it. None outlives the server.
 */
export class Transfers {
  readonly #folder: string;
  readonly #transfers = new Map<string, Transfer>();
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<Transfers> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new Transfers(folder);
  }

  /** A ticket for one file that is to come. */
  expect(resourceId: string): string {
    const ticket = randomBytes(32).toString('hex');
    this.#transfers.set(ticket, { resourceId, md5: undefined, isTaken: false });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.drop(ticket);
    }, KEPT_MS);
    this.#timers.add(timer.unref());
    return ticket;
  }

  /** Whether nothing was written under the ticket yet. */
  awaits(ticket: string): boolean {
    return this.#transfers.get(ticket)?.isTaken === false;
  }

  /** Writes the file, once; answers its MD5. Throws what the source throws, after which the ticket can be used again. */
  async write(ticket: string, source: AsyncIterable<Uint8Array>): Promise<string> {
    const transfer = this.#transfers.get(ticket);
    if (transfer === undefined || transfer.isTaken) throw new Error(`Nothing is to be written under the ticket ${ticket}.`);
    transfer.isTaken = true;
    const hash = createHash('md5');
    try {
      await pipeline(Readable.from(hashed(source, hash)), createWriteStream(this.#path(ticket), { mode: 0o600 }));
    } catch (error) {
      transfer.isTaken = false;
      await rm(this.#path(ticket), { force: true });
      throw error;
    }
    transfer.md5 = hash.digest('hex');
    return transfer.md5;
  }

  /** What was written whole for this resource under the ticket: its MD5. */
  md5Of(ticket: string, resourceId: string): string | undefined {
    const transfer = this.#transfers.get(ticket);
    return transfer?.resourceId === resourceId ? transfer.md5 : undefined;
  }

  read(ticket: string): Readable {
    return createReadStream(this.#path(ticket));
  }

  /** Bytes of what was written whole; undefined where nothing was. */
  async sizeOf(ticket: string): Promise<number | undefined> {
    return this.#transfers.get(ticket)?.md5 === undefined ? undefined : (await stat(this.#path(ticket))).size;
  }

  async drop(ticket: string): Promise<void> {
    if (this.#transfers.delete(ticket)) await rm(this.#path(ticket), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #path(ticket: string): string {
    return join(this.#folder, ticket);
  }
}

async function* hashed(source: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    hash.update(bytes);
    yield bytes;
  }
}
