import { isWorkerName } from '../../../domain/index.ts';

interface NameFault {
  readonly fault: string;
  /** A name like it that could be taken. */
  readonly suggestion: string | undefined;
}

const MOST = 63;

/** What is wrong with a name for a new Worker; undefined where nothing is. */
export const faultInName = (name: string, taken: ReadonlySet<string>): NameFault | undefined => {
  if (name === '') return { fault: 'It needs a name.', suggestion: undefined };
  if (!isWorkerName(name)) {
    const like = likeName(name);
    const fault = 'Lower-case letters, digits, _ and dashes, at most 63 of them; neither first nor last a dash.';
    return { fault, suggestion: isWorkerName(like) ? freeName(like, taken) : undefined };
  }
  return taken.has(name) ? { fault: `There is a Worker ${name} already.`, suggestion: freeName(name, taken) } : undefined;
};

/** The name, or with the first number behind it that is free. */
export const freeName = (name: string, taken: ReadonlySet<string>): string => {
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const free = name.slice(0, MOST - suffix.length) + suffix;
    if (!taken.has(free)) return free;
  }
};

const likeName = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .slice(0, MOST)
    .replaceAll(/^-+|-+$/g, '');
