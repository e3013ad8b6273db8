import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { SCRIPT, WORKERS } from './shapes.ts';

/** A bucket as we give them out, in base64, or one file of the greatest size. */
const MOST_UPLOAD_BYTES = 48 * 1024 * 1024;

/** https://developers.cloudflare.com/workers/static-assets/direct-upload/ */
export const assetEndpoints = {
  createAssetSession: {
    method: 'POST',
    path: `${SCRIPT}/assets-upload-session`,
    tag: 'Assets',
    summary: 'Begin the upload of static assets: which files are not here yet',
    body: {
      kind: 'json',
      schema: z.object({
        manifest: z
          .record(z.string(), z.object({ hash: z.string(), size: z.number().int().nonnegative() }))
          .describe('Path → hash (32 hex digits, of the client’s choosing) and bytes.'),
      }),
      holdsModules: true,
    },
    result: z.object({
      jwt: z.string().describe('For the uploads; where `buckets` is empty, for the version itself.'),
      buckets: z.array(z.array(z.string())).describe('Hashes to upload, one request for each list.'),
    }),
    isContent: true,
  },
  uploadAssets: {
    method: 'POST',
    path: `${WORKERS}/assets/upload`,
    tag: 'Assets',
    summary: 'Upload files of a session, authorized by its token: a form with one part for each, named by its hash',
    query: z.object({ base64: z.string().optional() }),
    body: { kind: 'bytes', maxBytes: MOST_UPLOAD_BYTES },
    auth: 'asset_session',
    result: z.object({ jwt: z.string().optional().describe('For the version, once all files are here.') }),
    isContent: true,
  },
} as const satisfies Record<string, Endpoint>;
