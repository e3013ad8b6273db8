import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { failpoint, syncFolder } from '../../files/index.ts';

/** A part of one blob, as bytes to read. */
export interface Extent {
  readonly blob: string;
  readonly offset: number;
  readonly length: number;
}

/** Bytes that stay where they are while they are read. */
export interface BlobReading extends AsyncDisposable {
  /** `write` has its bytes until it resolves, and no longer. */
  sendTo(write: (bytes: Uint8Array) => Promise<void>): Promise<void>;
}

/** Larger reads cost memory for every reader, smaller ones time. */
const READ_BYTES = 256 * 1024;
/** Kept for the next readers: new memory costs as much as reading into it. */
const MOST_BUFFERS = 32;

/**
 * Values as files: `<first two digits>/<32 digits>`, each written once under a new name and durable before anything refers to it.
 * Memory stays flat whatever their size.
 */
export class BlobFolder {
  readonly #folder: string;
  /** Blobs that are written or read now; one that is let go meanwhile is removed when the last reader is done. */
  readonly #held = new Map<string, number>();
  readonly #dropped = new Set<string>();
  readonly #buffers: Buffer[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<BlobFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Made once, so that no put has to make another name durable than its own.
    for (let index = 0; index < 256; index += 1)
      await mkdir(join(folder, index.toString(16).padStart(2, '0')), { recursive: true, mode: 0o700 });
    await syncFolder(folder);
    return new BlobFolder(folder);
  }

  /**
   * Writes a new blob and answers its name and size. It is held until `release`, so that nothing takes it for left over. What is
   * beyond `mostBytes` is read and counted, and not written.
   */
  async write(
    source: AsyncIterable<Uint8Array>,
    mostBytes: number,
    onChunk: (chunk: Uint8Array) => void,
  ): Promise<{ blob: string; size: number }> {
    const blob = randomBytes(16).toString('hex');
    this.#hold(blob);
    try {
      const file = await open(this.#path(blob), 'wx', 0o600);
      let size = 0;
      try {
        for await (const chunk of source) {
          size += chunk.byteLength;
          if (size > mostBytes) continue;
          const written = writeAll(file, chunk);
          // While the disk works.
          onChunk(chunk);
          await written;
        }
        failpoint('r2:blob written');
        await file.datasync();
      } finally {
        await file.close();
      }
      await syncFolder(join(this.#folder, blob.slice(0, 2)));
      failpoint('r2:blob synced');
      return { blob, size };
    } catch (cause) {
      await this.drop([blob]);
      await this.release(blob);
      throw cause;
    }
  }

  /** The bytes of these, one after another, held until it is disposed of. */
  hold(extents: readonly Extent[]): BlobReading {
    for (const { blob } of extents) this.#hold(blob);
    return {
      sendTo: (write) => this.#send(extents, write),
      [Symbol.asyncDispose]: async () => void (await Promise.all(extents.map(({ blob }) => this.release(blob)))),
    };
  }

  async #send(extents: readonly Extent[], write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    const buffer = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
    for (const { blob, offset, length } of extents) {
      await using file = await open(this.#path(blob), 'r');
      for (let at = 0; at < length;) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(READ_BYTES, length - at), offset + at);
        if (bytesRead === 0) throw new Error(`The value ${blob} is shorter than it was.`);
        await write(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
    }
    // One whose last write failed may still be on its way, and is not used again.
    if (this.#buffers.length < MOST_BUFFERS) this.#buffers.push(buffer);
  }

  /** Removes blobs that nothing refers to any more; those that are read now, when they were. */
  async drop(blobs: readonly string[]): Promise<void> {
    for (const blob of blobs) {
      if (this.#held.has(blob)) this.#dropped.add(blob);
      else await rm(this.#path(blob), { force: true });
    }
  }

  async release(blob: string): Promise<void> {
    const left = (this.#held.get(blob) ?? 1) - 1;
    if (left > 0) this.#held.set(blob, left);
    else {
      this.#held.delete(blob);
      if (this.#dropped.delete(blob)) await rm(this.#path(blob), { force: true });
    }
  }

  /** Removes what a process left behind that was killed between a file and the row that refers to it. Answers how many. */
  async collect(isReferenced: (blob: string) => boolean): Promise<number> {
    let removed = 0;
    for (const shard of await readdir(this.#folder)) {
      for (const blob of await readdir(join(this.#folder, shard))) {
        // In this order: what is written now may be referred to, and released, at any moment.
        if (this.#held.has(blob) || isReferenced(blob)) continue;
        await rm(this.#path(blob), { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  #hold(blob: string): void {
    this.#held.set(blob, (this.#held.get(blob) ?? 0) + 1);
  }

  #path(blob: string): string {
    return join(this.#folder, blob.slice(0, 2), blob);
  }
}

/** One write may take a part of the chunk and say so. */
const writeAll = async (file: FileHandle, chunk: Uint8Array): Promise<void> => {
  for (let at = 0; at < chunk.byteLength;) at += (await file.write(chunk, at)).bytesWritten;
};
