import { writeSync } from 'node:fs';

let onReached: ((name: string) => void) | undefined;

/**
 * A place where the process can be made to die, so that tests can prove what a crash leaves. Unarmed it does nothing.
 * Names: `files:put written`, `store:insert audit`, `store:commit`, … ; `?` tells them all.
 */
export const failpoint = (name: string): void => onReached?.(name);

export const areFailpointsArmed = (): boolean => onReached !== undefined;

/**
 * Arms one failpoint of this process: `<name>` or `<name>:<nth>` kills it, without any goodbye, when that is reached for the
 * nth time. `?` kills nothing and writes each name that is reached to standard error instead. Without a text nothing is armed.
 */
export const armFailpoint = (wanted: string | undefined): void => {
  onReached = wanted === undefined || wanted === '' ? undefined : wanted === '?' ? told : killedAt(wanted);
};

const told = (name: string): void => void writeSync(2, `failpoint ${name}\n`);

const killedAt = (wanted: string): ((name: string) => void) => {
  const [, fatal, nth] = /^(.*?)(?::(\d+))?$/s.exec(wanted) ?? [];
  let left = Number(nth ?? 1);
  return (name) => {
    if (name !== fatal) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
};
