import { createHash } from 'node:crypto';
import type { TestApi } from './api.ts';

/** Files of a version: text by path. */
export type AssetTexts = Readonly<Record<string, string>>;

/** A client's own hash, as Cloudflare's documentation makes one. */
export const assetHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

export const manifestOf = (files: AssetTexts) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, { hash: assetHash(text), size: Buffer.byteLength(text) }]));

/** The parts of one request, by hash. */
export const assetForm = (texts: readonly string[], type = 'text/plain'): FormData => {
  const form = new FormData();
  for (const text of texts) form.set(assetHash(text), new File([Buffer.from(text).toString('base64')], assetHash(text), { type }));
  return form;
};

export const uploadAssets = (api: TestApi, jwt: string, form: FormData | string, headers: Readonly<Record<string, string>> = {}) =>
  api.response('uploadAssets', {}, { token: jwt, body: form, query: { base64: true }, headers });

/** Goes through a whole session; answers the token for the version and the hashes that had to be uploaded. */
export const assetSession = async (
  api: TestApi,
  script: string,
  files: AssetTexts,
): Promise<{ jwt: string; uploaded: readonly string[] }> => {
  const session = await api.ok('createAssetSession', { script_name: script }, { json: { manifest: manifestOf(files) } });
  let { jwt } = session;
  const texts = new Map(Object.values(files).map((text) => [assetHash(text), text]));
  for (const bucket of session.buckets) {
    const body = assetForm(bucket.map((hash) => texts.get(hash) ?? ''));
    jwt = (await api.ok('uploadAssets', {}, { token: session.jwt, body, query: { base64: true } })).jwt ?? jwt;
  }
  return { jwt, uploaded: session.buckets.flat() };
};
