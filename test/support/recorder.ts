import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { addToRecording, beginRecording, exchangeOf, passedOn } from './recording.ts';
import { send } from './send.ts';

export type RecorderOptions = {
  /** The API behind, with `/client/v4` and without a slash at the end. */
  readonly upstream: string;
  /** Is replaced by a placeholder, so that a recording fits any account. */
  readonly accountId: string;
  /** The recording: one exchange a line. */
  readonly file: string;
  /** Goes on where an earlier run of the same scenario ended. */
  readonly isContinued?: boolean;
};

export type Recorder = AsyncDisposable & {
  /** What to give a client as the API's address. */
  readonly baseUrl: string;
};

/** Stands between a client and the API and writes down each request with its answer, and never a token. */
export async function startRecorder({ upstream, accountId, file, isContinued = false }: RecorderOptions): Promise<Recorder> {
  if (!isContinued) beginRecording(file);
  const prefix = new URL(upstream).pathname;

  const relay = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = incoming;
    const path = url.startsWith(prefix) ? url.slice(prefix.length) : url;
    // The answer is to be readable in the recording, so it must not come compressed.
    const headers = { ...passedOn(incoming.headers), 'accept-encoding': 'identity' };
    const request = { url: `${upstream}${path}`, method, headers, body: await buffer(incoming) };
    const answer = await send(request);
    addToRecording(file, exchangeOf(request, path, answer, accountId));
    outgoing.writeHead(answer.status, passedOn(answer.headers)).end(answer.body);
  };

  const server = createServer((incoming, outgoing) => {
    relay(incoming, outgoing).catch((error: unknown) => {
      outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`The recorder got no answer from ${upstream}: ${String(error)}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  return {
    baseUrl: `http://127.0.0.1:${port}${prefix}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
