import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { SupervisorSettings } from '../../src/runtime/index.ts';
import { descendants } from '../support/processes.ts';
import type { EdgeFault } from './broken-edge.ts';

/** What an edge of a run is told. */
export interface EdgeOrder {
  readonly folder: string;
  readonly controlUrl: string;
  readonly edgeToken: string;
  readonly runtimeSettings: Partial<SupervisorSettings>;
  /** In what it is to be wrong; the product's own edge where it is not. */
  readonly fault?: EdgeFault;
}

/** An edge in a process of its own, as the launcher runs it, with times short enough that versions are drained within a run. */
export class EdgeProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #url: Promise<string>;
  #log = '';

  constructor(order: EdgeOrder) {
    this.#child = fork(join(import.meta.dirname, order.fault === undefined ? 'sound-edge.ts' : 'broken-edge.ts'), [JSON.stringify(order)], {
      env: { PATH: process.env['PATH'] ?? '', SWITCHBACK_LOG_LEVEL: 'info' },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const output of [this.#child.stdout, this.#child.stderr]) output?.on('data', (data: Buffer) => (this.#log += data.toString()));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#ended = new Promise((end) => this.#child.once('close', end));
    this.#child.once('message', (url) => resolve(String(url)));
    void this.#ended.then(() => reject(new Error(`The edge ended:\n${this.#log}`)));
    this.#url = promise;
    promise.catch(() => undefined);
  }

  /** Where visitors arrive, once they can. */
  get url(): Promise<string> {
    return this.#url;
  }

  get log(): string {
    return this.#log;
  }

  /** The runtime's processes of its versions. */
  runtimes(): number {
    return descendants(this.#child.pid ?? 0).filter(({ command }) => /workerd.* serve /.test(command)).length;
  }

  /** It drains and ends the processes of its versions with itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}
