import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processes that a process started, and those that they did, as Linux tells it. Nothing where there is no /proc (macOS):
 * there the next start of the edge ends what was left.
 */
export const descendantsOf = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child].concat(descendantsOf(child)));

const childrenOf = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => numbersIn(readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')));
  } catch {
    // It ended meanwhile, or there is no /proc.
    return [];
  }
};

const numbersIn = (text: string): number[] => text.split(' ').filter(Boolean).map(Number);

export const killIfAlive = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
