import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ObserveClient } from '../observe/index.ts';
import type { Api } from './api.ts';
import { broken, failure } from './envelope.ts';
import { isKnownHost } from './known-host.ts';
import { ownUrl } from './own-url.ts';

const PATH = '/tails/';
/** Both sides ask more often than that whether the other is there. */
const SILENT_MS = 90_000;
const LAST_WORDS_MS = 2_000;
const AWAY = 'The process that observes Workers does not answer, and is started again. Open another tail.';

/** Where a client reads its tail. It shows no token there, so the address itself is the secret. */
export const tailUrl = (api: Api, headers: Headers, token: string): string =>
  `${ownUrl(api, headers).replace(/^http/, 'ws')}${PATH}${token}`;

/** Passes clients of tails on to the process that observes, both ways, until one of the two ends. */
export const tailUpgrades = (observe: ObserveClient, allowedHosts: readonly string[]) => ({
  /** Any other request is answered as if it had not asked for another protocol. */
  isAsked: ({ url = '', headers: { upgrade = '' } }: IncomingMessage): boolean =>
    url.startsWith(PATH) && upgrade.toLowerCase() === 'websocket',
  take: (request: IncomingMessage, client: Duplex, head: Buffer): void => {
    const { host = '' } = request.headers;
    client.on('error', () => client.destroy());
    if (!isKnownHost(host, allowedHosts)) return void answerOn(client, failure({ code: 'host_unknown', host }));
    const inside = connect(observe.socketPath);
    inside.once('error', () => void answerOn(client, broken(503, 10013, AWAY)));
    inside.setTimeout(SILENT_MS, () => inside.destroy());
    inside.once('connect', () => {
      inside.removeAllListeners('error').on('error', () => client.destroy());
      // What was said last reaches a client that reads.
      inside.once('close', () => setTimeout(() => client.destroy(), inside.readableEnded ? LAST_WORDS_MS : 0).unref());
      inside.write(headOf(request));
      inside.write(head);
      client.pipe(inside).pipe(client);
    });
    client.once('close', () => inside.destroy());
  },
});

/** What the handshake is made of, and nothing that a client adds to it. */
const headOf = ({ url = '', headers }: IncomingMessage): string => {
  const passed = Object.entries(headers).filter(([name]) => name.startsWith('sec-websocket-'));
  const lines = passed.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
  return `GET ${url} HTTP/1.1\r\nhost: observe\r\nconnection: upgrade\r\nupgrade: websocket\r\n${lines}\r\n`;
};

const answerOn = async (client: Duplex, answer: Response): Promise<void> => {
  const body = await answer.text();
  client.end(
    `HTTP/1.1 ${answer.status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  setTimeout(() => client.destroy(), LAST_WORDS_MS).unref();
};
