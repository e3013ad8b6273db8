/** One more edge of a server, which counts invocations or knows nothing of them: what observing costs is measured between such. */
import { join } from 'node:path';
import { createEdge } from '../src/edge/index.ts';

const [folder = '', dataDir = '', controlUrl = '', edgeToken = '', counting] = process.argv.slice(2);
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
  counts: counting === 'counting',
  observesOverControl: counting === 'counting',
  log: { debug: silent, info: silent, warn: silent, error: silent },
});
console.log(edge.url);
process.on('disconnect', () => process.exit(0));
