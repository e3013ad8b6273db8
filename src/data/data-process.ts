import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Child, describeEnding, endOrphans, makeProcessFolder, untilReady } from '../runtime/index.ts';
import { dataFolders, heldSockets, ownSockets, renderDataConfig, type HeldDescriptors } from './config.ts';
import { StandIn } from './stand-in.ts';

export interface DataProcessOptions {
  readonly dataDir: string;
  readonly runtimeDir: string;
  /** Of sockets that are held for it, by the kind of resource; without them it makes its own. */
  readonly descriptors?: HeldDescriptors | undefined;
  readonly log: (detail: Readonly<Record<string, unknown>>, sentence: string) => void;
}

/** A disk that is slow to open thousands of databases' folders is no fault. */
const STARTUP = { startupCpuMs: 30_000, startupDeadlineMs: 30_000 };
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 5_000;
/** workerd ends at once where nothing is under way; what is under way is short. */
const END_WITHIN_MS = 5_000;

/**
 * The one process that holds what bindings reach, started again whenever it ends. One at a time: nothing locks its files, so what an
 * earlier server left running is ended first (I5).
 */
export class DataProcess implements AsyncDisposable {
  readonly #options: DataProcessOptions;
  #child: Child;
  readonly #standIn: StandIn;
  readonly #closing = new AbortController();
  readonly #watched: Promise<void>;

  private constructor(options: DataProcessOptions, child: Child) {
    this.#options = options;
    this.#child = child;
    const onBegin = (): void => options.log({}, 'The data process is not back yet: what bindings ask of it is refused from now on.');
    this.#standIn = new StandIn(Object.values(heldSockets(options.descriptors ?? {})), { onBegin });
    this.#watched = this.#watch();
  }

  /** Resolves once it answers; throws why it does not start. */
  static async open(options: DataProcessOptions): Promise<DataProcess> {
    await mkdir(options.runtimeDir, { recursive: true, mode: 0o700 });
    for (const folder of dataFolders(options.dataDir)) await mkdir(folder, { recursive: true, mode: 0o700 });
    const { left } = await endOrphans(options.runtimeDir);
    if (left.length > 0) throw new Error(`What bindings reach may still be open elsewhere, and is not opened beside it. ${left.join(' ')}`);
    return new DataProcess(options, await startedSoon(options));
  }

  get pid(): number {
    return this.#child.pid;
  }

  async #watch(): Promise<void> {
    for (;;) {
      const ending = await this.#child.exited;
      if (this.#closing.signal.aborted) return;
      this.#options.log(
        { pid: this.#child.pid, last: this.#child.stderr().slice(-1000) },
        `The data process ${describeEnding(ending)}; it is started again.`,
      );
      await this.#startAgain();
    }
  }

  /** One that comes up when it is not wanted any more is ended like any other: whoever closes waits for this. */
  async #startAgain(): Promise<void> {
    this.#standIn.away();
    for (let pauseMs = FIRST_PAUSE_MS; !this.#closing.signal.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        this.#child = await started(this.#options, this.#closing.signal);
        this.#standIn.back();
        if (this.#closing.signal.aborted) this.#child.signal('SIGTERM');
        return;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.#options.log({ error: String(error) }, 'The data process did not start.');
        await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#child.signal('SIGTERM');
    const patience = new AbortController();
    const late = wait(END_WITHIN_MS, undefined, { signal: patience.signal }).then(
      () => this.#child.signal('SIGKILL'),
      () => undefined,
    );
    await this.#watched;
    await this.#child.exited;
    this.#standIn[Symbol.dispose]();
    patience.abort();
    await late;
  }
}

/** What was ended a moment ago may still hold its files. */
const startedSoon = async (options: DataProcessOptions): Promise<Child> => {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    try {
      return await started(options);
    } catch (error) {
      if (pauseMs > LONGEST_PAUSE_MS) throw error;
      await wait(pauseMs);
    }
  }
};

const started = async ({ dataDir, runtimeDir, descriptors = {} }: DataProcessOptions, signal?: AbortSignal): Promise<Child> => {
  const held = heldSockets(descriptors);
  // workerd does not listen where a socket was left.
  for (const socket of ownSockets(runtimeDir, descriptors)) await rm(socket, { force: true });
  const folder = await makeProcessFolder(runtimeDir);
  const config = renderDataConfig({ dataDir, runtimeDir, probeSocket: folder.probeSocket });
  const child = await Child.spawn({ config, environment: {}, flags: ['--experimental'], held }, folder);
  await untilReady(child, STARTUP, signal);
  return child;
};
