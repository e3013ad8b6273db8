import { readFileSync } from 'node:fs';

/** What Linux tells about processes. Where there is no /proc, the figures made of it are left out. */
export const canReadProcesses = process.platform === 'linux';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended.
    return '';
  }
};

export interface Descendant {
  readonly pid: number;
  readonly command: string;
}

/** The processes this one started, and those they started. */
export const descendantsOf = (pid: number): readonly Descendant[] => {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [described(child)].concat(descendantsOf(child)));
};

const described = (pid: number): Descendant => ({ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') });

/** `sysconf(_SC_CLK_TCK)`, 100 on every Linux that Node runs on. */
export const TICKS_A_SECOND = 100;

/** User and system time that a process has used. */
export const cpuMs = (pid: number): number => timesAt(pid, 11);

/** The same of all children it waited for, and theirs: what they used is known when they have ended. */
export const endedChildrenCpuMs = (pid: number): number => timesAt(pid, 13);

/** Two fields of `/proc/<pid>/stat`, counted from the state: man 5 proc_pid_stat, whose numbers are greater by three. */
const timesAt = (pid: number, first: number): number => {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[first] ?? 0) + Number(fields[first + 1] ?? 0)) * 1000) / TICKS_A_SECOND;
};

/** Memory that is this process's alone: without the program's own file pages, which all workerd processes share. */
export const anonymousMb = (pid: number): number =>
  Number(/^RssAnon:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN) / 1024;
