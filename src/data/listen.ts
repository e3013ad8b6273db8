import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';

/** Where a server listens: a descriptor that somebody holds for it, or a socket of its own in place of one that was left. */
export type Listening = { readonly path: string; readonly descriptor?: number | undefined };

export const listen = async (server: Server, { path, descriptor }: Listening): Promise<void> => {
  if (descriptor === undefined) await rm(path, { force: true });
  server.listen(descriptor === undefined ? path : { fd: descriptor });
  await once(server, 'listening');
};
