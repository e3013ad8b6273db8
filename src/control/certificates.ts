import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { accept, refuse, type Result } from '../base/index.ts';
import type { Binding, Keypair, Refusal, Resource } from '../domain/index.ts';
import type { Queries } from '../store/index.ts';
import type { Actor, Control } from './control.ts';
import { createResource } from './resources.ts';

export interface NewCertificate {
  readonly name?: string | undefined;
  /** In PEM, from the one that the key belongs to upwards. */
  readonly certificates: string;
  readonly privateKey?: string | undefined;
  /** An authority's. It is kept and listed; no Worker presents it. */
  readonly isAuthority: boolean;
}

/** What is stored of a certificate beside its name. */
export interface CertificateSettings {
  readonly ca: boolean;
  readonly certificates: string;
  /** Sealed for this certificate (I8). */
  readonly sealedKey?: string;
}

const LONGEST_NAME = 255;
const MOST_PEM_BYTES = 64 * 1024;
const MOST_CERTIFICATES = 20;
const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1']);

/** Adds a certificate. One that has expired, or is not valid yet, is for the servers to judge that it is shown to. */
export const uploadCertificate = async (control: Control, actor: Actor, wanted: NewCertificate): Promise<Result<Resource, Refusal>> => {
  const id = control.ids.uuid();
  const name = wanted.name ?? id;
  if (name.length > LONGEST_NAME || name.trim() === '')
    return refuse({
      code: 'resource_name_invalid',
      kind: 'mtls_certificate',
      name,
      fault: `it must be 1 to ${LONGEST_NAME} characters long`,
    });
  const chain = chainIn(wanted.certificates);
  if (!chain.ok) return chain;
  const [leaf] = chain.value;
  if (wanted.isAuthority && !leaf.ca) return invalid('it is uploaded as that of an authority ("ca": true) and is none');
  const key = keyFor(leaf, wanted);
  if (!key.ok) return key;
  const settings: CertificateSettings = {
    ca: wanted.isAuthority,
    // As they were parsed: whatever else stood between them is not kept.
    certificates: chain.value.map(String).join(''),
    ...(key.value === undefined ? {} : { sealedKey: control.vault.seal(pemOf(key.value), sealContext(id)) }),
  };
  return createResource(control, actor, { kind: 'mtls_certificate', id, name, settings: { ...settings } });
};

const invalid = (fault: string): Result<never, Refusal> => refuse({ code: 'certificate_invalid', fault });
const sealContext = (id: string): string => `mtls certificate ${id}`;
const pemOf = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));

type Chain = readonly [X509Certificate, ...X509Certificate[]];

const chainIn = (pem: string): Result<Chain, Refusal> => {
  if (Buffer.byteLength(pem) > MOST_PEM_BYTES) return invalid(`the certificates are longer than ${MOST_PEM_BYTES} bytes`);
  if (pem.includes('PRIVATE KEY-----')) return invalid('there is a private key among the certificates: send it as "private_key"');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > MOST_CERTIFICATES)
    return invalid(`there are ${blocks.length} certificates, and at most ${MOST_CERTIFICATES} are taken`);
  const chain = blocks.map(certificateIn);
  const broken = chain.indexOf(undefined);
  if (broken !== -1) return invalid(`certificate ${broken + 1} of ${chain.length} cannot be read`);
  const [leaf, ...rest] = chain.filter((each) => each !== undefined);
  return leaf === undefined
    ? invalid('there is no certificate in it: PEM is expected ("-----BEGIN CERTIFICATE-----")')
    : accept([leaf, ...rest]);
};

const certificateIn = (block: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
};

/** The key of the first certificate. Only an authority's may be without: it is not presented to anybody. */
const keyFor = (leaf: X509Certificate, { privateKey, isAuthority }: NewCertificate): Result<KeyObject | undefined, Refusal> => {
  if (privateKey === undefined) return isAuthority ? accept(undefined) : invalid('the private key is missing ("private_key")');
  if (Buffer.byteLength(privateKey) > MOST_PEM_BYTES) return invalid(`the private key is longer than ${MOST_PEM_BYTES} bytes`);
  const key = keyIn(privateKey);
  if (key === undefined) return invalid('the private key cannot be read: PEM without a passphrase is expected');
  if (!isUsable(key))
    return invalid(
      'the private key is of a kind that cannot be used: RSA of 2048 to 4096 bits, ECDSA (P-256, P-384) or Ed25519 is expected',
    );
  return leaf.checkPrivateKey(key) ? accept(key) : invalid('the private key does not belong to the first certificate');
};

const keyIn = (pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    return undefined;
  }
};

/** What workerd's TLS signs with (rustls and ring; 2026-11, tried). */
const isUsable = ({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): boolean => {
  if (type === 'ec') return CURVES.has(details.namedCurve);
  const { modulusLength: bits = 0 } = details;
  return type === 'ed25519' || (type === 'rsa' && bits >= 2048 && bits <= 4096);
};

const settingsOf = ({ settings }: Resource): CertificateSettings => settings as unknown as CertificateSettings; // Written above.

/** What of a certificate may be told: what was uploaded but its key, and what stands in it. */
export interface CertificateFacts extends Pick<CertificateSettings, 'ca' | 'certificates'> {
  readonly id: string;
  /** Undefined where it was uploaded without. */
  readonly name: string | undefined;
  readonly uploadedOn: string;
  readonly expiresOn: string;
  readonly issuer: string;
  /** In decimal, as Cloudflare tells it. */
  readonly serialNumber: string;
  readonly signature: string;
}

export const factsOf = (resource: Resource): CertificateFacts => {
  const { id, name, createdOn } = resource;
  const { ca, certificates } = settingsOf(resource);
  const leaf = new X509Certificate(certificates);
  return {
    id,
    name: name === id ? undefined : name,
    ca,
    certificates,
    uploadedOn: createdOn,
    expiresOn: leaf.validToDate.toISOString(),
    issuer: leaf.issuer.split('\n').toReversed().join(','),
    serialNumber: BigInt(`0x${leaf.serialNumber}`).toString(),
    signature: signatureNamed(leaf.signatureAlgorithm ?? ''),
  };
};

/** OpenSSL's names in Cloudflare's words: `SHA256WithRSA`, `ECDSAWithSHA256`. */
const signatureNamed = (algorithm: string): string =>
  algorithm
    .replace(/^(sha\d+)WithRSAEncryption$/i, (_, hash: string) => `${hash.toUpperCase()}WithRSA`)
    .replace(/^ecdsa-with-/, 'ECDSAWith');

export type Keypairs = ReadonlyMap<string, Keypair>;

/** The certificates that a version binds, with their keys opened: for the process that runs it, and for nobody else. */
export const keypairsFor = async ({ vault }: Pick<Control, 'vault'>, queries: Queries, bindings: readonly Binding[]): Promise<Keypairs> => {
  const found = new Map<string, Keypair>();
  for (const binding of bindings) {
    if (binding.type !== 'mtls_certificate' || found.has(binding.certificate_id)) continue;
    const resource = await queries.resources.byId('mtls_certificate', binding.certificate_id);
    if (resource === undefined) continue;
    const { certificates, sealedKey } = settingsOf(resource);
    if (sealedKey !== undefined) found.set(resource.id, { certificates, privateKey: vault.open(sealedKey, sealContext(resource.id)) });
  }
  return found;
};
