import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Asset } from '../../domain/index.ts';
import { DigestMismatch, type ModuleStore } from '../../files/index.ts';

export interface AssetFilesOptions {
  readonly modules: ModuleStore;
  /** Brings a file that is not here yet; it is in `modules` then. */
  readonly fetch: (digest: string) => Promise<void>;
}

/** Where an asset's bytes are: at hand, or in a file that was compared with its digest. */
export type AssetBytes = { readonly bytes: Buffer; readonly path?: undefined } | { readonly path: string; readonly bytes?: undefined };

/** One that is no larger is answered from memory. */
const MOST_KEPT_BYTES = 256 * 1024;
/** All that are kept, those used longest ago going first. */
const MOST_MEMORY = 64 * 1024 * 1024;
/** Digests of larger files that were verified; beyond it, some are verified once more. */
const MOST_VERIFIED = 10_000;

/** The files of all versions' assets, by digest: verified before the first visitor gets them (I1), the small ones kept in memory. */
export class AssetFiles {
  readonly #options: AssetFilesOptions;
  readonly #kept = new Map<string, Buffer>();
  readonly #verified = new Set<string>();
  readonly #loading = new Map<string, Promise<AssetBytes>>();
  #keptBytes = 0;

  constructor(options: AssetFilesOptions) {
    this.#options = options;
  }

  /** What needs no reading; undefined where {@link load} is to be asked. */
  atHand({ digest }: Asset): AssetBytes | undefined {
    const bytes = this.#kept.get(digest);
    if (bytes !== undefined) {
      this.#kept.delete(digest);
      this.#kept.set(digest, bytes);
      return { bytes };
    }
    return this.#verified.has(digest) ? { path: this.#options.modules.path(digest) } : undefined;
  }

  /** Throws where the file is nowhere, or is damaged. */
  load(asset: Asset): Promise<AssetBytes> {
    const { digest } = asset;
    const present = this.atHand(asset);
    if (present !== undefined) return Promise.resolve(present);
    const known = this.#loading.get(digest);
    if (known !== undefined) return known;
    const loading = this.#load(asset).finally(() => this.#loading.delete(digest));
    this.#loading.set(digest, loading);
    return loading;
  }

  async #load({ digest, size }: Asset): Promise<AssetBytes> {
    const { modules, fetch } = this.#options;
    if (!(await modules.has(digest))) await fetch(digest);
    if (size > MOST_KEPT_BYTES) {
      const path = await modules.verifiedPath(digest);
      if (this.#verified.size >= MOST_VERIFIED) this.#verified.clear();
      this.#verified.add(digest);
      return { path };
    }
    const bytes = await readFile(modules.path(digest));
    if (createHash('sha256').update(bytes).digest('hex') !== digest) {
      // Sets it aside.
      await modules.verifiedPath(digest);
      throw new DigestMismatch(digest);
    }
    this.#keep(digest, bytes);
    return { bytes };
  }

  #keep(digest: string, bytes: Buffer): void {
    if (this.#kept.has(digest)) return;
    this.#kept.set(digest, bytes);
    this.#keptBytes += bytes.byteLength;
    for (const [oldest, { byteLength }] of this.#kept) {
      if (this.#keptBytes <= MOST_MEMORY) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= byteLength;
    }
  }
}
