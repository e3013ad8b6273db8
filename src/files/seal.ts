import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { replaceFile } from './atomic.ts';

/** The text was sealed with a key we do not have, or changed since. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** What should hold keys holds none, or others than were written. */
export class KeysDamaged extends Error {
  override readonly name = 'KeysDamaged';
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM (I8). A sealed text is `sb1.<key id>.<base64url of nonce, ciphertext, tag>`;
 * the key id says which key opens it, so keys can rotate: the first key seals, all of them open.
 * `context` is authenticated too: a secret moved to another place does not open there.
 */
export class Vault {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #sealingKeyId: string;
  readonly #fingerprintKey: Buffer;

  constructor(keys: readonly Buffer[]) {
    const [first, ...rest] = keys;
    if (first === undefined || keys.some((key) => key.length !== KEY_BYTES)) {
      throw new Error(`A vault needs at least one key of ${KEY_BYTES} bytes.`);
    }
    this.#keys = new Map(keys.map((key) => [keyId(key), key]));
    this.#sealingKeyId = keyId(first);
    // Fingerprints must compare across rotations, so they hang on the oldest key.
    this.#fingerprintKey = Buffer.from(hkdfSync('sha256', rest.at(-1) ?? first, '', 'switchback fingerprint', KEY_BYTES));
  }

  seal(text: string, context: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const key = this.#keys.get(this.#sealingKeyId);
    if (key === undefined) throw new SealBroken('The sealing key is missing.');
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `sb1.${this.#sealingKeyId}.${sealed.toString('base64url')}`;
  }

  open(sealed: string, context: string): string {
    const [version, id, body] = sealed.split('.');
    const key = id === undefined ? undefined : this.#keys.get(id);
    if (version !== 'sb1' || key === undefined || body === undefined) {
      throw new SealBroken(`A sealed value needs the key ${id ?? '?'}, which is not in the key file.`);
    }
    const bytes = Buffer.from(body, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(
        Buffer.from(context),
      );
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealBroken('A sealed value was changed since it was written.', { cause });
    }
  }

  /** Tells whether two secrets are equal without opening either; useless without the key. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.#fingerprintKey).update(text).digest('hex').slice(0, 32);
  }
}

const keyId = (key: Buffer): string => createHash('sha256').update('switchback key id').update(key).digest('hex').slice(0, 8);

/**
 * The vault of a key file (0600): one base64 key a line, the first seals. Made on first use. A key that we made has its id
 * behind a colon: a bit that turned round in the file would else be another key, and secrets would be sealed with it.
 * `fromEnvironment` (the same text) replaces the file.
 */
export const openVault = async (keyFile: string, fromEnvironment?: string): Promise<Vault> => {
  const text =
    fromEnvironment ??
    (await readFile(keyFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    }));
  if (text !== undefined) return new Vault(keysFrom(text, fromEnvironment === undefined ? keyFile : 'SWITCHBACK_SECRET_KEY'));
  const key = randomBytes(KEY_BYTES);
  await replaceFile(keyFile, `${key.toString('base64')}:${keyId(key)}\n`);
  return new Vault([key]);
};

const keysFrom = (text: string, origin: string): Buffer[] => {
  const lines = text.split(/\s+/).filter((line) => line !== '');
  const keys = lines.map(keyIn);
  if (keys.length > 0 && keys.every((key) => key !== undefined)) return keys;
  throw new KeysDamaged(
    `${origin} must hold base64 keys of ${KEY_BYTES} bytes, one a line, unchanged since they were written. Restore it from your backup: without it stored secrets cannot be opened.`,
  );
};

/** A key, with or without its id; undefined where it is no key, or not the one of the id. */
const keyIn = (line: string): Buffer | undefined => {
  const [, base64 = '', id] = /^([A-Za-z0-9+/_-]+={0,2})(?::([0-9a-f]{8}))?$/.exec(line) ?? [];
  const key = Buffer.from(base64, 'base64');
  return key.length === KEY_BYTES && (id === undefined || id === keyId(key)) ? key : undefined;
};
