/** An edge of its own for one server, which knows nothing of the invocations it carries: what observing costs is measured beside it. */
import { join } from 'node:path';
import { createEdge } from '../src/edge/index.ts';

const [folder = '', dataDir = '', controlUrl = '', edgeToken = ''] = process.argv.slice(2);
const silent = (): void => {};
const edge = await createEdge({
  dataDir: join(folder, 'edge'),
  runtimeDir: join(folder, 'r'),
  modulesDir: join(dataDir, 'modules'),
  host: '127.0.0.1',
  port: 0,
  adminPort: 0,
  controlUrl,
  edgeToken,
  trustedProxies: [],
  counts: false,
  log: { debug: silent, info: silent, warn: silent, error: silent },
});
console.log(edge.url);
process.on('disconnect', () => process.exit(0));
