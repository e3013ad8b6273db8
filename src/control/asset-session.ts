import { timingSafeEqual } from 'node:crypto';
import { accept, refuse, type Result } from '../base/index.ts';
import { faultInAssets, MOST_ASSETS, uploadBuckets, type Refusal, type WantedAssets } from '../domain/index.ts';
import type { UploadedAsset } from '../store/index.ts';
import type { Control } from './control.ts';

/** How long a client has from asking what to upload to making its version. */
const SESSION_MS = 60 * 60_000;

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
  await control.store.note((queries) => queries.assets.use(script, control.clock.now().toISOString()));
  const stored = await control.modules.put(once(Buffer.from(JSON.stringify(wanted))));
  const exp = Math.floor((control.clock.now().getTime() + SESSION_MS) / 1000);
  const missing = await missingOf(control, script, wanted);
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
  const missing = await missingOf(control, claims.script, wanted);
  return accept({ jwt: missing.length === 0 ? signed(control, { ...claims, use: 'complete' }) : undefined });
};

/** Each hash once, whatever the number of its paths. */
const missingOf = async (control: Control, script: string, wanted: WantedAssets) => {
  const known = await control.store.read.assets.uploaded(script);
  const missing = new Map<string, { readonly hash: string; readonly size: number }>();
  for (const file of Object.values(wanted)) {
    const present = known.get(file.hash);
    if (present === undefined || present.size !== file.size || !(await control.modules.has(present.digest))) missing.set(file.hash, file);
  }
  return [...missing.values()];
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
