import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What is under way when the process ends gets so long; what sends it again later. */
const DRAIN_MS = 2_000;

/** Whoever is gone before its answer is nobody's fault. Whoever is there is told that it was heard, and that it would fail the same way again. */
export const insideServer = (answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Server =>
  createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (response.headersSent || !request.complete) response.destroy();
      else response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: String(error) }));
    });
  });

/** Lets a server listen on a socket of its own, in place of one that was left. */
export const listenInside = async (server: Server, path: string): Promise<void> => {
  await rm(path, { force: true });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 30_000;
  server.listen(path);
  await once(server, 'listening');
};

export const closeInside = async (server: Server): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(late);
};
