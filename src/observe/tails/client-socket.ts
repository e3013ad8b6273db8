import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MendedStream } from './mended-stream.ts';

/** What wrangler speaks, and insists on hearing back. */
const PROTOCOL = 'trace-v1';
/** Clients say `{"debug":false}`, and pings. */
const MOST_CLIENT_BYTES = 16 * 1024;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: MOST_CLIENT_BYTES,
  // Without takeover it costs no memory between events.
  perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 },
  handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
});

/** Makes a WebSocket of a client's connection; what is no proper request for one is refused on it, and never connected. */
export const acceptClient = (request: IncomingMessage, socket: Duplex, head: Buffer, connected: (client: WebSocket) => void): void =>
  server.handleUpgrade(request, new MendedStream(socket, head), Buffer.alloc(0), connected);

/** Refuses before there is a WebSocket, so that a client sees why. */
export const refuseClient = (socket: Duplex, status: 404 | 409, sentence: string): void => {
  const words = status === 404 ? 'Not Found' : 'Conflict';
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${words}\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(sentence)}\r\n\r\n${sentence}`,
  );
};
