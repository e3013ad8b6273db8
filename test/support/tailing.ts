import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { type Client, wranglerScript } from './client.ts';
import type { Server } from './server.ts';
import { until } from './until.ts';

/** An event of a tail, as far as tests look at it. */
export interface TailedEvent {
  readonly outcome: string;
  readonly scriptName: string | null;
  readonly scriptVersion?: { readonly id: string; readonly tag?: string; readonly message?: string };
  readonly entrypoint?: string;
  readonly executionModel?: string;
  readonly durableObjectId?: string;
  readonly truncated?: boolean;
  readonly wallTime?: number;
  readonly cpuTime?: number;
  readonly eventTimestamp: number;
  readonly event: Readonly<Record<string, unknown>> | null;
  readonly logs: readonly { readonly message: readonly unknown[]; readonly level: string; readonly timestamp: number }[];
  readonly exceptions: readonly { readonly name: string; readonly message: string; readonly stack?: string }[];
}

/** What comes on a stream, and when its last came. */
export interface Tailed extends TailedEvent {
  /** Milliseconds since 1970, of when it was printed. */
  readonly seenAt: number;
}

export interface TailOptions {
  readonly client: Client;
  /** Behind `wrangler tail`. */
  readonly args: readonly string[];
  /** Written here as JSON unless it says otherwise. */
  readonly format?: 'json' | 'pretty';
}

/** wrangler itself takes seconds to start where others start too. */
const SHOWN_WITHIN_MS = 60_000;

/** A `wrangler tail` that runs until it is interrupted. */
export class Tailing implements AsyncDisposable {
  readonly events: Tailed[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;
  #printed = '';
  #parsed = 0;

  constructor(server: Server, { client, args, format = 'json' }: TailOptions) {
    const project = server.projectFolder('elsewhere');
    this.#child = spawn(process.execPath, [wranglerScript(client), 'tail', ...args, '--format', format], {
      cwd: project,
      env: server.environment(),
      // A group of its own, as a shell gives it: Ctrl-C goes to wrangler's entry and to what that starts.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exit = once(this.#child, 'close').then(([code]) => code as number | null);
    this.#child.stdout?.on('data', (data: Buffer) => this.#take(data, format));
    this.#child.stderr?.on('data', (data: Buffer) => this.#take(data, 'pretty'));
  }

  /** All that it wrote. */
  get printed(): string {
    return stripVTControlCharacters(this.#printed);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Waits for an event that fits, and answers the first. */
  async event(what: string, fits: (event: Tailed) => boolean): Promise<Tailed> {
    return until(
      what,
      () => {
        if (this.hasEnded) throw new Error(`wrangler tail ended instead of showing ${what}:\n\n${this.printed}`);
        return this.events.find(fits);
      },
      SHOWN_WITHIN_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n\nIt printed:\n\n${this.printed}`, { cause: error });
    });
  }

  async prints(text: string | RegExp): Promise<void> {
    await until(
      `${String(text)} in what wrangler tail prints`,
      () => {
        if (typeof text === 'string' ? this.printed.includes(text) : text.test(this.printed)) return true;
        if (this.hasEnded) throw new Error(`wrangler tail ended instead of printing ${String(text)}:\n\n${this.printed}`);
        return false;
      },
      SHOWN_WITHIN_MS,
    );
  }

  /** Ctrl-C; answers the exit code. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (!this.hasEnded && this.#child.pid !== undefined) process.kill(-this.#child.pid, signal);
    return this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.interrupt('SIGKILL');
  }

  /** As JSON an event is an object over several lines, of which the first and the last are a brace. */
  #take(data: Buffer, format: 'json' | 'pretty'): void {
    this.#printed += data.toString();
    if (format !== 'json') return;
    for (let end = this.#end(); end !== -1; end = this.#end()) {
      const text = this.#printed.slice(this.#parsed, end + 2);
      this.#parsed = end + 2;
      const begin = /^\{$/m.exec(text)?.index ?? 0;
      this.events.push({ ...(JSON.parse(text.slice(begin)) as TailedEvent), seenAt: Date.now() });
    }
  }

  #end(): number {
    return this.#printed.indexOf('\n}\n', this.#parsed) === -1 ? -1 : this.#printed.indexOf('\n}\n', this.#parsed) + 1;
  }
}
