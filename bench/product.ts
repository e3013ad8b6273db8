import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { COMPATIBILITY_DATE } from './bare.ts';
import { descendantsOf } from './processes.ts';
import { killTree, newFolder, spawnOwned } from './scratch.ts';
import { visit } from './visit.ts';

const SWITCHBACK = join(import.meta.dirname, '..', 'bin', 'switchback');
const ANY_FREE_PORTS = ['--control-port', '0', '--edge-port', '0', '--edge-admin-port', '0'];

export interface Share {
  readonly version_id: string;
  readonly percentage: number;
}

/** `switchback start`, the whole product, on a folder and ports of its own; driven through its API as any client drives it. */
export class Product implements AsyncDisposable {
  readonly edgeUrl: string;
  readonly controlUrl: string;
  readonly dataDir: string;
  readonly pid: number;
  /** From the spawn to the line that says it is ready. */
  readonly readyMs: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #api: string;
  readonly #token: string;

  private constructor(child: ChildProcess, folder: string, line: string, readyMs: number) {
    const started = JSON.parse(line) as { control_url: string; edge_url: string }; // The product's own line.
    const credentials = JSON.parse(readFileSync(join(folder, 'data', 'credentials'), 'utf8')) as { api_token: string; account_id: string };
    this.edgeUrl = started.edge_url;
    this.controlUrl = started.control_url;
    this.dataDir = join(folder, 'data');
    this.pid = child.pid ?? 0;
    this.readyMs = readyMs;
    this.#child = child;
    this.#folder = folder;
    this.#api = `${started.control_url}/client/v4/accounts/${credentials.account_id}/workers/scripts`;
    this.#token = credentials.api_token;
  }

  /** `folder` holds its data in `data`; another server may have left it there. */
  static async start(folder: string = newFolder('product'), args: readonly string[] = []): Promise<Product> {
    const startedAt = performance.now();
    const child = spawnOwned(SWITCHBACK, ['start', '--json', '--data', join(folder, 'data'), ...ANY_FREE_PORTS, ...args], {
      cwd: folder,
      env: environmentIn(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const line = await readyLine(child);
    return new Product(child, folder, line, performance.now() - startedAt);
  }

  host(label: string): string {
    return `${label}.switchback.localhost`;
  }

  /** Ids of the processes whose command has this in it: `main/edge.ts`, `main/control.ts`. */
  pidsOf(command: string): readonly number[] {
    return descendantsOf(this.pid)
      .filter((each) => each.command.includes(command))
      .map(({ pid }) => pid);
  }

  /** All of its processes. */
  allPids(): readonly number[] {
    return [this.pid, ...descendantsOf(this.pid).map(({ pid }) => pid)];
  }

  /** Ids of the processes that run versions; what holds bindings' data is another workerd. */
  versionPids(): readonly number[] {
    return this.pidsOf('/switchback-run-');
  }

  /** One command of wrangler on a project, as its owner would give it. */
  async wrangler(project: string, args: readonly string[]): Promise<void> {
    const env = { ...environmentIn(this.#folder), SWITCHBACK_DATA: join(this.#folder, 'data'), CI: 'true' };
    const child = spawnOwned(SWITCHBACK, ['wrangler', ...args], { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream)));
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`wrangler ${args.join(' ')} ended with ${code}:\n${(await Promise.all(said)).join('\n')}`);
  }

  /** Uploads and deploys a Worker and opens its addresses. Answers the version's id. */
  async deployed(name: string, source: string, settings: object = {}): Promise<string> {
    await this.call('PUT', `/${name}`, uploadOf(source, settings));
    await this.call('POST', `/${name}/subdomain`, { enabled: true, previews_enabled: true });
    const { items } = (await this.call('GET', `/${name}/versions?per_page=1`)) as { items: readonly { id: string }[] };
    const [version] = items;
    if (version === undefined) throw new Error(`The Worker ${name} has no version after its upload.`);
    return version.id;
  }

  /** One request to a Worker (or a version's or alias's name) on a new connection; answers what it said. */
  visit(label: string): Promise<string> {
    return visit(this.edgeUrl, this.host(label));
  }

  /** Uploads a version that gets no traffic and answers its id. */
  async uploaded(name: string, source: string): Promise<string> {
    return ((await this.call('POST', `/${name}/versions`, uploadOf(source))) as { id: string }).id;
  }

  async deploy(name: string, shares: readonly Share[], message = 'bench'): Promise<void> {
    const body = { strategy: 'percentage', versions: shares, annotations: { 'workers/message': message } };
    await this.call('POST', `/${name}/deployments?force=true`, body);
  }

  /** The result of a call that succeeds; `path` is below `/workers/scripts`. */
  async call(method: 'GET' | 'PUT' | 'POST', path: string, body?: FormData | object): Promise<unknown> {
    return this.#ask(method, `${this.#api}${path}`, body);
  }

  /** The same of Switchback's own calls, below `/switchback/v1`. */
  async own(path: string): Promise<unknown> {
    return this.#ask('GET', `${this.controlUrl}/switchback/v1${path}`);
  }

  async #ask(method: string, url: string, body?: FormData | object): Promise<unknown> {
    const isForm = body instanceof FormData;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const { success, result, errors } = (await response.json()) as { success: boolean; result: unknown; errors: unknown };
    if (!success) throw new Error(`${method} ${url} was refused (${response.status}): ${JSON.stringify(errors)}`);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit');
    killTree(this.#child);
    await exited;
  }
}

/** The servers of the person who measures are none of our business, and nothing is to stay behind. */
const environmentIn = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_RUNTIME_DIR: folder,
});

/** The multipart form that wrangler sends. */
export const uploadOf = (source: string, settings: object = {}): FormData => {
  const metadata = { main_module: 'worker.js', compatibility_date: COMPATIBILITY_DATE, bindings: [], ...settings };
  const form = new FormData();
  form.set('metadata', JSON.stringify(metadata));
  form.set('worker.js', new File([source], 'worker.js', { type: 'application/javascript+module' }));
  return form;
};

const readyLine = async (child: ChildProcess): Promise<string> => {
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = (chunk: Buffer): void => {
    output += chunk.toString();
    const line = /^\{"data".*\}$/m.exec(output)?.[0];
    if (line !== undefined) resolve(line);
  };
  child.stdout?.on('data', look);
  child.stderr?.on('data', look);
  child.once('error', reject).once('exit', (code) => reject(new Error(`switchback start ended with ${code}:\n${output}`)));
  return promise;
};
