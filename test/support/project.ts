import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type ProjectOptions = {
  /** Is made if it is missing. A second call with other code is the author's next edit. */
  readonly dir: string;
  readonly name: string;
  /** The text of src/index.js. */
  readonly code: string;
  /** Keys of wrangler's configuration beside name, main and compatibility_date. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** wrangler reads wrangler.jsonc from 3.91 on; the older ones read TOML only, and every one does. */
  readonly format?: 'toml' | 'jsonc';
};

/** A date every runtime here knows, also those that the oldest wranglers bring along. */
const COMPATIBILITY_DATE = '2023-05-18';

/** Writes the least that is a Worker's project, and answers its folder. */
export function makeProject({ dir, name, code, config = {}, format = 'toml' }: ProjectOptions): string {
  const whole = { name, main: 'src/index.js', compatibility_date: COMPATIBILITY_DATE, ...config };
  mkdirSync(join(dir, 'src'), { recursive: true });
  writeFileSync(join(dir, 'src', 'index.js'), code);
  writeFileSync(join(dir, `wrangler.${format}`), format === 'toml' ? toToml(whole) : `${JSON.stringify(whole, null, 2)}\n`);
  return dir;
}

/** A Worker that answers every request with this text: enough to see which version it was. */
export const answering = (text: string): string => `export default { fetch() { return new Response(${JSON.stringify(text)}); } };\n`;

type Table = Readonly<Record<string, unknown>>;

/** TOML of plain data: values first, then a [table] for each object and a [[table]] for each element of a list of objects. */
function toToml(table: Table, path: readonly string[] = []): string {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined);
  const values = entries
    .filter(([, value]) => !isTable(value) && !isTableList(value))
    .map(([key, value]) => `${keyOf(key)} = ${inline(value)}\n`);
  const tables = entries.flatMap(([key, value]) => {
    const inner = [...path, keyOf(key)];
    if (isTable(value)) return [`\n[${inner.join('.')}]\n${toToml(value, inner)}`];
    return isTableList(value) ? value.map((element) => `\n[[${inner.join('.')}]]\n${toToml(element, inner)}`) : [];
  });
  return [...values, ...tables].join('');
}

const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTableList = (value: unknown): value is readonly Table[] => Array.isArray(value) && value.length > 0 && value.every(isTable);

const keyOf = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** JSON's strings, numbers, booleans and lists are TOML's too. */
const inline = (value: unknown): string => (Array.isArray(value) ? `[${value.map(inline).join(', ')}]` : JSON.stringify(value));
