import { setTimeout as wait } from 'node:timers/promises';
import { describeEnding, type Child } from './child.ts';
import { probeAnswers } from './probe.ts';
import { failureFrom, StartFailure } from './start-failure.ts';

export interface StartupLimits {
  /** CPU time from the spawn to the first answer of the probe, workerd's own 45 ms included. */
  readonly startupCpuMs: number;
  /** Wall time for the same. */
  readonly startupDeadlineMs: number;
}

const LOOK_EVERY_MS = 10;
const ASK_AGAIN_MS = 4;

/**
 * Waits until the process answers and gives the CPU time it took. A process over a limit is killed, and every way to
 * fail is thrown as a {@link StartFailure}; then the process has ended.
 */
export const untilReady = async (child: Child, limits: StartupLimits, signal?: AbortSignal): Promise<{ cpuMs: number | undefined }> => {
  const over = new AbortController();
  try {
    return await Promise.race([
      firstAnswer(child, over.signal),
      unexpectedEnd(child),
      overLimit(child, limits, over.signal),
      stopped(signal, over.signal),
    ]);
  } catch (failure) {
    child.signal('SIGKILL');
    await child.exited;
    throw failure;
  } finally {
    over.abort();
  }
};

/** workerd makes its sockets some milliseconds after it starts; until then the connection is refused. */
const firstAnswer = async (child: Child, over: AbortSignal): Promise<{ cpuMs: number | undefined }> => {
  for (;;) {
    try {
      await probeAnswers(child.folder.probeSocket, over);
      return { cpuMs: child.cpuMs() };
    } catch {
      if (over.aborted) return { cpuMs: undefined };
      await wait(ASK_AGAIN_MS);
    }
  }
};

const unexpectedEnd = async (child: Child): Promise<never> => {
  const ending = await child.exited;
  throw failureFrom(child.stderr(), describeEnding(ending));
};

const overLimit = async (child: Child, limits: StartupLimits, over: AbortSignal): Promise<never> => {
  const deadline = performance.now() + limits.startupDeadlineMs;
  while (!over.aborted) {
    await wait(LOOK_EVERY_MS);
    const cpuMs = child.cpuMs();
    if (cpuMs !== undefined && cpuMs > limits.startupCpuMs) {
      throw new StartFailure('cpu_exceeded', `Script startup exceeded CPU time limit: it used more than ${limits.startupCpuMs} ms.`);
    }
    if (performance.now() > deadline) {
      throw new StartFailure('timed_out', `Script startup timed out: it did not answer within ${limits.startupDeadlineMs / 1000} s.`);
    }
  }
  return new Promise<never>(() => {});
};

const stopped = (signal: AbortSignal | undefined, over: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new StartFailure('stopped', 'The edge is shutting down.'));
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true, signal: over });
  });
