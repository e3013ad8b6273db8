/**
 * A string as text capnp. Quotes, backslashes and control characters are escaped, everything else stands as it is in
 * UTF-8; a lone surrogate has no UTF-8 and becomes U+FFFD, as everywhere on the web.
 */
export const capnpString = (text: string): string => `"${text.toWellFormed().replace(UNSAFE, escaped)}"`;

// oxlint-disable-next-line no-control-regex -- control characters are what has to be escaped
const UNSAFE = /["\\\u0000-\u001f\u007f]/g;

const READABLE: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' };

const escaped = (character: string): string => READABLE[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A list of values already written as capnp: one a line, so that a diff shows which one changed. */
export const capnpList = (items: readonly string[], indent: string): string =>
  items.length === 0 ? '[]' : `[\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}]`;

/** A struct of fields already written as capnp; fields without a value are left out. */
export const capnpStruct = (fields: Readonly<Record<string, string | undefined>>): string =>
  `(${Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')})`;
