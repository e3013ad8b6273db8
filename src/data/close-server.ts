import { once } from 'node:events';
import type { Server } from 'node:http';

/** Lets what is under way finish for so long. */
export const closeServer = async (server: Server, withinMs: number): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearTimeout(late);
};
