import type { VersionSpec } from '../domain/index.ts';
import { mainServiceOf } from './object-split-plan.ts';
import type { Ending } from './child.ts';
import type { RunningVersion, Work } from './version-process.ts';

/** One of the two versions that share a process: its own sockets; whatever is under way on it is the process's work. */
export class VersionInSplit implements RunningVersion {
  readonly spec: VersionSpec;
  readonly versionId: string;
  readonly socketPath: string;
  readonly eventSocketPath: string;
  readonly mainService: string;
  readonly #process: RunningVersion;

  constructor(
    process: RunningVersion,
    spec: VersionSpec,
    { mainSocket, eventSocket }: { readonly mainSocket: string; readonly eventSocket: string },
  ) {
    this.#process = process;
    this.spec = spec;
    this.versionId = spec.id;
    this.socketPath = mainSocket;
    this.eventSocketPath = eventSocket;
    this.mainService = mainServiceOf(spec.id);
  }

  get debugSocketPath(): string {
    return this.#process.debugSocketPath;
  }

  get inFlight(): number {
    return this.#process.inFlight;
  }

  get isTraced(): boolean {
    return this.#process.isTraced;
  }

  get goodbye(): Promise<void> {
    return this.#process.goodbye;
  }

  get exited(): Promise<Ending> {
    return this.#process.exited;
  }

  cpuMs(): number | undefined {
    return this.#process.cpuMs();
  }

  enter(work: Work): void {
    this.#process.enter(work);
  }

  leave(work: Work): void {
    this.#process.leave(work);
  }

  underWay(work: Work): number {
    return this.#process.underWay(work);
  }

  heard(): void {
    this.#process.heard();
  }
}
