import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_BAD_CONFIGURATION } from './bad-configuration.ts';
import type { ReadyMessage } from './child.ts';
import { descendantsOf, killIfAlive } from './descendants.ts';
import type { Settings } from './settings.ts';
import { EXIT_UNUSABLE, type UnusableMessage } from './unusable.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;
/** After so long a life the next crash is a new story and the pause starts small again. */
const HEALTHY_AFTER_MS = 30_000;
/** A child that never once became ready is not going to: its message should stand at the end of the terminal, not scroll by. */
const TRIES_TO_BECOME_READY = 3;

/** Descriptors of listening sockets that a child is started with each time, by what they are for. */
export type Sockets = Readonly<Record<string, number>>;

/** In the child: behind stdin, stdout, stderr and the channel to the launcher. */
const FIRST_SOCKET = 4;

/** The key that opens stored secrets is the control plane's alone: an edge, which runs tenants' code, never has it. */
const environmentOf = (role: string, settings: Settings, sockets: Sockets): NodeJS.ProcessEnv => {
  const { SWITCHBACK_SECRET_KEY, ...others } = process.env;
  const own = role === 'control' && SWITCHBACK_SECRET_KEY !== undefined ? { SWITCHBACK_SECRET_KEY } : {};
  // Compiled code is kept beside the data, private to it: a start takes about half as long with it.
  const NODE_COMPILE_CACHE = others['NODE_COMPILE_CACHE'] ?? compiledFolder(settings.data);
  const SWITCHBACK_SOCKETS = JSON.stringify(Object.fromEntries(Object.keys(sockets).map((name, index) => [name, FIRST_SOCKET + index])));
  return { ...others, ...own, NODE_COMPILE_CACHE, SWITCHBACK_SETTINGS: JSON.stringify(settings), SWITCHBACK_SOCKETS };
};

/** Made here, before Node makes it readable to all. Where it cannot be, the child says what is wrong with the data directory. */
const compiledFolder = (data: string): string => {
  const path = join(data, 'compiled');
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // Node goes on without a cache.
  }
  return path;
};

export interface ChildEvents {
  onReady(message: ReadyMessage): void;
  /** The child ended in a way that starting it again cannot mend. */
  onGivenUp(reason: string): void;
  /** The machine does not let it start: told once for each reason, while it is tried again and again. */
  onUnusable(reason: string): void;
  /** It crashed and is started again after the pause. */
  onCrash(reason: string, pauseMs: number): void;
  /** It ended without being asked to, however that came about. */
  onGone(): void;
}

export interface ChildOptions {
  readonly role: string;
  readonly script: string;
  /** Asked at every start: a restart keeps the port that was found the first time. */
  readonly settings: () => Settings;
  /** Held for it whether it runs or not. */
  readonly sockets: Sockets;
  /** The product is nothing without it. What is not is tried again for ever. */
  readonly isNeeded: boolean;
  readonly events: ChildEvents;
}

/** One half of the product as an operating-system process that is started again whenever it dies, until it is stopped. */
export class SupervisedChild {
  readonly #role: string;
  readonly #script: string;
  readonly #settings: () => Settings;
  readonly #sockets: Sockets;
  readonly #isNeeded: boolean;
  readonly #events: ChildEvents;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #wasReady = false;
  #crashes = 0;
  #unusable: string | undefined;
  #unusableTries = 0;

  constructor({ role, script, settings, sockets, isNeeded, events }: ChildOptions) {
    this.#role = role;
    this.#script = script;
    this.#settings = settings;
    this.#sockets = sockets;
    this.#isNeeded = isNeeded;
    this.#events = events;
  }

  start(): void {
    if (this.#isStopping) return;
    const startedAt = performance.now();
    // Detached: Ctrl-C reaches only the launcher, which then stops its children in order. They end with the channel anyway.
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', this.#script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', ...Object.values(this.#sockets)],
      detached: true,
      env: environmentOf(this.#role, this.#settings(), this.#sockets),
    });
    this.#process = child;
    child.on('message', (message: ReadyMessage | UnusableMessage) => this.#heard(message));
    child.on('error', (error) => this.#gone(error.message, startedAt));
    child.on('exit', (code, signal) => this.#gone(signal ?? code ?? 1, startedAt));
  }

  /** Asks it to drain and end; it is killed when it has not by the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (child === undefined) return;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    const deadline = setTimeout(() => this.kill(), deadlineMs);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(deadline);
  }

  /** Ends it at once, and what it started with it: the Workers' processes would run on, in nobody's care. */
  kill(): void {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    for (const each of [pid, ...descendantsOf(pid)]) killIfAlive(each);
  }

  #heard(message: ReadyMessage | UnusableMessage): void {
    if (this.#isStopping) return;
    if (message.type === 'ready') {
      this.#wasReady = true;
      this.#unusable = undefined;
      this.#unusableTries = 0;
      return this.#events.onReady(message);
    }
    if (message.reason === this.#unusable) return;
    this.#unusable = message.reason;
    this.#events.onUnusable(message.reason);
  }

  #gone(how: string | number, startedAt: number): void {
    this.#process = undefined;
    if (this.#isStopping) return;
    this.#events.onGone();
    const reason = `The ${this.#role} process ended (${typeof how === 'number' ? `code ${how}` : how})`;
    if (how === EXIT_BAD_CONFIGURATION) return this.#giveUp(`The ${this.#role} process cannot run with this configuration; see above.`);
    if (how === EXIT_UNUSABLE) return this.#startAfter(pauseAfter((this.#unusableTries += 1)));
    this.#crashes = performance.now() - startedAt > HEALTHY_AFTER_MS ? 1 : this.#crashes + 1;
    if (this.#isNeeded && !this.#wasReady && this.#crashes >= TRIES_TO_BECOME_READY) {
      return this.#giveUp(`${reason} ${this.#crashes} times before it was ready; see above.`);
    }
    const pauseMs = pauseAfter(this.#crashes);
    this.#startAfter(pauseMs);
    this.#events.onCrash(reason, pauseMs);
  }

  #startAfter(pauseMs: number): void {
    this.#timer = setTimeout(() => this.start(), pauseMs);
  }

  #giveUp(reason: string): void {
    this.#isStopping = true;
    this.#events.onGivenUp(reason);
  }
}

const pauseAfter = (failures: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
