import { request as httpRequest, ServerResponse, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Arrival } from './arrival.ts';
import { responseHeaders } from './response-head.ts';
import type { RunningVersion } from './version-pool.ts';

type Accepted = Extract<Arrival, { page?: undefined }>;

/** A visitor who asks for a WebSocket, and where that goes. */
export interface Handshake {
  readonly request: IncomingMessage;
  readonly visitor: Socket;
  readonly early: Buffer;
  readonly arrival: Accepted;
  readonly ray: string;
  readonly startedAt: number;
}

/** A handshake is a GET without a body (RFC 6455 4.1): of any other, nobody could say where it ends and the WebSocket begins. */
export const isHandshake = ({ method, headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket' &&
  method === 'GET' &&
  Number(headers['content-length'] ?? 0) === 0 &&
  headers['transfer-encoding'] === undefined;

export const neverConnected = (error: NodeJS.ErrnoException): boolean => error.code === 'ECONNREFUSED' || error.code === 'ENOENT';

/** The same request to the version. */
export const handshakeWith = ({ request, arrival: { path, head } }: Handshake, { socketPath }: RunningVersion): ClientRequest =>
  httpRequest({
    socketPath,
    path,
    method: request.method ?? 'GET',
    headers: [...head.forward, 'connection', 'Upgrade', 'upgrade', 'websocket'],
    agent: false,
  });

/** `Connection` and `Upgrade` are this hop's own; the rest of the 101 is the version's. */
export const switchingHead = (response: IncomingMessage, ray: string, answer: string | undefined): string => {
  const headers = [
    'Connection',
    'Upgrade',
    'Upgrade',
    'websocket',
    ...responseHeaders(response.rawHeaders, { ray, version: answer, isLast: false }),
  ];
  let text = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}\r\n`;
};

export const tie = (visitor: Socket, worker: Socket, early: Buffer, first: Buffer): void => {
  for (const socket of [visitor, worker]) socket.setTimeout(0).setNoDelay(true).setKeepAlive(true, 60_000);
  worker.on('error', () => visitor.destroy());
  worker.once('close', () => visitor.destroySoon());
  // One that was reset or cut does not end what is piped from it, and the request that made the other socket has let go of it.
  visitor.once('close', () => worker.destroy());
  if (early.length > 0) worker.write(early);
  if (first.length > 0) visitor.write(first);
  visitor.pipe(worker).pipe(visitor);
};

/** An ordinary answer on a socket that was taken out of HTTP for an upgrade that does not happen. */
export const httpAnswer = (request: IncomingMessage, socket: Socket): ServerResponse => {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  return response;
};
