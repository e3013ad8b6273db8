/** Runs in a process of its own: the Worker whose observing is measured, in Miniflare, which logs into a file or not at all. Says its address, and ends with its parent. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { COMPATIBILITY_DATE } from '../bare.ts';
import { LOGGING } from '../sources.ts';

const [folder = '.', logging] = process.argv.slice(2);
const isLogging = logging === 'logging';
const file = createWriteStream(join(folder, 'log'));

class FileLog extends Log {
  override log(line: string): void {
    file.write(`${line}\n`);
  }
}

const options = convertV4MiniflareOptions({
  host: '127.0.0.1',
  port: 0,
  logRequests: isLogging,
  ...(isLogging ? { log: new FileLog(LogLevel.INFO) } : {}),
  handleStructuredLogs: isLogging ? ({ message }) => file.write(`${message}\n`) : () => undefined,
  workers: [{ name: 'logging', modules: true, compatibilityDate: COMPATIBILITY_DATE, script: LOGGING }],
});
const miniflare = new Miniflare({ ...options, resourcePersistencePath: folder });
console.log(JSON.stringify({ url: (await miniflare.ready).origin }));
process.on('disconnect', () => void miniflare.dispose().then(() => process.exit(0)));
