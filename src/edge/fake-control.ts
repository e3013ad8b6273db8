import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EdgeReport, FeedMessage, RoutingTable, VersionSpec } from '../domain/index.ts';
import { createEdge, type Edge, type EdgeOptions } from './edge.ts';
import { aLog } from './testing.ts';

/** For the tests: a control plane that says what it is told to, on a port that stays its own when it goes and comes back. */
export class FakeControl implements AsyncDisposable {
  readonly token = 'edge-token';
  readonly specs = new Map<string, VersionSpec>();
  readonly modules = new Map<string, Buffer>();
  readonly reports: EdgeReport[] = [];
  deletedNamespaces: string[] = [];
  readonly asked: string[] = [];
  feeds: ServerResponse[] = [];
  table: RoutingTable;
  #server: Server | undefined;
  #port = 0;

  private constructor(table: RoutingTable) {
    this.table = table;
  }

  static async open(table: RoutingTable): Promise<FakeControl> {
    const control = new FakeControl(table);
    await control.comeBack();
    return control;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get generations(): number[] {
    return this.reports.map(({ generation }) => generation);
  }

  /** A Worker of one module that answers with this text. */
  addVersion(id: string, script: string, source: string, of: Partial<VersionSpec> = {}): void {
    const bytes = Buffer.from(source);
    const digest = createHash('sha256').update(bytes).digest('hex');
    this.modules.set(digest, bytes);
    this.specs.set(id, {
      id,
      script,
      tag: undefined,
      createdOn: '2026-11-21T00:00:00.000000Z',
      syntax: 'modules',
      mainModule: 'index.js',
      modules: [{ name: 'index.js', kind: 'esm', contentType: 'application/javascript+module', digest, size: bytes.length }],
      bindings: [],
      compatibilityDate: '2026-01-01',
      compatibilityFlags: [],
      limits: {},
      handlers: ['fetch'],
      ...of,
    });
  }

  say(message: FeedMessage): void {
    for (const feed of this.feeds) feed.write(`${JSON.stringify(message)}\n`);
  }

  async go(): Promise<void> {
    if (this.#server === undefined) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    this.#server = undefined;
    this.feeds = [];
    await closed;
  }

  async comeBack(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port; // A listening TCP server has one.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.go();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
    this.asked.push(`${request.method} ${pathname}`);
    if (request.headers.authorization !== `Bearer ${this.token}`) return void response.writeHead(401).end();
    const name = pathname.split('/').at(-1) ?? '';
    if (pathname === '/edge/v1/feed' && searchParams.get('edge') !== null) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(`${JSON.stringify({ type: 'table', table: this.table })}\n`);
      this.feeds.push(response);
    } else if (pathname === '/edge/v1/deleted-namespaces') {
      response.end(JSON.stringify(this.deletedNamespaces));
    } else if (pathname === '/edge/v1/reports') {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += chunk;
      this.reports.push(JSON.parse(text));
      response.writeHead(204).end();
    } else if (pathname.startsWith('/edge/v1/versions/') && this.specs.has(name)) {
      response.end(JSON.stringify(this.specs.get(name)));
    } else if (pathname.startsWith('/edge/v1/modules/') && this.modules.has(name)) {
      response.end(this.modules.get(name));
    } else {
      response.writeHead(404).end();
    }
  }
}

/** A whole edge that listens to it, on free ports and in a hurry to end. */
export const openEdge = (control: FakeControl, dataDir: string, of: Partial<EdgeOptions> = {}): Promise<Edge> =>
  createEdge({
    dataDir,
    // Short: sockets go below it.
    runtimeDir: join(dataDir, 'r'),
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    controlUrl: control.url,
    edgeToken: control.token,
    trustedProxies: [],
    log: aLog(),
    controlWaitMs: 500,
    limits: { drainTimeoutMs: 200 },
    runtimeSettings: { waitUntilGraceMs: 0, drainDeadlineMs: 200 },
    ...of,
  });
