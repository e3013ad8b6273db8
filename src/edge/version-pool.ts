import type { VersionSpec } from '../domain/index.ts';
import type { Ending } from '../runtime/index.ts';

/** What a version can have under way. */
export type Work = 'request' | 'webSocket';

/** A version whose process answers. `enter` and `leave` stand around every request and every WebSocket, so that it drains. */
export interface RunningVersion {
  readonly versionId: string;
  readonly socketPath: string;
  /** Where its handlers of other events are called. */
  readonly eventSocketPath: string;
  /** Where its whole process can be called by gates. */
  readonly debugSocketPath: string;
  /** What the version's own service is called there. */
  readonly mainService: string;
  readonly spec: Pick<VersionSpec, 'handlers'>;
  enter(work: Work): void;
  leave(work: Work): void;
  underWay(work: Work): number;
  /** Some of an answer came from it: it is alive. */
  heard(): void;
  /** Resolves when the process is about to be ended: what is still open on it is to be closed. */
  readonly goodbye: Promise<void>;
  /** Whether its invocations are told of to the observe process. */
  readonly isTraced: boolean;
  /** Processor time of its process so far, in a split that of both versions; undefined where the machine does not tell. */
  cpuMs(): number | undefined;
  /** What of it the start took, where that is known. */
  readonly startupCpuMs?: number | undefined;
  /** Resolves when the process has ended. */
  readonly exited: Promise<Pick<Ending, 'fault'>>;
}

/** All that a request needs of the supervisor. */
export interface VersionPool {
  running(versionId: string): RunningVersion | undefined;
  /** All that answer for a Worker, whatever its deployment says by now: those too that only finish what they have in hand. */
  processesOf(script: string): readonly RunningVersion[];
  start(versionId: string): Promise<RunningVersion>;
}
