import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ACCOUNT, json, nullish, paging } from './shapes.ts';

/** mTLS certificates as cloudflare-typescript (resources/mtls-certificates) and `wrangler cert` ask for them. */
const CERTIFICATES = `${ACCOUNT}/mtls_certificates` as const;
const CERTIFICATE = `${CERTIFICATES}/:certificate_id` as const;
const tag = 'mTLS certificates';

const certificate = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    ca: z.boolean().describe("Whether it is an authority's."),
    certificates: z.string().describe('In PEM, as uploaded. The key is never answered.'),
    issuer: z.string(),
    serial_number: z.string().describe('In decimal.'),
    signature: z.string(),
    type: z.literal('custom'),
    expires_on: z.string(),
    uploaded_on: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'MtlsCertificate' });

export const certificateEndpoints = {
  listCertificates: {
    method: 'GET',
    path: CERTIFICATES,
    tag,
    summary: 'Certificates by name',
    query: paging.extend({
      ca: z.stringbool().optional(),
      name: z.string().optional(),
      type: z.string().optional().describe('Several are separated by commas; all that are uploaded here are `custom`.'),
    }),
    result: z.array(certificate),
  },
  uploadCertificate: {
    method: 'POST',
    path: CERTIFICATES,
    tag,
    summary: 'Keep a certificate, with its key where Workers are to present it',
    body: json(
      z.object({
        name: nullish(z.string()),
        certificates: z.string().describe('In PEM; the one that is presented first, then those that signed it.'),
        private_key: nullish(z.string()).describe('In PEM, without a passphrase.'),
        ca: z.boolean(),
      }),
    ),
    result: certificate,
  },
  getCertificate: { method: 'GET', path: CERTIFICATE, tag, summary: 'One certificate', result: certificate },
  deleteCertificate: {
    method: 'DELETE',
    path: CERTIFICATE,
    tag,
    summary: 'Delete a certificate with its key',
    query: z.object({ force: z.stringbool().optional().describe('Also one that a deployed version binds.') }),
    result: certificate,
  },
} as const satisfies Record<string, Endpoint>;
