/** Runs in a process of its own: the two Workers of bench/bindings in Miniflare, their data on the disk. Says its address, and ends with its parent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const [folder = '.'] = process.argv.slice(2);
const PROJECTS = join(import.meta.dirname, '..', 'bindings');
const compatibilityDate = '2026-11-01';

const options = convertV4MiniflareOptions({
  host: '127.0.0.1',
  port: 0,
  workers: [
    {
      name: 'bindings',
      modules: true,
      compatibilityDate,
      script: readFileSync(join(PROJECTS, 'main', 'src', 'index.js'), 'utf8'),
      kvNamespaces: ['KV'],
      r2Buckets: ['R2'],
      d1Databases: ['DB'],
      queueProducers: { QUEUE: 'bench' },
      queueConsumers: { bench: { maxBatchTimeout: 1 } },
      durableObjects: { COUNTERS: { className: 'Counter', useSQLite: true } },
      serviceBindings: { CALLEE: 'callee' },
      assets: { directory: join(PROJECTS, 'main', 'public'), binding: 'ASSETS', routerConfig: { has_user_worker: true } },
    },
    { name: 'callee', modules: true, compatibilityDate, script: readFileSync(join(PROJECTS, 'callee', 'index.js'), 'utf8') },
  ],
});
const miniflare = new Miniflare({ ...options, resourcePersistencePath: folder });
console.log(JSON.stringify({ url: (await miniflare.ready).origin }));
process.on('disconnect', () => void miniflare.dispose().then(() => process.exit(0)));
