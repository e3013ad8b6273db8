import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ifMatch, json, nothing, SCRIPT, SERVING } from './shapes.ts';

const secret = z.object({ name: z.string(), type: z.literal('secret_text') }).meta({ id: 'Secret' });
const secretRequest = z.object({ name: z.string(), text: z.string(), type: z.literal('secret_text').optional() });
const secretsBulk = z.object({
  secrets: z.record(z.string(), z.looseObject({ text: z.string(), type: z.literal('secret_text').optional() }).nullable()),
});
/** Clients say that they encoded the name in the path, which every name is. */
const encoded = z.object({ url_encoded: z.string().optional() });

export const secretEndpoints = {
  listSecrets: {
    method: 'GET',
    path: `${SCRIPT}/secrets`,
    tag: 'Secrets',
    summary: 'Names of the secrets of what serves',
    etag: SERVING,
    result: z.array(secret),
  },
  putSecret: {
    method: 'PUT',
    path: `${SCRIPT}/secrets`,
    tag: 'Secrets',
    summary: 'Set a secret: makes a version from each deployed one',
    body: json(secretRequest),
    ...ifMatch(SERVING),
    result: secret,
  },
  getSecret: {
    method: 'GET',
    path: `${SCRIPT}/secrets/:secret_name`,
    tag: 'Secrets',
    summary: 'One secret, without its value',
    query: encoded,
    result: secret,
  },
  deleteSecret: {
    method: 'DELETE',
    path: `${SCRIPT}/secrets/:secret_name`,
    tag: 'Secrets',
    summary: 'Delete a secret',
    query: encoded,
    ...ifMatch(SERVING),
    result: nothing,
  },
  patchSecrets: {
    method: 'PATCH',
    path: `${SCRIPT}/secrets-bulk`,
    tag: 'Secrets',
    summary: 'Set and delete secrets at once; answers all that are left',
    body: json(secretsBulk),
    ...ifMatch(SERVING),
    result: z.record(z.string(), secret),
  },
} as const satisfies Record<string, Endpoint>;
