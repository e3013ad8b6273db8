/** What R2 takes at most (developers.cloudflare.com/r2/platform/limits and the Workers API reference). */
export const LIMITS = {
  keyBytes: 1024,
  customMetadataBytes: 8192,
  /** 5 GiB less 5 MiB, for an object in one piece or a part. */
  uploadBytes: 5_363_466_240,
  /** Only the last part may be smaller. */
  smallestPartBytes: 5 * 1024 * 1024,
  parts: 10_000,
  listed: 1000,
  deleted: 1000,
  /** An upload that nobody completes ends after this. */
  uploadMs: 7 * 24 * 60 * 60 * 1000,
  /** workerd gives up on more than 1 MiB of metadata in an answer; a list stops before, and says that there is more. */
  listBytes: 768 * 1024,
  /** Of the JSON in front of a body: a thousand keys to delete, each at its longest and escaped. */
  requestBytes: 8 * 1024 * 1024,
} as const;
