import { assetIndex, hasScript, type Asset, type AssetIndex, type VersionSpec } from '../../domain/index.ts';

export interface AssetIndexesOptions {
  readonly loadSpec: (versionId: string) => Promise<VersionSpec>;
  /** The text of a version's manifest, verified. */
  readonly readManifest: (digest: string) => Promise<string>;
}

/** Files of all the indexes that are kept together; some hundred bytes each. */
const MOST_FILES = 400_000;

/** The assets of versions laid out for requests, each made at its first request; those used longest ago go first. */
export class AssetIndexes {
  readonly #options: AssetIndexesOptions;
  readonly #indexes = new Map<string, AssetIndex>();
  readonly #loading = new Map<string, Promise<AssetIndex>>();
  #files = 0;

  constructor(options: AssetIndexesOptions) {
    this.#options = options;
  }

  atHand(versionId: string): AssetIndex | undefined {
    return this.#indexes.get(versionId);
  }

  /** Throws where the version or its manifest cannot be had. */
  load(versionId: string): Promise<AssetIndex> {
    const known = this.#indexes.get(versionId) ?? this.#loading.get(versionId);
    if (known !== undefined) return Promise.resolve(known);
    const loading = this.#load(versionId).finally(() => this.#loading.delete(versionId));
    this.#loading.set(versionId, loading);
    return loading;
  }

  async #load(versionId: string): Promise<AssetIndex> {
    const spec = await this.#options.loadSpec(versionId);
    const { assets } = spec;
    // Written by the control plane, under its digest.
    const files = assets === undefined ? [] : (JSON.parse(await this.#options.readManifest(assets.manifest)) as readonly Asset[]);
    const { compatibilityDate, compatibilityFlags } = spec;
    const index = assetIndex({ files, config: assets?.config ?? {}, hasWorker: hasScript(spec), compatibilityDate, compatibilityFlags });
    this.#keep(versionId, index);
    return index;
  }

  #keep(versionId: string, index: AssetIndex): void {
    this.#indexes.set(versionId, index);
    this.#files += index.files.size;
    for (const [oldest, { files }] of this.#indexes) {
      if (this.#files <= MOST_FILES || oldest === versionId) return;
      this.#indexes.delete(oldest);
      this.#files -= files.size;
    }
  }
}
