import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { reportsSocketIn, Sketch, type Count, type EdgeReportOfUse, type Fact, type Watched } from '../observe/index.ts';
import { closeInside, listenInside } from './inside-socket.ts';

/** For the tests: an observe process that keeps what it is told, goes and comes back, and forgets to answer. */
export class FakeObserve implements AsyncDisposable {
  readonly folder: string;
  /** Each report once, however often it came. */
  readonly reports: EdgeReportOfUse[] = [];
  /** All that came, by their numbers. */
  readonly heard: string[] = [];
  /** So many of the next reports are taken, and their edge never hears of it. */
  mute = 0;
  #server: Server | undefined;
  #boots = 0;
  #watched: readonly string[] = [];
  readonly #followers = new Set<ServerResponse>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string): Promise<FakeObserve> {
    await mkdir(folder, { recursive: true });
    const observe = new FakeObserve(folder);
    await observe.comeBack();
    return observe;
  }

  async comeBack(): Promise<void> {
    this.#boots += 1;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    await listenInside(this.#server, reportsSocketIn(this.folder));
  }

  async go(): Promise<void> {
    if (this.#server !== undefined) await closeInside(this.#server);
    this.#server = undefined;
  }

  watch(...scripts: string[]): void {
    this.#watched = scripts;
    for (const follower of this.#followers) this.#tell(follower);
  }

  get counts(): readonly Count[] {
    return this.reports.flatMap(({ counts }) => counts);
  }

  get facts(): readonly Fact[] {
    return this.reports.flatMap(({ facts }) => facts);
  }

  /** How many invocations of each sort were counted, such as `hello fetch 2xx ok`. */
  get seen(): Readonly<Record<string, number>> {
    const seen: Record<string, number> = {};
    for (const { script, kind, statusClass, outcome, requests } of this.counts) {
      const sort = `${script} ${kind} ${statusClass}xx ${outcome}`;
      seen[sort] = (seen[sort] ?? 0) + requests;
    }
    return seen;
  }

  get latencies(): Sketch {
    const sketch = new Sketch();
    for (const { latency } of this.counts) sketch.add(latency);
    return sketch;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.go();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      this.#followers.add(response);
      response.once('close', () => this.#followers.delete(response));
      return this.#tell(response);
    }
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const report = JSON.parse(text) as EdgeReportOfUse;
    const number = `${report.boot} ${report.sequence}`;
    if (!this.heard.includes(number)) this.reports.push(report);
    this.heard.push(number);
    if (this.mute > 0) {
      this.mute -= 1;
      return void response.destroy();
    }
    response.end(JSON.stringify({ boot: `boot-${this.#boots}` }));
  }

  #tell(follower: ServerResponse): void {
    const watched: Watched = { scripts: this.#watched };
    follower.write(`${JSON.stringify(watched)}\n`);
  }
}
