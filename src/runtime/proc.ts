import { readdirSync, readFileSync, statSync } from 'node:fs';

/**
 * What Linux tells about a process, each undefined where it has ended or where there is no /proc (macOS: there the
 * watches on CPU time and memory rest, and the deadlines alone hold). These files are kernel memory: reading them never waits for a disk.
 */
export const residentBytesOf = (pid: number): number | undefined => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(contentOf(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
};

/** CPU time of all threads, from the scheduler: nanosecond counters, where /proc/<pid>/stat has ticks of 10 ms. */
export const cpuMsOf = (pid: number): number | undefined => {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanoseconds = threads.map((id) => Number((contentOf(`/proc/${pid}/task/${id}/schedstat`) ?? '0').split(' ')[0]));
    return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
  } catch {
    return undefined;
  }
};

/** CPU time of the main thread alone: workerd runs JavaScript there, and what collects garbage beside it does not count. */
export const mainThreadCpuMsOf = (pid: number): number | undefined => {
  const nanoseconds = contentOf(`/proc/${pid}/schedstat`)?.split(' ')[0];
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
};

/** Tells a process from a later one with the same id: when it started, on this boot of the machine. */
export const birthOf = (pid: number): string | undefined => {
  const started = statOf(pid)?.[19];
  return started === undefined ? undefined : `${contentOf('/proc/sys/kernel/random/boot_id')?.trim() ?? ''} ${started}`;
};

/**
 * Whether nothing of a process runs any more. One that ended is listed until its parent has heard of it, and that may be never: an
 * orphan's parent is whatever runs as process 1.
 */
export const isGone = (pid: number, birth: string): boolean => {
  if (birthOf(pid) !== birth) return true;
  return statOf(pid)?.[0] === 'Z' && threadsOf(pid) <= 1;
};

/** This user's runtime processes that were started with a configuration file; none where there is no /proc. */
export const startedWith = (config: string): readonly number[] => {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => isOurs(pid) && (contentOf(`/proc/${pid}/cmdline`) ?? '').includes(`\0serve\0${config}\0`));
  } catch {
    return [];
  }
};

/** Anybody may start a process under any words. */
const isOurs = (pid: number): boolean => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === process.getuid?.();

/** From the third field on. The command's name stands in brackets and may hold spaces and brackets itself; field 22 is the start in ticks. */
const statOf = (pid: number): readonly string[] | undefined => {
  const stat = contentOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
};

const threadsOf = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
};

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};
