import type { Edit } from './files.ts';

/** Where in the code something is. Lines and columns are counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const BUNDLE = 'file:///bundle/';
const PLACE = /\bat (?:.*\()?([^\s()][^()\n]*):(\d+):(\d+)\)?/g;

/** The first place in the files of an edit that a refusal of its code names, as a runtime does: `at file:///bundle/worker.js:3:30`. */
export const placeIn = (message: string, { files, entry }: Edit, isWhole = false): Place | undefined => {
  for (const [, path = '', line, column] of message.matchAll(PLACE)) {
    // Code of the older syntax is one script, by whatever name the runtime calls it.
    const name = isWhole ? entry : nameOf(path);
    if (files.some((file) => file.name === name && file.text !== undefined))
      return { file: name, line: Number(line), column: Number(column) };
  }
  return undefined;
};

const nameOf = (path: string): string => {
  if (!path.startsWith(BUNDLE)) return path;
  const name = path.slice(BUNDLE.length);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};
