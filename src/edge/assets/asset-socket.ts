import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { assetAnswer } from '../../domain/index.ts';
import { ASSETS_HEADER } from '../../runtime/index.ts';
import { closeInside, listenInside } from '../inside-socket.ts';
import { messageOf } from '../log.ts';
import { OpenCalls } from '../open-calls.ts';
import { assetRequest, conditionsOf, type AssetDeskOptions } from './asset-desk.ts';
import { fileReply, redirectReply } from './asset-reply.ts';
import { sendAsset } from './send-asset.ts';

export interface AssetSocketOptions extends AssetDeskOptions {
  readonly maxCallsPerCaller: number;
}

/**
 * What `env.ASSETS` leads to, over a socket that only this edge's own processes reach: a version's own assets, whatever
 * `run_worker_first` says. Which version asks is in a header that its process writes, not its code.
 */
export class AssetSocket implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(path: string, options: AssetSocketOptions): Promise<AssetSocket> {
    const open = new OpenCalls(options.maxCallsPerCaller, options.log);
    const server = createServer((request, response) => {
      answer(options, open, request, response).catch((error: unknown) => {
        options.log.error({ error: messageOf(error) }, 'An asset could not be read for a Worker.');
        if (response.headersSent) response.destroy();
        else bare(response, 500);
      });
    });
    await listenInside(server, path);
    return new AssetSocket(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeInside(this.#server);
  }
}

const answer = async (
  { indexes, files }: AssetDeskOptions,
  open: OpenCalls,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const versionId = request.headers[ASSETS_HEADER];
  if (typeof versionId !== 'string') return bare(response, 404);
  if (!open.take(versionId, response)) {
    request.resume();
    return tooMany(response, open.most);
  }
  const index = await indexes.load(versionId);
  const asked = assetRequest(request, { host: request.headers.host ?? '', path: originForm(request.url ?? '/') });
  const found = assetAnswer(index, asked);
  request.resume();
  switch (found.kind) {
    case 'not_found':
      return bare(response, 404);
    case 'method_not_allowed':
      return bare(response, 405);
    case 'redirect': {
      const reply = redirectReply(index, asked, found);
      return sendAsset(response, reply, reply.headers, undefined);
    }
    case 'file': {
      const reply = fileReply(index, asked, found, conditionsOf(request));
      return sendAsset(response, reply, reply.headers, reply.part === undefined ? undefined : await files.load(found.file));
    }
  }
};

const tooMany = (response: ServerResponse, most: number): void =>
  void response
    .writeHead(503, { 'content-type': 'text/plain;charset=utf-8' })
    .end(`This version has ${most} requests for its assets open, as many as it may have at once. Read or cancel what they answered.`);

const originForm = (url: string): string => (url.startsWith('/') ? url : `/${url.replace(/^\w+:\/\/[^/]*\/?/, '')}`);

const bare = (response: ServerResponse, status: number): void => void response.writeHead(status, { 'content-length': '0' }).end();
