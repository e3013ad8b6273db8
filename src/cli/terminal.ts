import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

/** For people beside an output that programs read. */
export const note = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

export const sayJson = (value: unknown): void => say(JSON.stringify(value, undefined, 2));

/** Styled where standard output is a terminal that wants colours (NO_COLOR, FORCE_COLOR), plain elsewhere. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

/**
 * What somebody wrote, on one line and without a word to the terminal: a message may not pretend to be ours, nor turn the order of what
 * stands beside it around or hide what is in it.
 */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}+/gu, '');

/** Columns as wide as their widest cell; no lines, so that it can be cut and pasted. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = header.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(visibleLength)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [styled('dim', line(header)), ...rows.map(line)].join('\n');
};

const visibleLength = (text: string): number => stripVTControlCharacters(text).length;
const padded = (text: string, width: number): string => text + ' '.repeat(width - visibleLength(text));
