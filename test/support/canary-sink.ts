import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** Where Logpush sends to, and who watches tails: both keep what they are told. */
export interface Sink extends Disposable {
  /** What is sent below `/refuse` it refuses, and repeats to who sent it. */
  readonly url: string;
  /** The bodies that came, unpacked. */
  readonly pushed: readonly string[];
  readonly tailed: readonly string[];
  watch(url: string): Promise<void>;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

export const aSink = async (): Promise<Sink> => {
  const pushed: string[] = [];
  const tailed: string[] = [];
  const watchers: WebSocket[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    pushed.push(String(body.subarray(0, 2).equals(GZIP) ? gunzipSync(body) : body));
    const isRefused = request.url?.startsWith('/refuse') === true;
    response.writeHead(isRefused ? 403 : 200).end(isRefused ? `${request.url} ${JSON.stringify(request.headers)}` : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushed,
    tailed,
    watch: async (url) => {
      const watcher = new WebSocket(url, 'trace-v1');
      watcher.binaryType = 'arraybuffer';
      watcher.addEventListener('message', ({ data }) => tailed.push(typeof data === 'string' ? data : Buffer.from(data).toString()));
      await once(watcher, 'open');
      watchers.push(watcher);
    },
    [Symbol.dispose]: () => {
      for (const watcher of watchers) watcher.close();
      server.closeAllConnections();
      server.close();
    },
  };
};
