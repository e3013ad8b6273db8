import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What came back on one connection, and whether it was the server that ended it. */
export interface Answered {
  readonly statuses: readonly number[];
  readonly text: string;
  readonly isEnded: boolean;
}

/** Connected, and nobody's uncaught exception when the server cuts it. */
export const dial = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1').on('error', () => socket.destroy());
  await once(socket, 'connect');
  return socket;
};

/**
 * Sends these bytes as they are, and collects what comes until the server ends the connection, or nothing came for a
 * while: to some of what is sent here no answer is due.
 */
export const sendRaw = async (port: number, bytes: string, silenceMs = 300): Promise<Answered> => {
  const socket = await dial(port);
  let text = '';
  let isEnded = false;
  const over = new Promise<void>((resolve) => {
    socket.setTimeout(silenceMs, resolve);
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    socket.once('close', () => {
      isEnded = true;
      resolve();
    });
  });
  socket.write(Buffer.from(bytes, 'latin1'));
  await over;
  socket.destroy();
  return { text, isEnded, statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)) };
};

/** The same piece again and again, at the pace of the reader, until it ends the connection or this much was sent. Answers the bytes sent. */
export const sendEndlessly = async (socket: Socket, piece: Buffer, mostBytes: number): Promise<number> => {
  let sent = 0;
  while (sent < mostBytes && socket.writable) {
    sent += piece.byteLength;
    if (socket.write(piece)) await wait(0);
    else await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
  }
  return sent;
};

/** Runs at most this many at once. */
export const each = async <Item>(items: readonly Item[], atOnce: number, run: (item: Item) => Promise<void>): Promise<void> => {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await run(item);
    }),
  );
};
