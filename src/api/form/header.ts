/** A header of the shape `value; name=token; name="quoted"`, names and value in lower case. */
export interface HeaderValue {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const VALUE = /^[^;]*/;
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))\s*/sy;

/** The parsed header, or undefined where something in it cannot be read: a quote that never closes, a name without a value. */
export const parseHeader = (text: string): HeaderValue | undefined => {
  const value = VALUE.exec(text)?.[0] ?? '';
  const parameters = new Map<string, string>();
  let at = value.length;
  while (at < text.length && !/^[;\s]*$/.test(text.slice(at))) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(text);
    if (match === null) return undefined;
    const [whole, name = '', quoted, token = ''] = match;
    parameters.set(name.toLowerCase(), quoted === undefined ? token.trim() : unescaped(quoted));
    at += whole.length;
  }
  return { value: value.trim().toLowerCase(), parameters };
};

/** curl escapes quotes and backslashes with a backslash; browsers and fetch send a lone backslash as it is. */
const unescaped = (quoted: string): string => quoted.replace(/\\(["\\])/g, '$1');
