import assert from 'node:assert/strict';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** The id a client printed after these words, such as `Current Version ID: 0d3f…`. */
export function idAfter(words: string, output: string): string {
  const found = new RegExp(`${RegExp.escape(words)}\\s*(${UUID})`).exec(output);
  assert.ok(found?.[1], `${words} <id> is not in:\n${output}`);
  return found[1];
}

/** Every id in the output, in its order. */
export const idsIn = (output: string): readonly string[] => output.match(new RegExp(UUID, 'g')) ?? [];

/** The label a client prints and what stands behind it, once for each line that has it. */
export const linesOf = (label: string, output: string): readonly string[] =>
  [...output.matchAll(new RegExp(`^ *${RegExp.escape(label)}: *(.*)$`, 'gm'))].map(([, value = '']) => value.trim());
