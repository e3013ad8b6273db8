import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { script } from './scripts.ts';
import { nothing, SCRIPT } from './shapes.ts';
import { uploadMetadata } from './upload-metadata.ts';

export const contentEndpoints = {
  getScript: { method: 'GET', path: SCRIPT, tag: 'Scripts', summary: 'The code that serves', result: nothing, raw: 'modules' },
  putContent: {
    method: 'PUT',
    path: `${SCRIPT}/content`,
    tag: 'Scripts',
    summary: 'New code under the settings that serve; it gets all traffic',
    headers: z.object({
      'cf-worker-main-module-part': z.string().optional().describe('The entry, in place of metadata.'),
      'cf-worker-body-part': z.string().optional().describe('The script of a service worker, in place of metadata.'),
    }),
    body: { kind: 'upload', metadata: uploadMetadata },
    result: script.extend({ deployment_id: z.string() }),
  },
  getContent: {
    method: 'GET',
    path: `${SCRIPT}/content/v2`,
    tag: 'Scripts',
    summary: 'The modules of a version (default: the one that serves)',
    query: z.object({ version: z.string().optional() }),
    result: nothing,
    raw: 'modules',
  },
} as const satisfies Record<string, Endpoint>;
