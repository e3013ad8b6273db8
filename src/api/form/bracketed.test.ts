import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { addText, bracketedName, emptyObject, objectFrom } from './bracketed.ts';
import { typedText } from './typed-text.ts';

/** What addFormValue of cloudflare-typescript appends for a value. */
const spread = (key: string, value: unknown): [string, string][] => {
  if (Array.isArray(value)) return value.flatMap((element) => spread(`${key}[]`, element));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, member]) => spread(`${key}[${name}]`, member));
  return [[key, String(value)]];
};

const gathered = (entries: readonly (readonly [string, string])[]): unknown => {
  const object = emptyObject();
  for (const [name, text] of entries) {
    if (!addText(object, bracketedName(name)?.path ?? [], text)) return undefined;
  }
  return objectFrom(object);
};

// The form itself cannot tell where a list element ends whose successor begins with a member it lacks, so all begin alike.
test('what the SDK spreads over brackets comes back as it was', () => {
  const text = fc.string({ maxLength: 6 });
  const binding = fc.oneof(
    fc.record({ name: text, type: fc.constant('plain_text'), text }),
    fc.record({
      name: text,
      type: fc.constant('json'),
      json: fc.record({ deep: fc.record({ a: fc.integer(), b: fc.boolean() }), list: fc.array(fc.nat(), { minLength: 1 }) }),
    }),
    fc.record({ name: text, json: fc.boolean(), type: fc.constant('json') }),
    fc.record({ name: text, simple: fc.record({ limit: fc.nat(), period: fc.constantFrom(10, 60) }), type: fc.constant('ratelimit') }),
  );
  const metadata = fc.record({
    main_module: text,
    bindings: fc.array(binding, { minLength: 1, maxLength: 5 }),
    compatibility_flags: fc.array(text, { minLength: 1 }),
    logpush: fc.boolean(),
    annotations: fc.record({ 'workers/tag': text }),
    observability: fc.record({ enabled: fc.boolean(), head_sampling_rate: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs) }),
  });
  fc.assert(fc.property(metadata, (given) => assert.deepEqual(gathered(spread('metadata', given)), structuredClone(given))));
});

test('a list element ends where a member comes again, even when its own members would fit', () => {
  const bindings = [
    { json: { a: 1 }, name: 'A', type: 'json' },
    { json: { b: 2 }, name: 'B', type: 'json' },
    { type: 'version_metadata', name: 'C' },
  ];
  assert.deepEqual(gathered(spread('metadata', { bindings })), { bindings });
});

test('a value given twice, or both as a value and as an object, is no object', () => {
  for (const names of [
    ['m[a]', 'm[a]'],
    ['m[a]', 'm[a][b]'],
    ['m[a][b]', 'm[a]'],
    ['m[a][]', 'm[a][b]'],
    ['m[a][b]', 'm[a][]'],
    ['m[]'],
    ['m[][a]'],
  ]) {
    assert.equal(gathered(names.map((name) => [name, 'x'])), undefined, names.join(' '));
  }
});

test('members of an object may come in any order outside lists', () => {
  assert.deepEqual(
    gathered([
      ['m[a][x]', '1'],
      ['m[b]', '2'],
      ['m[a][y]', '3'],
    ]),
    { a: { x: '1', y: '3' }, b: '2' },
  );
});

test('a member named __proto__ is a member like any other', () => {
  const object = gathered([['m[__proto__][polluted]', 'yes']]) as object;
  assert.deepEqual(Object.keys(object), ['__proto__']);
  assert.equal(({} as { polluted?: string }).polluted, undefined);
});

test('only texts of members known to hold something else change their type', () => {
  const texts: readonly (readonly [string, readonly string[], unknown])[] = [
    ['true', ['logpush'], true],
    ['null', ['observability', 'head_sampling_rate'], null],
    ['1e400', ['limits', 'cpu_ms'], '1e400'],
    ['007', ['limits', 'cpu_ms'], '007'],
    ['50', ['limits', 'cpu_ms'], 50],
    ['50', ['limits', 'logpush'], '50'],
    ['true', ['bindings', 'text'], 'true'],
    ['{}', ['bindings', 'json'], {}],
    ['null', ['bindings', 'json'], null],
    ['"a"', ['bindings', 'json'], '"a"'],
    ['{"a":', ['bindings', 'json'], '{"a":'],
    ['{}', ['bindings', 'json', 'inner'], '{}'],
    ['false', ['bindings', 'json', 'inner'], false],
  ];
  for (const [text, names, value] of texts) assert.deepEqual(typedText(text, names), value, `${names.join('.')} ${text}`);
});
