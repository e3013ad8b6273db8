/** One variable and its value, in the order they are written. */
export type Variables = readonly (readonly [name: string, value: string])[];

export const dotenvLines = (variables: Variables): string => variables.map(([name, value]) => `${name}=${value}\n`).join('');

const DEFINITION = /^\s*(?:export\s+)?([\w.-]+)\s*=/;

/**
 * The text of a .env with these variables set and everything else as it was: a variable is replaced where it first stood,
 * its later definitions go (the last would win), new ones come at the end.
 */
export const mergeDotenv = (text: string, variables: Variables): string => {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const waiting = new Map(variables);
  const ours = new Set(waiting.keys());
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const kept = lines.flatMap((line) => {
    const name = DEFINITION.exec(line)?.[1];
    if (name === undefined || !ours.has(name)) return [line];
    const value = waiting.get(name);
    waiting.delete(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return [...kept, ...[...waiting].map(([name, value]) => `${name}=${value}`)].map((line) => line + newline).join('');
};

/** Whether the text gives this variable a value. */
export const defines = (text: string, name: string): boolean => text.split(/\r?\n/).some((line) => DEFINITION.exec(line)?.[1] === name);

/** The text of a .gitignore that ignores .env: itself when a line of it does already. */
export const ignoringDotenv = (text: string): string => {
  const isIgnored = text.split(/\r?\n/).some((line) => /^(\*\*\/|\/)?(\.env\*?|\*\.env|\.env\/?)\s*$/.test(line));
  if (isIgnored) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}.env\n`;
};
