/** The product's edge as a program: `src/main/edge.ts` with the settings of a run in place of an operator's. */
import { join } from 'node:path';
import { createEdge } from '../../src/edge/index.ts';
import { openLog } from '../../src/main/log.ts';
import type { EdgeOrder } from './edge-process.ts';

const { folder, controlUrl, edgeToken, runtimeSettings } = JSON.parse(process.argv[2] ?? '') as EdgeOrder; // The parent's own.

const edge = await createEdge({
  dataDir: join(folder, 'edge'),
  runtimeDir: join(folder, 'r'),
  host: '127.0.0.1',
  port: 0,
  adminPort: 0,
  controlUrl,
  edgeToken,
  trustedProxies: [],
  limits: { drainTimeoutMs: 1000 },
  runtimeSettings,
  log: openLog('edge'),
});
process.once('SIGTERM', () => void edge.close().then(() => process.exit()));
process.send?.(edge.url);
