import { timingSafeEqual } from 'node:crypto';
import { accept, refuse, type Result } from '../base/index.ts';
import { faultInAssets, MOST_ASSETS, uploadBuckets, type Refusal, type WantedAssets } from '../domain/index.ts';
import type { UploadedAsset } from '../store/index.ts';
import type { Control } from './control.ts';

/** How long a client has from asking what to upload to making its version. */
const SESSION_MS = 60 * 60_000;
/** A file used since then is not marked again: it stays for two hours, longer than this and a session together. */
const RECENT_MS = SESSION_MS / 2;

/** What a session's token says. It is the client's to keep, so nothing of a session is stored but the list of what it wants. */
export interface AssetClaims {
  /** `upload`: may upload what is missing; `complete`: all is there, and a version may be made of it. */
  readonly use: 'upload' | 'complete';
  readonly script: string;
  /** The digest of the list of what is wanted. */
  readonly wanted: string;
  /** The id of the API token that opened the session: revoked, it ends it. */
  readonly token: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

export interface AssetSession {
  readonly jwt: string;
  /** Hashes to upload, in groups; none where everything is there already, and then `jwt` is the last one. */
  readonly buckets: readonly (readonly string[])[];
}

/** Begins the upload of a version's assets: says which of them are not here yet. The Worker need not exist. */
export const openAssetSession = async (
  control: Control,
  { script, tokenId, wanted }: { readonly script: string; readonly tokenId: string; readonly wanted: WantedAssets },
): Promise<Result<AssetSession, Refusal>> => {
  const count = Object.keys(wanted).length;
  if (count > MOST_ASSETS) return refuse({ code: 'assets_too_many', count, limit: MOST_ASSETS });
  const fault = faultInAssets(wanted);
  if (fault !== undefined) return refuse({ code: 'asset_invalid', ...fault });
  const now = control.clock.now();
  const recent = new Date(now.getTime() - RECENT_MS);
  await control.store.note((queries) => queries.assets.use(script, now.toISOString(), recent.toISOString()));
  const stored = await control.modules.put(once(Buffer.from(JSON.stringify(wanted))));
  const exp = Math.floor((control.clock.now().getTime() + SESSION_MS) / 1000);
  const { unknown, known } = await sorted(control, script, wanted);
  const missing = [...unknown, ...(await goneOf(control, known))];
  const use = missing.length === 0 ? 'complete' : 'upload';
  return accept({ jwt: signed(control, { use, script, wanted: stored.digest, token: tokenId, exp }), buckets: uploadBuckets(missing) });
};

/** Keeps what was uploaded, all of it or nothing; answers the completing token once everything is there. */
export const keepUploadedAssets = async (
  control: Control,
  claims: AssetClaims,
  files: readonly UploadedAsset[],
): Promise<Result<{ readonly jwt: string | undefined }, Refusal>> => {
  const wanted = await wantedOf(control, claims);
  const sizes = new Map(Object.values(wanted).map(({ hash, size }) => [hash, size]));
  for (const { hash, size } of files) {
    const expected = sizes.get(hash);
    if (expected === undefined) return refuse({ code: 'asset_not_wanted', hash });
    if (expected !== size) return refuse({ code: 'asset_differs', hash, expected, size });
  }
  await control.store.note((queries) => queries.assets.add(claims.script, files, control.clock.now().toISOString()));
  const { unknown, known } = await sorted(control, claims.script, wanted);
  // Files are looked at with the last of them: a look at each with every request would be quadratic in their number.
  const isComplete = unknown.length === 0 && (await goneOf(control, known)).length === 0;
  return accept({ jwt: isComplete ? signed(control, { ...claims, use: 'complete' }) : undefined });
};

interface WantedFile {
  readonly hash: string;
  readonly size: number;
}

interface KnownFile extends WantedFile {
  readonly digest: string;
}

/** What is wanted, by whether it was ever uploaded for this Worker: each hash once, whatever the number of its paths. */
const sorted = async (control: Control, script: string, wanted: WantedAssets) => {
  const uploaded = await control.store.read.assets.uploaded(script);
  const unknown: WantedFile[] = [];
  const known: KnownFile[] = [];
  for (const file of new Map(Object.values(wanted).map((each) => [each.hash, each])).values()) {
    const present = uploaded.get(file.hash);
    if (present?.size === file.size) known.push(present);
    else unknown.push(file);
  }
  return { unknown, known };
};

/** Which of them are stored no more. */
const goneOf = async (control: Control, known: readonly KnownFile[]): Promise<readonly WantedFile[]> => {
  const gone: WantedFile[] = [];
  for (const file of known) if (!(await control.modules.has(file.digest))) gone.push(file);
  return gone;
};

/** The list that a session is about. */
export const wantedOf = async (control: Control, { wanted }: AssetClaims): Promise<WantedAssets> =>
  JSON.parse(await textOf(control, wanted)) as WantedAssets; // Written by openAssetSession, under this digest.

/** The text of a stored file, its bytes compared with their digest first (I1). */
export const textOf = async (control: Pick<Control, 'modules'>, digest: string): Promise<string> => {
  await control.modules.verifiedPath(digest);
  const chunks: Buffer[] = [];
  for await (const chunk of control.modules.read(digest)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEAD = encoded({ alg: 'switchback', typ: 'JWT' });

/** Says for whom the signature is, so that no fingerprint of anything else is one. */
const signatureOf = (control: Pick<Control, 'vault'>, body: string): string => control.vault.fingerprint(`asset session ${body}`);

const signed = (control: Pick<Control, 'vault'>, claims: AssetClaims): string => {
  const body = `${HEAD}.${encoded(claims)}`;
  return `${body}.${Buffer.from(signatureOf(control, body), 'hex').toString('base64url')}`;
};

const wrong = (fault: string) => refuse({ code: 'asset_session_invalid' as const, fault });

/** What a session's token says, if we signed it for this and it has not expired. */
export const assetClaims = (
  control: Pick<Control, 'vault' | 'clock'>,
  jwt: string,
  use: AssetClaims['use'],
): Result<AssetClaims, Refusal> => {
  const [head = '', payload = '', signature = ''] = jwt.split('.');
  const [given, right] = [Buffer.from(signature, 'base64url'), Buffer.from(signatureOf(control, `${head}.${payload}`), 'hex')];
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    return wrong('it was not given by this server, or was changed');
  }
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as AssetClaims; // Signed by us.
  if (claims.exp * 1000 < control.clock.now().getTime()) return wrong('it has expired: an upload has an hour');
  if (claims.use !== use) return wrong(use === 'complete' ? 'not all files have been uploaded under it' : 'its upload is complete');
  return accept(claims);
};
