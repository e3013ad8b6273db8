/** The Workers that are measured. */

/** Answers its name and nothing else: what remains is the way to it. */
export const hello = (name = 'hello'): string => `export default { fetch: () => new Response(${JSON.stringify(name)}) };\n`;

/**
 * A Worker that weighs about so much: functions as a bundler leaves them, of which a request runs one. `mark` makes it
 * another Worker of the same weight.
 */
export const heavy = (bytes: number, mark = 0): string => {
  const functions: string[] = [];
  let size = 0;
  for (let at = 0; size < bytes; at += 1) {
    const text = `function step${at}(input, options) { const total = input.length + ${at}; if (options && options.deep) return [total, 'step ${at}']; return total; }`;
    functions.push(text);
    size += text.length + 1;
  }
  return `${functions.join('\n')}\nexport default { fetch: () => new Response(String(step0('${mark}'))) };\n`;
};

/** Answers the same wherever it is asked, and below `/line` says so. */
export const LOGGING = `export default {
  fetch(request) {
    if (request.url.endsWith('/line')) console.log('asked for', request.url);
    return new Response('hello');
  },
};
`;
