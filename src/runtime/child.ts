import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpuMsOf, mainThreadCpuMsOf, residentBytesOf } from './proc.ts';
import { readOutput } from './lines.ts';
import { recordProcess, removeFolder, writeConfig, type ProcessFolder } from './process-folder.ts';
import { workerdBinary } from './binary.ts';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a workerd process is started with. */
export interface Command {
  /** The text of its configuration file. */
  readonly config: string;
  /** Its whole environment: nothing of ours reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** A workerd process in its folder. The folder goes when the process does. */
export class Child {
  readonly folder: ProcessFolder;
  readonly pid: number;
  /** Resolves when the process has ended, its output is read and its folder is gone. */
  readonly exited: Promise<Ending>;
  /** The last 8 KB of what it wrote to stderr. */
  readonly stderr: () => string;
  readonly #process: ChildProcess;

  private constructor(folder: ProcessFolder, process: ChildProcess, pid: number, onLog: ((line: string) => void) | undefined) {
    this.folder = folder;
    this.pid = pid;
    this.#process = process;
    this.stderr = process.stderr === null ? () => '' : readOutput(process.stderr, onLog);
    if (process.stdout !== null) readOutput(process.stdout, onLog);
    // A signal that cannot be sent is an event too; the deadlines that follow every signal decide then.
    process.on('error', () => undefined);
    this.exited = new Promise<Ending>((resolve) => process.once('close', (code, signal) => resolve({ code, signal }))).then(
      async (ending) => {
        // What cannot be removed now is taken by endOrphans at the next start.
        await removeFolder(folder).catch(() => undefined);
        return ending;
      },
    );
  }

  static async spawn(command: Command, folder: ProcessFolder, onLog?: (line: string) => void): Promise<Child> {
    try {
      await writeConfig(folder, command.config);
      // A group of its own: Ctrl-C in a terminal reaches the edge only, which then drains.
      const process = spawn(workerdBinary(), ['serve', folder.config, '-I/', ...(command.flags ?? [])], {
        cwd: folder.path,
        env: command.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      if (process.pid === undefined) await once(process, 'spawn');
      const pid = process.pid ?? 0;
      recordProcess(folder, pid);
      return new Child(folder, process, pid, onLog);
    } catch (cause) {
      await removeFolder(folder);
      throw cause;
    }
  }

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#process.kill(signal);
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  cpuMs(): number | undefined {
    return cpuMsOf(this.pid);
  }

  mainThreadCpuMs(): number | undefined {
    return mainThreadCpuMsOf(this.pid);
  }

  residentBytes(): number | undefined {
    return residentBytesOf(this.pid);
  }
}

export const describeEnding = ({ code, signal }: Ending): string =>
  signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal}`;
