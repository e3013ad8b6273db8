import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { failpoint } from '../files/index.ts';
import { ranIntoLimit } from './cgroup.ts';
import { cpuMsOf, mainThreadCpuMsOf, residentBytesOf } from './proc.ts';
import { readOutput } from './lines.ts';
import { FIRST_EXTRA_DESCRIPTOR } from './certificate-plan.ts';
import { handedOver } from './handed-over.ts';
import { removeFolder, writeConfig, type ProcessFolder } from './process-folder.ts';
import { announceProcess, recordProcess } from './process-record.ts';
import { ranOutOfMemory } from './start-failure.ts';
import { workerdBinary } from './binary.ts';

/** What a process did that it may not: it used more memory or processor time than it may, or fell silent. */
export type ProcessFault = 'memory' | 'cpu' | 'silence';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** For which it was ended, or ended itself; undefined where it did nothing wrong, and where nobody knows. */
  readonly fault: ProcessFault | undefined;
}

/** What a workerd process is started with. */
export interface Command {
  /** The text of its configuration file. */
  readonly config: string;
  /** Its whole environment: nothing of ours reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Private keys that its configuration embeds by their places, see `keyPath`. */
  readonly keys?: readonly string[];
  /** Descriptors of listening sockets that are held for it, by their names in the configuration. */
  readonly held?: Readonly<Record<string, number>>;
  /** Where else it is recorded, beside its folder. */
  readonly alsoRecordedIn?: string | undefined;
}

/** A workerd process in its folder. The folder goes when the process does. */
export class Child {
  readonly folder: ProcessFolder;
  readonly pid: number;
  /** Resolves when the process has ended, its output is read and its folder is gone. */
  readonly exited: Promise<Ending>;
  /** The last 8 KB of what it wrote to stderr. */
  readonly stderr: () => string;
  /** The group in which its memory has a limit of the kernel. */
  confinedIn: string | undefined;
  readonly #process: ChildProcess;
  #fault: ProcessFault | undefined;

  private constructor(folder: ProcessFolder, process: ChildProcess, pid: number, onLog: ((line: string) => void) | undefined) {
    this.folder = folder;
    this.pid = pid;
    this.#process = process;
    this.stderr = process.stderr === null ? () => '' : readOutput(process.stderr, onLog);
    if (process.stdout !== null) readOutput(process.stdout, onLog);
    // A signal that cannot be sent is an event too; the deadlines that follow every signal decide then.
    process.on('error', () => undefined);
    this.exited = new Promise<Ending>((resolve) =>
      process.once('close', (code, signal) => resolve({ code, signal, fault: this.#faultSoFar(signal) })),
    ).then(async (ending) => {
      // What cannot be removed now is taken by endOrphans at the next start.
      await removeFolder(folder).catch(() => undefined);
      return ending;
    });
  }

  static async spawn(command: Command, folder: ProcessFolder, onLog?: (line: string) => void): Promise<Child> {
    let child: ChildProcess | undefined;
    const { alsoRecordedIn } = command;
    const records = alsoRecordedIn === undefined ? [folder.record] : [folder.record, alsoRecordedIn];
    try {
      await writeConfig(folder, command.config);
      for (const record of records) announceProcess(record, folder.config);
      // A group of its own: Ctrl-C in a terminal reaches the edge only, which then drains.
      using keys = handedOver(folder, command.keys ?? []);
      const held = Object.entries(command.held ?? {});
      const sockets = held.map(([name], index) => `--socket-fd=${name}=${FIRST_EXTRA_DESCRIPTOR + keys.descriptors.length + index}`);
      const process = (child = spawn(workerdBinary(), ['serve', folder.config, '-I/', ...sockets, ...(command.flags ?? [])], {
        cwd: folder.path,
        env: command.environment,
        stdio: ['ignore', 'pipe', 'pipe', ...keys.descriptors, ...held.map(([, descriptor]) => descriptor)],
        detached: true,
      }));
      if (process.pid === undefined) await once(process, 'spawn');
      const pid = process.pid ?? 0;
      failpoint('runtime:spawned');
      for (const record of records) recordProcess(record, pid);
      return new Child(folder, process, pid, onLog);
    } catch (cause) {
      await ended(child);
      if (alsoRecordedIn !== undefined) await rm(alsoRecordedIn, { force: true }).catch(() => undefined);
      await removeFolder(folder);
      throw cause;
    }
  }

  signal(signal: 'SIGTERM' | 'SIGKILL', fault?: ProcessFault): void {
    this.#fault ??= fault;
    this.#process.kill(signal);
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  cpuMs(): number | undefined {
    return cpuMsOf(this.pid);
  }

  /** The runtime says so where the heap of the version's code is full, the kernel where its process was too large. */
  #faultSoFar(signal: NodeJS.Signals | null): ProcessFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const isTooLarge = signal === 'SIGKILL' && this.confinedIn !== undefined && ranIntoLimit(this.confinedIn);
    return isTooLarge || ranOutOfMemory(this.stderr()) ? 'memory' : undefined;
  }

  mainThreadCpuMs(): number | undefined {
    return mainThreadCpuMsOf(this.pid);
  }

  residentBytes(): number | undefined {
    return residentBytesOf(this.pid);
  }
}

/** A process that could not be recorded must not run: nobody would find it. */
const ended = async (child: ChildProcess | undefined): Promise<void> => {
  if (child?.pid === undefined) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
};

export const describeEnding = ({ code, signal }: Ending): string =>
  signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal}`;
