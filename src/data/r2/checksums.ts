import { createHash, type Hash } from 'node:crypto';
import { accept, type Result } from '../../base/index.ts';
import { fault, type Fault } from './fault.ts';
import type { R2RequestOf } from './request.ts';

/** In hex. MD5 is known of every object in one piece; another is kept where it was given. */
export interface Checksums {
  readonly md5?: string;
  readonly sha1?: string;
  readonly sha256?: string;
  readonly sha384?: string;
  readonly sha512?: string;
}

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;

/** What a put says that its value has. */
export const givenIn = ({ md5, sha1, sha256, sha384, sha512 }: R2RequestOf<'put'>): Checksums => ({
  ...(md5 === undefined ? {} : { md5: Buffer.from(md5, 'base64').toString('hex') }),
  ...lower({ sha1, sha256, sha384, sha512 }),
});

const lower = (given: Readonly<Record<string, string | undefined>>): Checksums =>
  Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value.toLowerCase()]])));

/** Reads along while a value is stored. */
export class Digests {
  readonly #hashes: readonly (readonly [(typeof ALGORITHMS)[number], Hash])[];
  readonly #given: Checksums;

  constructor(given: Checksums) {
    this.#given = given;
    this.#hashes = ALGORITHMS.filter((name) => name === 'md5' || given[name] !== undefined).map((name) => [name, createHash(name)]);
  }

  update(chunk: Uint8Array): void {
    for (const [, hash] of this.#hashes) hash.update(chunk);
  }

  /** Once, at the end. */
  verified(): Result<Checksums & { readonly md5: string }, Fault> {
    const found: Checksums = Object.fromEntries(this.#hashes.map(([name, hash]) => [name, hash.digest('hex')]));
    for (const [name] of this.#hashes) {
      const [given, actual] = [this.#given[name], found[name]];
      if (given !== undefined && given !== actual)
        return fault('badDigest', `The ${name} checksum you specified did not match what we received. You gave ${given}, it is ${actual}.`);
    }
    return accept({ ...found, md5: found.md5 ?? '' });
  }
}

/** The etag of an object in parts, as S3 has it too: the MD5 of the parts' MD5s, and how many there are. */
export const multipartEtag = (md5s: readonly string[]): string => {
  const hash = createHash('md5');
  for (const md5 of md5s) hash.update(md5, 'hex');
  return `${hash.digest('hex')}-${md5s.length}`;
};
