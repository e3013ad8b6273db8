import { AwsV4Signer } from 'aws4fetch';
import { datedPath, type LogpushDestination } from '../../../domain/index.ts';
import type { AddressGuard } from './guard.ts';
import type { OutgoingFile, Target } from './outgoing.ts';
import { send } from './send.ts';

type S3 = Extract<LogpushDestination, { readonly scheme: 's3' }>;

/** Puts each file as an object. A batch keeps its name, so that one that is put twice is one object. */
export const s3Target = (destination: S3, guard: AddressGuard): Target => ({
  put: async (file, signal) => {
    const { url, headers } = await signed(destination, file);
    await send({ method: 'PUT', url, headers, file }, guard, signal);
  },
});

const signed = async (destination: S3, { name, at, sha256, isGzip }: OutgoingFile) => {
  const { accessKeyId, secretAccessKey, sessionToken, region, sse } = destination;
  const signer = new AwsV4Signer({
    method: 'PUT',
    url: urlOf(destination, [datedPath(destination.path, at), name].filter((part) => part !== '').join('/')),
    headers: {
      'content-type': isGzip ? 'application/gzip' : 'text/plain',
      'x-amz-content-sha256': sha256,
      ...(sse === undefined ? {} : { 'x-amz-server-side-encryption': sse }),
    },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
  });
  const { url, headers } = await signer.sign();
  return { url: String(url), headers: Object.fromEntries(headers) };
};

/** With an endpoint by its path; Amazon's own by the host, unless its certificate would not hold for the bucket's name. */
const urlOf = ({ bucket, region, endpoint }: S3, key: string): string => {
  const path = key.split('/').map(encodeURIComponent).join('/');
  if (endpoint !== undefined) return `${endpoint}/${bucket}/${path}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`;
};
