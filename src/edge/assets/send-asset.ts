import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { statusText } from '../error-pages.ts';
import { endWith, writeHeadTo, type VisitorResponse } from '../page-answer.ts';
import type { AssetBytes } from './asset-files.ts';
import type { AssetReply } from './asset-reply.ts';

/** Writes an answer from the assets: small files in one piece, larger ones at the pace of who reads. */
export const sendAsset = (
  response: VisitorResponse,
  { status, part }: AssetReply,
  headers: string[],
  source: AssetBytes | undefined,
): void => {
  writeHeadTo(response, status, statusText(status), headers);
  if (part === undefined || source === undefined || part.start === part.end) return endWith(response, undefined);
  const { bytes, path } = source;
  if (bytes !== undefined)
    return endWith(response, part.start === 0 && part.end === bytes.length ? bytes : bytes.subarray(part.start, part.end));
  // A file that ends early, or a visitor that leaves, ends both: an answer that is cut must not look finished.
  pipeline(createReadStream(path, { start: part.start, end: part.end - 1 }), response as NodeJS.WritableStream, (error) => {
    if (error) response.destroy();
  });
};
