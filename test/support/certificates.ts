import { readFileSync } from 'node:fs';

/** Made once with openssl; they are worth nothing outside of tests. */
const FOLDER = new URL('../golden/tls/', import.meta.url);

export const pemFile = (name: string): URL => new URL(name, FOLDER);
export const pem = (name: string): string => readFileSync(pemFile(name), 'utf8');

/** A certificate with its key, as a body of the call that uploads it. */
export const aCertificate = (kind: 'rsa' | 'ec' | 'ed25519' | 'expired' = 'ec', more: { readonly name?: string } = {}) => ({
  certificates: pem(`${kind}.pem`),
  private_key: pem(`${kind}.key`),
  ca: false,
  ...more,
});
