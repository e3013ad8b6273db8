import { accept, refuse, type Result } from '../base/index.ts';

/** What a JSON text says, or why it says nothing. */
export const parsedJson = (text: string): Result<unknown, string> => {
  try {
    return accept(JSON.parse(text));
  } catch (error) {
    return refuse(withoutExcerpt(error));
  }
};

/** V8 quotes the text around the fault, and bodies hold secrets: no word of it may reach an answer or a log (I8). */
const withoutExcerpt = (error: unknown): string => {
  const message = error instanceof Error ? error.message : '';
  const position = /at position \d+(?: \(line \d+ column \d+\))?/.exec(message)?.[0];
  if (position !== undefined) return `it cannot be read ${position}`;
  return message === 'Unexpected end of JSON input' ? 'it ends too early' : 'it holds a character that JSON does not allow there';
};
