import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, runClient } from './client.ts';
import { clientEnvironment, compileCache, type Connection, type Environment } from './environment.ts';
import { descendants } from './processes.ts';
import { type Ran, run, type RunOptions, succeeded } from './run.ts';
import { send } from './send.ts';
import { until } from './until.ts';

const SWITCHBACK = join(import.meta.dirname, '..', '..', 'bin', 'switchback');
/** No test leaves work behind its answers unless it says so, and then it gives that its own time. */
const FLAGS = ['--control-port', '0', '--edge-port', '0', '--edge-admin-port', '0', '--drain-seconds', '1'];

export type ServerOptions = {
  /** Flags of `start` beside the data directory and the ports; a later one wins over ours. */
  readonly args?: readonly string[];
  readonly env?: Environment;
  /** A command that runs the one behind it, with other limits say. */
  readonly within?: readonly string[];
  /** Another server's folder, after that one has ended: what is kept is found again. */
  readonly folder?: string;
};

/** What `start --json` prints; an address is missing where the server has only the other role. */
type Started = {
  readonly control_url?: string;
  readonly edge_url?: string;
  readonly edge_admin_url?: string;
  readonly pid: number;
  readonly dashboard_url?: string;
};

export type Visited = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

/** How a client is run: `project` is the folder it works in. */
export type ClientCall = { readonly project: string; readonly input?: string; readonly more?: Environment; readonly isCi?: boolean };

/** Starts the product as a person does, on folders and ports of its own. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = launchServer(options);
  try {
    await server.ready();
    return server;
  } catch (error) {
    // A server left running would keep the test's process with it.
    await server.stop('SIGKILL');
    throw error;
  }
}

/** The same without waiting until it is ready, for one that may never be. */
export function launchServer({ args = [], env: more = {}, within = [], folder }: ServerOptions = {}): Server {
  const own = folder ?? mkdtempSync(join(tmpdir(), 'sb-e2e-'));
  const env = { ...serverEnvironment(own), ...more };
  const start = [SWITCHBACK, 'start', '--json', '--data', join(own, 'data'), ...FLAGS, ...args];
  const [program = SWITCHBACK, ...rest] = [...within, ...start];
  return new Server(own, spawn(program, rest, { cwd: own, env }));
}

export class Server implements AsyncDisposable {
  /** Everything of this server and of the people who use it; removed at the end. */
  readonly folder: string;
  /** The exit code; null when a signal ended it. */
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;
  #output = '';
  #started: Started | undefined;
  #connection: Connection | undefined;
  #subdomain = '';

