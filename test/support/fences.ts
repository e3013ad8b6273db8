import { readFileSync } from 'node:fs';

/** A fenced block of a document: ```` ```sh test=hello in=checkout ````. */
export type Fence = {
  readonly language: string;
  /** Words with `=` by their name, words without as the empty text. */
  readonly marks: Readonly<Record<string, string>>;
  readonly text: string;
  readonly line: number;
};

/** A block to run, with the block of output that stands right after it, if one does. */
export type Step = Fence & { readonly output: Fence | undefined };

export function fencesOf(file: string): readonly Fence[] {
  const document = readFileSync(file, 'utf8');
  return [...document.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: info = '', 3: text = '', index }) => ({
    language,
    marks: Object.fromEntries(info.trim().split(/\s+/).map(named)),
    text: text.trimEnd(),
    line: document.slice(0, index).split('\n').length,
  }));
}

const named = (word: string): [string, string] => {
  const [name = '', value = ''] = word.split('=');
  return [name, value];
};

/** What a reader would do, one after the other: commands to run and files to write, each with the output it shows. */
export const stepsOf = (fences: readonly Fence[]): readonly Step[] =>
  fences.flatMap((fence, index) => {
    const next = fences[index + 1];
    const isStep = isCommand(fence) || fence.marks['file'] !== undefined;
    return isStep ? [Object.assign({ output: next?.language === 'text' ? next : undefined }, fence)] : [];
  });

export const isCommand = ({ language }: Fence): boolean => ['sh', 'bash', 'console'].includes(language);

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/**
 * The end of an output as the document shows it. Ids differ from run to run, so any id stands for any other; `…` stands for
 * anything on its line, and alone on a line for any lines and what a terminal has left before the next. In a block marked `varies` the same goes for numbers, and for
 * how wide spaces are.
 */
export function shownOutput({ text, marks }: Fence): RegExp {
  const lines = text.split('\n').map((line) => (line === '…' ? '(?:.*\\n)*?.*?' : `${linePattern(line, 'varies' in marks)}\\n+`));
  return new RegExp(`^${lines.join('')}$`, 'm');
}

const linePattern = (line: string, varies: boolean): string =>
  line
    .split(new RegExp(`(${UUID})`))
    .map((part, index) => (index % 2 === 1 ? UUID : plainPattern(part, varies)))
    .join('');

const plainPattern = (text: string, varies: boolean): string =>
  text.replaceAll(/…|\d+| +|[^…\d ]+/g, (token) => {
    if (token === '…') return '.*';
    if (varies && /^[\d ]/.test(token)) return token.startsWith(' ') ? '[^\\S\\n]+' : '\\d+';
    return RegExp.escape(token);
  });
