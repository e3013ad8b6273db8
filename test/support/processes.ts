import { execFileSync } from 'node:child_process';

type Process = { readonly pid: number; readonly parent: number; readonly command: string };

/** Every process below this one. */
export function descendants(pid: number): readonly Process[] {
  const all = listed();
  const found: Process[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

/** A process that has ended and waits to be collected does not count as alive. */
export const isAlive = (pid: number): boolean => listed().some((process) => process.pid === pid);

function listed(): readonly Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state?.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), command: command ?? '' }];
  });
}
