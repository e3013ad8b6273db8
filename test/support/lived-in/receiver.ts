import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What the shop's Logpush jobs send to, on this machine. */
export interface Receiver extends AsyncDisposable {
  /** `http://127.0.0.1:…`. */
  readonly url: string;
}

/** What is sent below this path is not taken any more, once it was tried. */
export const OUT_OF_ORDER = '/pager/';

/**
 * Listens where it did before: the jobs of a folder that is kept name its port. It takes everything, but for what goes to the pager:
 * of that only the small file by which a destination is tried.
 */
export const openReceiver = async (folder: string): Promise<Receiver> => {
  const file = join(folder, 'port-of-the-receiver');
  const server = createServer((request, response) => {
    const isOutOfOrder = request.url?.startsWith(OUT_OF_ORDER) === true && existsSync(file);
    request.resume().on('end', () => response.writeHead(isOutOfOrder ? 503 : 200, { etag: '"taken"' }).end());
  });
  const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const listening = (server.address() as AddressInfo).port; // It listens on a port, not on a path.
  return {
    url: `http://127.0.0.1:${listening}`,
    [Symbol.asyncDispose]: async () => {
      writeFileSync(file, String(listening));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
