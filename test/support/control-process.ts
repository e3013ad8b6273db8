import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../src/main/settings.ts';

const CONTROL = join(import.meta.dirname, '..', '..', 'src', 'main', 'control.ts');

export interface ControlOptions {
  /** `SWITCHBACK_FAILPOINT`: where it is to die. */
  readonly failpoint?: string;
  /** Where Node may keep what it compiled: the same program starts hundreds of times. */
  readonly compiled: string;
}

/** A start takes less than a second; beyond this it hangs. */
const READY_WITHIN_MS = 30_000;

export const EDGE_TOKEN = 'a token only for the edges of a test';

/** The control plane of a data directory as the launcher starts it: the real program, without an edge. */
export class ControlProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  /** The code it ended with, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  #said = '';

  constructor(folder: string, options: ControlOptions) {
    const env = {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: options.compiled,
      SWITCHBACK_SETTINGS: JSON.stringify(settingsFor(folder)),
      ...(options.failpoint === undefined ? {} : { SWITCHBACK_FAILPOINT: options.failpoint }),
    };
    this.#folder = folder;
    this.#child = fork(CONTROL, { env, execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#child.stderr?.on('data', (data: Buffer) => (this.#said += data.toString()));
    const { promise, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals>();
    this.#child.on('error', reject).on('close', (code, signal) => resolve(code ?? signal ?? 1));
    this.ended = promise;
  }

  /** What it wrote to standard error. */
  get said(): string {
    return this.#said;
  }

  /** One that serves requests. One that does not come so far is ended, and what it said is the error. */
  static async serving(folder: string, options: ControlOptions): Promise<ControlProcess> {
    const control = new ControlProcess(folder, options);
    if (await control.ready()) return control;
    const how = await control.stop('SIGKILL');
    throw new Error(`The control plane did not come up (${how}): ${control.said}`);
  }

  /** Answers whether it came as far as serving requests. */
  async ready(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const late = setTimeout(() => resolve(false), READY_WITHIN_MS);
    this.#child.once('message', () => resolve(true));
    void this.ended.then(
      () => resolve(false),
      () => resolve(false),
    );
    return promise.finally(() => clearTimeout(late));
  }

  /** One call of its API. A path without a slash in front is one of the account's. */
  async call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly result: unknown }> {
    const { control_url: url, account_id: account, api_token: token } = this.#credentials();
    const whole = path.startsWith('/') ? path : `/accounts/${account}/${path}`;
    const sent = body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) };
    const response = await fetch(`${url}/client/v4${whole}`, { method, headers: { authorization: `Bearer ${token}` }, ...sent });
    const { result } = (await response.json()) as { readonly result: unknown };
    return { status: response.status, result };
  }

  /** The routing table that an edge gets when it joins. */
  async table(): Promise<unknown> {
    const { control_url: url } = this.#credentials();
    const leaving = new AbortController();
    const response = await fetch(`${url}/edge/v1/feed?edge=test`, {
      headers: { authorization: `Bearer ${EDGE_TOKEN}` },
      signal: leaving.signal,
    });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('\n')) break;
    }
    leaving.abort();
    return (JSON.parse(text.slice(0, text.indexOf('\n'))) as { readonly table: unknown }).table;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }

  #credentials() {
    // The program's own file.
    return JSON.parse(readFileSync(join(this.#folder, 'credentials'), 'utf8')) as Readonly<Record<string, string>>;
  }
}

const settingsFor = (data: string): Partial<Settings> => ({
  data,
  host: '127.0.0.1',
  controlPort: 0,
  edgePort: 0,
  baseDomain: 'localhost',
  role: 'control',
  edgeToken: EDGE_TOKEN,
  heapLimitMb: 128,
  memoryLimitMb: 512,
  startupCpuMs: 5000,
  deployableVersions: 100,
  maxUploadMb: 64,
  allowedHost: [],
});
