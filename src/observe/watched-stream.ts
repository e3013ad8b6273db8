import type { ServerResponse } from 'node:http';
import type { WatchBoard } from './watch-board.ts';

/** Where an edge asks what is watched. */
export const watchedPath = (edge: string): string => `/watched?edge=${encodeURIComponent(edge)}`;

/** So often a line is sent though nothing changed: an edge that hears none for longer asks anew. */
const HEARTBEAT_MS = 10_000;

/** Tells the edge that asks `?edge=<name>` what is watched, now and at each change, until it leaves. */
export const streamWatched = (board: WatchBoard, response: ServerResponse): void => {
  let told = '';
  const tell = (): void => {
    const line = `${JSON.stringify(board.watched)}\n`;
    if (line === told) return;
    told = line;
    response.write(line);
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  tell();
  const leave = board.listens(new URL(response.req.url ?? '', 'http://observe').searchParams.get('edge') ?? '');
  const unfollow = board.follow(tell);
  const heartbeat = setInterval(() => response.write(told), HEARTBEAT_MS);
  response.once('close', () => {
    leave();
    unfollow();
    clearInterval(heartbeat);
  });
};
