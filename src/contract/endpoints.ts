import { accountEndpoints } from './account.ts';
import { assetEndpoints } from './assets.ts';
import { auditEndpoints } from './audit.ts';
import { certificateEndpoints } from './certificates.ts';
import { containerEndpoints } from './containers.ts';
import { contentEndpoints } from './content.ts';
import { d1Endpoints } from './d1.ts';
import { deploymentEndpoints } from './deployments.ts';
import { durableObjectEndpoints } from './durable-objects.ts';
import { kvEndpoints } from './kv.ts';
import { legacyEndpoints } from './legacy.ts';
import { logpushEndpoints } from './logpush.ts';
import { preflightEndpoints } from './preflight.ts';
import { queueEndpoints } from './queues.ts';
import { r2Endpoints } from './r2.ts';
import { scriptEndpoints } from './scripts.ts';
import { secretEndpoints } from './secrets.ts';
import { serviceEndpoints } from './services.ts';
import { settingsEndpoints } from './settings.ts';
import { ACCOUNT as A, WORKERS as W } from './shapes.ts';
import { tailEndpoints } from './tails.ts';
import { triggerEndpoints } from './triggers.ts';
import { versionEndpoints } from './versions.ts';
import { workerVersionEndpoints } from './worker-versions.ts';
import { workerEndpoints } from './workers.ts';
import { zoneEndpoints } from './zones.ts';

/** Every call under `/client/v4`, by the name its handler has. */
export const endpoints = {
  ...accountEndpoints,
  ...auditEndpoints,
  ...scriptEndpoints,
  ...contentEndpoints,
  ...assetEndpoints,
  ...settingsEndpoints,
  ...versionEndpoints,
  // Before the deployments: `preflight` is none of their ids.
  ...preflightEndpoints,
  ...deploymentEndpoints,
  ...secretEndpoints,
  ...triggerEndpoints,
  ...tailEndpoints,
  ...serviceEndpoints,
  ...workerEndpoints,
  ...workerVersionEndpoints,
  ...legacyEndpoints,
  ...zoneEndpoints,
  ...kvEndpoints,
  ...d1Endpoints,
  ...r2Endpoints,
  ...queueEndpoints,
  ...certificateEndpoints,
  ...durableObjectEndpoints,
  ...containerEndpoints,
  ...logpushEndpoints,
};

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;

/** Families of Cloudflare's API that are not offered; wrangler takes 403 for "go on without". */
export const NOT_OFFERED: readonly (readonly [prefix: string, product: string])[] = [
  [`${A}/r2`, 'this part of R2'],
  [`${A}/event_notifications`, 'R2 event notifications'],
  [`${A}/queues/:queue_id/messages/pull`, 'HTTP pull consumers of queues'],
  [`${A}/queues/:queue_id/messages/ack`, 'HTTP pull consumers of queues'],
  [`${A}/queues/:queue_id/messages/peek`, 'a look into queues'],
  [`${A}/queues/:queue_id/messages/purge`, 'a look into queues'],
  [`${A}/event_subscriptions`, 'event subscriptions'],
  [`${A}/workflows`, 'Workflows'],
  [`${A}/vectorize`, 'Vectorize'],
  [`${A}/hyperdrive`, 'Hyperdrive'],
  [`${A}/pipelines`, 'Pipelines'],
  [`${A}/ai`, 'Workers AI'],
  [`${A}/ai-search`, 'AI Search'],
  [`${A}/pages`, 'Pages'],
  [`${A}/containers`, 'Containers'],
  [`${A}/images`, 'Images'],
  [`${A}/secrets_store`, 'Secrets Store'],
  [`${A}/mtls_certificates/:mtls_certificate_id/associations`, 'hostname associations of mTLS certificates'],
  [`${A}/logpush`, 'this part of Logpush'],
  [`${A}/builds`, 'Workers Builds'],
  [`${A}/logs/audit`, 'version 2 of the audit logs'],
  [`${A}/email`, 'Email Routing'],
  [`${W}/durable_objects`, 'this part of Durable Objects'],
  [`${W}/dispatch`, 'Workers for Platforms'],
];
