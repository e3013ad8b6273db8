import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname } from 'node:path';

/** Has a server answer on a socket that only processes of this edge reach. What a killed edge left there is nobody's: the folder is this edge's alone. */
export const listenInside = async (server: Server, path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(path, { force: true });
  // workerd closes its idle connections itself; ours must not be the side that closes first.
  server.keepAliveTimeout = 0;
  server.listen(path);
  await once(server, 'listening');
};

export const closeInside = async (server: Server): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
};
