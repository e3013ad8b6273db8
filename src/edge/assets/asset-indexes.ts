import { assetIndex, hasScript, type Asset, type AssetIndex, type VersionSpec } from '../../domain/index.ts';

export interface AssetIndexesOptions {
  readonly loadSpec: (versionId: string) => Promise<VersionSpec>;
  /** The text of a version's manifest, verified. */
  readonly readManifest: (digest: string) => Promise<string>;
  readonly mostBytes?: number;
}

interface Kept {
  readonly index: AssetIndex;
  readonly bytes: number;
}

/** What all the indexes that are kept may weigh together; one that is larger by itself is kept alone. */
const MOST_BYTES = 160 * 1024 * 1024;
/** What comes of a character of the manifest, and of `_headers` and `_redirects`, at the most (measured: 1.7, and 46 where all are short patterns). */
const MANIFEST_BYTES = 2;
const RULE_BYTES = 50;
/** A version that has neither. */
const LEAST_BYTES = 2_000;

/** The assets of versions laid out for requests, each made at its first request; those used longest ago go first. */
export class AssetIndexes {
  readonly #options: AssetIndexesOptions;
  readonly #mostBytes: number;
  /** The one used last stands last. */
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Map<string, Promise<AssetIndex>>();
  #bytes = 0;

  constructor(options: AssetIndexesOptions) {
    this.#options = options;
    this.#mostBytes = options.mostBytes ?? MOST_BYTES;
  }

  atHand(versionId: string): AssetIndex | undefined {
    const kept = this.#kept.get(versionId);
    if (kept === undefined) return undefined;
    this.#kept.delete(versionId);
    this.#kept.set(versionId, kept);
    return kept.index;
  }

  /** Throws where the version or its manifest cannot be had. */
  load(versionId: string): Promise<AssetIndex> {
    const known = this.atHand(versionId) ?? this.#loading.get(versionId);
    if (known !== undefined) return Promise.resolve(known);
    const loading = this.#load(versionId).finally(() => this.#loading.delete(versionId));
    this.#loading.set(versionId, loading);
    return loading;
  }

  async #load(versionId: string): Promise<AssetIndex> {
    const spec = await this.#options.loadSpec(versionId);
    const { assets } = spec;
    // Written by the control plane, under its digest.
    const manifest = assets === undefined ? '[]' : await this.#options.readManifest(assets.manifest);
    const files = JSON.parse(manifest) as readonly Asset[];
    const { compatibilityDate, compatibilityFlags } = spec;
    const config = assets?.config ?? {};
    const index = assetIndex({ files, config, hasWorker: hasScript(spec), compatibilityDate, compatibilityFlags });
    const rules = (config._headers?.length ?? 0) + (config._redirects?.length ?? 0);
    this.#keep(versionId, { index, bytes: LEAST_BYTES + manifest.length * MANIFEST_BYTES + rules * RULE_BYTES });
    return index;
  }

  #keep(versionId: string, kept: Kept): void {
    this.#kept.set(versionId, kept);
    this.#bytes += kept.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#mostBytes || oldest === versionId) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}
