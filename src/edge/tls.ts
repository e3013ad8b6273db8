import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { plainHost } from '../domain/index.ts';
import { messageOf, type Log } from './log.ts';

const RELOAD_EVERY_MS = 2_000;
const CERTIFICATE = /^(.+)\.(?:pem|crt)$/;

interface Held {
  readonly signature: string;
  readonly context: SecureContext;
}

/**
 * The certificates of a folder, by host: `<host>.pem` or `.crt` with `<host>.key`, for all hosts below one
 * `_.example.com.pem`, and `default.pem` for every other. Looked at again and again rather than watched: watching misses
 * what is mounted or linked in, and a renewal may come a second late. A pair that does not load leaves the one before.
 */
export class Certificates {
  readonly #folder: string;
  readonly #log: Log;
  #held: ReadonlyMap<string, Held> = new Map();
  #timer: NodeJS.Timeout | undefined;

  private constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Throws when the folder cannot be read or holds no certificate that loads. */
  static async open(folder: string, log: Log, reloadEveryMs = RELOAD_EVERY_MS): Promise<Certificates> {
    const certificates = new Certificates(folder, log);
    await certificates.reload();
    if (certificates.#held.size === 0) {
      throw new Error(`${folder} holds no certificate that can be used: put <host>.pem (or .crt) and <host>.key there.`);
    }
    const again = async (): Promise<void> => {
      await certificates
        .reload()
        .catch((error: unknown) => log.warn({ folder, error: messageOf(error) }, 'Certificates could not be looked at.'));
      if (certificates.#timer !== undefined) certificates.#timer = setTimeout(again, reloadEveryMs).unref();
    };
    certificates.#timer = setTimeout(again, reloadEveryMs).unref();
    return certificates;
  }

  get hosts(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** The certificate for a name a visitor asks for; undefined refuses the handshake. */
  for(name: string): SecureContext | undefined {
    const host = plainHost(name);
    const parent = host.slice(host.indexOf('.') + 1);
    return (this.#held.get(host) ?? this.#held.get(`_.${parent}`) ?? this.#held.get('default'))?.context;
  }

  async reload(): Promise<void> {
    const next = new Map<string, Held>();
    const files = await readdir(this.#folder);
    for (const file of files) {
      const host = CERTIFICATE.exec(file)?.[1]?.toLowerCase();
      if (host === undefined || next.has(host)) continue;
      const held = await this.#load(host, join(this.#folder, file), join(this.#folder, `${file.replace(CERTIFICATE, '$1')}.key`));
      if (held !== undefined) next.set(host, held);
    }
    this.#held = next;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #load(host: string, certificatePath: string, keyPath: string): Promise<Held | undefined> {
    const known = this.#held.get(host);
    try {
      const signature = `${await signatureOf(certificatePath)} ${await signatureOf(keyPath)}`;
      if (known?.signature === signature) return known;
      const context = createSecureContext({ cert: await readFile(certificatePath), key: await readFile(keyPath), minVersion: 'TLSv1.2' });
      this.#log.info({ host, certificatePath }, known === undefined ? 'A certificate was loaded.' : 'A certificate was renewed.');
      return { signature, context };
    } catch (error) {
      this.#log.warn(
        { host, certificatePath, keyPath, error: messageOf(error) },
        'A certificate could not be loaded; the one before stays.',
      );
      return known;
    }
  }
}

const signatureOf = async (path: string): Promise<string> => {
  const { ino, size, mtimeMs } = await stat(path);
  return `${ino}:${size}:${mtimeMs}`;
};
