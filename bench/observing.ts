/** The observe process alone, in the folder of its first argument: what the row of that name measures. */
import { join } from 'node:path';
import { openObserver } from '../src/observe/index.ts';

const folder = process.argv[2] ?? '';
await openObserver({
  folder,
  dataDir: join(folder, 'data'),
  modulesDir: join(folder, 'modules'),
  archiveBytes: 2048 * 1024 * 1024,
  log: (detail, sentence) => console.error(sentence, detail),
});
console.log('ready');
