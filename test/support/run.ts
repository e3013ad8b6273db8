import { AssertionError } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Environment } from './environment.ts';

export type RunOptions = {
  readonly cwd: string;
  readonly env: Environment;
  /** What the program reads from its standard input; without it the input is empty. */
  readonly input?: string;
  /** A program that takes longer is killed with everything it started, and `run` throws. */
  readonly timeoutMs?: number;
};

export type Ran = {
  /** The line a person would have typed. */
  readonly command: string;
  readonly code: number;
  /** Without colours and cursor movements, which the older wranglers write into pipes too. */
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order they arrived. */
  readonly combined: string;
};

const DEFAULT_TIMEOUT_MS = 60_000;

/** Runs a program to its end. Any exit code is an answer; only a program that cannot start or does not end throws. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { cwd, env, input = '', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const command = [program, ...args].join(' ');
  // A group of its own: wrangler's entry starts a second process, which starts esbuild.
  const child = spawn(program, args, { cwd, env, detached: true });
  const output = collect(child);
  child.stdin.on('error', () => {}); // A program that ends without reading its input is its own affair.
  child.stdin.end(input);

  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child);
  }, timeoutMs);
  try {
    const code = await ended(child);
    const ran: Ran = { command, code, ...output() };
    if (isLate) throw new Error(`${command}\ndid not end within ${timeoutMs} ms. Its output:\n\n${ran.combined}`);
    return ran;
  } finally {
    clearTimeout(timer);
  }
}

/** The same result, or an error that shows the command, its code and all it said. */
export function succeeded(ran: Ran): Ran {
  if (ran.code !== 0) throw new AssertionError({ message: described(ran, 'ended with'), stackStartFn: succeeded });
  return ran;
}

/** The same result of a program that was to refuse, or an error that shows what it did instead. */
export function refused(ran: Ran): Ran {
  if (ran.code === 0) throw new AssertionError({ message: described(ran, 'was to fail and ended with'), stackStartFn: refused });
  return ran;
}

const described = ({ command, code, combined }: Ran, did: string): string => `${command}\n${did} code ${code}. Its output:\n\n${combined}`;

function collect(child: ChildProcess): () => Pick<Ran, 'stdout' | 'stderr' | 'combined'> {
  const chunks: { readonly stream: 'stdout' | 'stderr'; readonly data: Buffer }[] = [];
  for (const stream of ['stdout', 'stderr'] as const) child[stream]?.on('data', (data: Buffer) => chunks.push({ stream, data }));
  const text = (wanted: readonly string[]) => {
    const bytes = Buffer.concat(chunks.filter(({ stream }) => wanted.includes(stream)).map(({ data }) => data));
    return stripVTControlCharacters(bytes.toString());
  };
  return () => ({ stdout: text(['stdout']), stderr: text(['stderr']), combined: text(['stdout', 'stderr']) });
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // A signal has no exit code; 1 keeps `code` a plain number, and the output says the rest.
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended between the timer and now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