  constructor(folder: string, child: ChildProcess) {
    this.folder = folder;
    this.#child = child;
    child.stdout?.on('data', (data: Buffer) => (this.#output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (this.#output += data.toString()));
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    child.on('error', reject).on('close', resolve);
    this.exit = promise;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** All that `start` has printed. */
  get output(): string {
    return this.#output;
  }

  get started(): Started {
    if (this.#started === undefined) throw new Error(`The server is not ready. It printed:\n\n${this.#output}`);
    return this.#started;
  }

  get edgeUrl(): string {
    const { edge_url: url } = this.started;
    if (url === undefined) throw new Error('This server has no edge.');
    return url;
  }

  get connection(): Connection {
    if (this.#connection === undefined) throw new Error('This server has no control plane.');
    return this.#connection;
  }

  async ready(): Promise<void> {
    const ended = this.exit.then((code) => Promise.reject(new Error(`switchback start ended with code ${code}:\n\n${this.#output}`)));
    ended.catch(() => {}); // Only who waits for it wants to know.
    const line = await Promise.race([ended, until('the server to be ready', () => /^\{"data".*\}$/m.exec(this.#output)?.[0])]);
    this.#started = JSON.parse(line) as Started; // The product's own line, and a wrong one fails below.
    if (this.#started.control_url === undefined) return;
    this.#connection = connectionIn(succeeded(await this.cli(['env', '--data', this.data])).stdout);
    const { subdomain } = (await this.api('GET', `${this.#account}/workers/subdomain`)) as { subdomain: string };
    this.#subdomain = subdomain;
  }

  /** Asks it to end, and answers its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.exit;
  }

  /** Kills it and every process it started, as a machine that loses power does. */
  async killAll(): Promise<void> {
    const { pid } = this.started;
    for (const each of [pid, ...descendants(pid).map((child) => child.pid)]) {
      try {
        process.kill(each, 'SIGKILL');
      } catch {
        // It ended with its parent.
      }
    }
    await this.exit;
  }

  /** Stops it and removes everything; a server that does not end with code 0 fails the test. */
  async [Symbol.asyncDispose](): Promise<void> {
    const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
    const code = hasEnded ? 0 : await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`switchback start ended with code ${code}:\n\n${this.#output}`);
  }

  /** The process of one of its halves; it changes when that is started again. */
  half(name: 'control' | 'data' | 'edge' | 'observe'): number | undefined {
    return descendants(this.started.pid).find(({ command }) => command.endsWith(`${join('src', 'main', name)}.ts`))?.pid;
  }

  /** The runtime's processes of its versions. */
  runtimes(): readonly number[] {
    return descendants(this.started.pid)
      .filter(({ command }) => command.includes('/switchback-run-'))
      .map(({ pid }) => pid);
  }

  /** One command of `switchback`, as the same person. */
  cli(args: readonly string[], options: Partial<RunOptions> = {}): Promise<Ran> {
    return run(SWITCHBACK, args, { cwd: this.folder, env: serverEnvironment(this.folder), ...options });
  }

  /** What a client of this server has in its environment. */
  environment(more: Environment = {}, isCi = false): Environment {
    return clientEnvironment({ home: this.#home, connection: this.connection, more, isCi });
  }

  client(client: Client, args: readonly string[], { project, input, more, isCi }: ClientCall): Promise<Ran> {
    const options = { cwd: project, env: this.environment(more, isCi) };
    return runClient(client, args, input === undefined ? options : { ...options, input });
  }

  /** The result of an API call that succeeds. A body is sent as JSON, or as the form it is. A path without a slash in front is one of the account's. */
  async api(method: string, path: string, body?: unknown, token = this.connection.token): Promise<unknown> {
    const whole = path.startsWith('/') ? path : `${this.#account}/${path}`;
    const { baseUrl } = this.connection;
    const headers = { authorization: `Bearer ${token}` };
    const asJson = {
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await fetch(`${baseUrl}${whole}`, { method, ...(body instanceof FormData ? { headers, body } : asJson) });
    const { success, result, errors } = (await response.json()) as { success: boolean; result: unknown; errors: unknown };
    if (!success) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(errors)}`);
    return result;
  }

  /** The host of a Worker, a version or an alias on the subdomain. */
  host(label: string): string {
    return `${label}.${this.#subdomain}.localhost`;
  }

  /** One request to the edge on a connection of its own. A name without a dot is a Worker's. */
  async visit(name: string, path = '/', headers: IncomingHttpHeaders = {}): Promise<Visited> {
    const host = name.includes('.') ? name : this.host(name);
    const answer = await send({ url: `${this.edgeUrl}${path}`, method: 'GET', headers: { ...headers, host }, body: Buffer.alloc(0) });
    return { status: answer.status, headers: answer.headers, text: answer.body.toString() };
  }

  /** What the Worker answers, as often as asked: each text with how many times it came. */
  async tally(name: string, requests: number): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (let index = 0; index < requests; index += 1) {
      const { text } = await this.visit(name);
      counts[text] = (counts[text] ?? 0) + 1;
    }
    return counts;
  }

  /** A folder for a project of this name. */
  projectFolder(name: string): string {
    const folder = join(this.folder, 'projects', name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  get #account(): string {
    return `/accounts/${this.connection.accountId}`;
  }

  get #home(): string {
    return join(this.folder, 'home');
  }
}

/** The state folder decides which servers other commands find: nobody else's may be among them. */
const serverEnvironment = (folder: string): Environment => ({
  ...compileCache(),
  PATH: process.env['PATH'] ?? '',
  HOME: join(folder, 'home'),
  XDG_STATE_HOME: join(folder, 'state'),
  NO_COLOR: '1',
});

function connectionIn(dotenv: string): Connection {
  const values = Object.fromEntries([...dotenv.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  const { CLOUDFLARE_API_BASE_URL: baseUrl, CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_ACCOUNT_ID: accountId } = values;
  if (baseUrl === undefined || token === undefined || accountId === undefined) throw new Error(`switchback env printed:\n${dotenv}`);
  return { baseUrl, token, accountId };
}
