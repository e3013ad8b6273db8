import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';
import type { Environment } from './environment.ts';

/** The part of @lydell/node-pty used here. It is installed with the clients, so its own types are out of the compiler's sight. */
type Pty = {
  onData(listener: (data: string) => void): void;
  onExit(listener: (end: { readonly exitCode: number }) => void): void;
  write(data: string): void;
  kill(signal?: string): void;
};
type PtyModule = {
  spawn(file: string, args: readonly string[], options: { cwd: string; env: Environment; name: string; cols: number; rows: number }): Pty;
};

const KEYS = { space: ' ', enter: '\r', down: '\u001B[B', up: '\u001B[A', interrupt: '\u0003' } as const;

export type Key = keyof typeof KEYS;

export type TerminalOptions = {
  readonly cwd: string;
  readonly env: Environment;
  /** The longest that one `waitFor` waits. */
  readonly timeoutMs?: number;
};

/** So many rows that no list scrolls, and so wide that no line wraps: what is written can then be read as plain text. */
const SIZE = { cols: 300, rows: 500 };
const DEFAULT_TIMEOUT_MS = 30_000;

/** Starts a command in a pseudo-terminal, where it asks its questions as it would ask a person. */
export function terminal(command: string, args: readonly string[], options: TerminalOptions): Terminal {
  return new Terminal(command, args, options);
}

export class Terminal implements AsyncDisposable {
  /** The exit code, once the command has ended. */
  readonly exit: Promise<number>;
  readonly #pty: Pty;
  readonly #command: string;
  readonly #timeoutMs: number;
  #written = '';
  /** How much of the text earlier calls of `waitFor` have used up: a question asked twice must appear twice. */
  #seen = 0;
  #hasEnded = false;
  #changed = Promise.withResolvers<void>();

  constructor(command: string, args: readonly string[], { cwd, env, timeoutMs = DEFAULT_TIMEOUT_MS }: TerminalOptions) {
    this.#command = [command, ...args].join(' ');
    this.#timeoutMs = timeoutMs;
    this.#pty = loadPty().spawn(command, args, { cwd, env: { ...env, TERM: 'xterm' }, name: 'xterm', ...SIZE });
    this.#pty.onData((data) => this.#change(() => (this.#written += data)));
    this.exit = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#change(() => (this.#hasEnded = true));
        resolve(exitCode);
      });
    });
  }

  /** All that was written so far, without colours and cursor movements. What was drawn twice stands there twice. */
  screen(): string {
    return stripVTControlCharacters(this.#written);
  }

  /** Waits until this appears after what the last call found, and answers all the text up to and with it. */
  async waitFor(wanted: string | RegExp): Promise<string> {
    const deadline = Date.now() + this.#timeoutMs;
    for (;;) {
      const changed = this.#changed.promise;
      const text = this.screen().slice(this.#seen);
      const end = endOf(wanted, text);
      if (end !== undefined) {
        this.#seen += end;
        return text.slice(0, end);
      }
      if (this.#hasEnded) throw new Error(this.#failure(wanted, 'ended before'));
      if (!(await isBefore(deadline, changed))) throw new Error(this.#failure(wanted, `was ${this.#timeoutMs} ms without`));
    }
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  press(key: Key): void {
    this.#pty.write(KEYS[key]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#pty.kill('SIGKILL');
    await this.exit;
  }

  #change(change: () => void): void {
    change();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #failure(wanted: string | RegExp, did: string): string {
    return `${this.#command}\n${did} ${String(wanted)}. On the screen:\n\n${this.screen()}`;
  }
}

function loadPty(): PtyModule {
  const require = createRequire(new URL('../clients/package.json', import.meta.url));
  return require('@lydell/node-pty') as PtyModule; // Its published types agree with the part declared above.
}

function endOf(wanted: string | RegExp, text: string): number | undefined {
  const match = typeof wanted === 'string' ? { index: text.indexOf(wanted), length: wanted.length } : found(wanted.exec(text));
  return match === undefined || match.index === -1 ? undefined : match.index + match.length;
}

const found = (match: RegExpExecArray | null) => (match === null ? undefined : { index: match.index, length: match[0].length });

/** Whether the event comes before the deadline. */
async function isBefore(deadline: number, event: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, deadline - Date.now()));
  });
  try {
    return await Promise.race([event.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
