import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bodyWithin, MOST_BATCH_BYTES, tracesSocketIn } from '../../observe/index.ts';
import type { ControlClient } from '../control-client.ts';
import { closeInside, listenInside } from '../inside-socket.ts';

/** Batches on their way, of all processes together: whose tracer is refused drops what finds no room, and counts it. */
const MOST_AT_ONCE = 16;

/** Where processes of an edge that runs apart post their traces: they go on to the control plane, and its answer goes back. */
export class TraceRelay implements AsyncDisposable {
  readonly #server: Server;
  readonly #control: Pick<ControlClient, 'observed'>;
  #underWay = 0;

  private constructor(control: Pick<ControlClient, 'observed'>) {
    this.#control = control;
    this.#server = createServer((request, response) => void this.#pass(request, response).catch(() => response.destroy()));
  }

  static async open(folder: string, control: Pick<ControlClient, 'observed'>): Promise<TraceRelay> {
    const relay = new TraceRelay(control);
    await listenInside(relay.#server, tracesSocketIn(folder));
    return relay;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeInside(this.#server);
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underWay += 1;
    response.once('close', () => (this.#underWay -= 1));
    const body = this.#underWay > MOST_AT_ONCE ? undefined : await bodyWithin(request, MOST_BATCH_BYTES);
    if (body === undefined) {
      request.resume();
      return void response.writeHead(503).end();
    }
    const { status, text } = await this.#control.observed('traces', body).catch(() => ({ status: 503, text: '' }));
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }
}
