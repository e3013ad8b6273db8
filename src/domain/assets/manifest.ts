/** One file of a version, as its manifest has it. */
export interface Asset {
  /** As visitors name it, decoded, with a leading slash. */
  readonly path: string;
  /** SHA-256 in lower-case hex; the bytes are stored once under it. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** As uploaded; undefined where the client knew none, and then it is served without one. */
  readonly contentType: string | undefined;
  /** Under which its client uploads it, and knows that it need not do so again. */
  readonly hash: string;
}

/** https://developers.cloudflare.com/workers/static-assets/routing/advanced/html-handling/ */
export type HtmlHandling = 'auto-trailing-slash' | 'force-trailing-slash' | 'drop-trailing-slash' | 'none';

/** https://developers.cloudflare.com/workers/static-assets/routing/ */
export type NotFoundHandling = 'none' | '404-page' | 'single-page-application';

/** How a version's assets are served, as uploaded (`assets.config`). */
export interface AssetsConfig {
  readonly html_handling?: HtmlHandling | undefined;
  readonly not_found_handling?: NotFoundHandling | undefined;
  /** The Worker is asked before the assets: always, or for paths of these patterns (`!` takes out). */
  readonly run_worker_first?: boolean | readonly string[] | undefined;
  /** The text of the file `_headers`. */
  readonly _headers?: string | undefined;
  /** The text of the file `_redirects`. */
  readonly _redirects?: string | undefined;
}

/** A version's assets: its own manifest, stored as a file of its own because there may be very many; content shared by digest. */
export interface VersionAssets {
  /** The digest of the manifest, JSON of {@link Asset}s in the order of their paths. */
  readonly manifest: string;
  readonly count: number;
  readonly config: AssetsConfig;
}

/** What a client means to upload: paths with the hash and size of each. */
export type WantedAssets = Readonly<Record<string, { readonly hash: string; readonly size: number }>>;

/** Cloudflare's limits (https://developers.cloudflare.com/workers/platform/limits/#static-assets), those of paid plans. */
export const MOST_ASSETS = 100_000;
export const MOST_ASSET_BYTES = 25 * 1024 * 1024;
export const MOST_ASSET_PATH_BYTES = 2_048;

/** Why these cannot be uploaded, or undefined. */
export const faultInAssets = (wanted: WantedAssets): { readonly path: string; readonly fault: string } | undefined => {
  for (const [path, { hash, size }] of Object.entries(wanted)) {
    if (!path.startsWith('/') || path.endsWith('/')) return { path, fault: 'its path must begin with "/" and not end with it' };
    if (new TextEncoder().encode(path).length > MOST_ASSET_PATH_BYTES)
      return { path, fault: `its path is longer than ${MOST_ASSET_PATH_BYTES} bytes` };
    if (path.split('/').some((segment) => segment === '.' || segment === '..'))
      return { path, fault: 'its path must not hold "." or ".."' };
    if (!/^[0-9a-f]{32}$/.test(hash)) return { path, fault: 'its hash must be 32 hex digits' };
    if (size > MOST_ASSET_BYTES) return { path, fault: `it is ${size} bytes long, and at most ${MOST_ASSET_BYTES} are allowed` };
  }
  return undefined;
};

/** Which hashes are to be uploaded together: so few bytes and files that a request stays small, a large file alone. */
export const uploadBuckets = (missing: readonly { readonly hash: string; readonly size: number }[]): readonly (readonly string[])[] => {
  const buckets: string[][] = [];
  let bytes = Infinity;
  for (const { hash, size } of missing) {
    const last = buckets.at(-1);
    if (last !== undefined && bytes + size <= BUCKET_BYTES && last.length < BUCKET_FILES) {
      last.push(hash);
      bytes += size;
    } else {
      buckets.push([hash]);
      bytes = size;
    }
  }
  return buckets;
};

const BUCKET_BYTES = 8 * 1024 * 1024;
const BUCKET_FILES = 500;
