import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileKeyOf, flagOf, SETTING_NAMES, settingOf, variableOf } from '../src/main/settings.ts';

const root = dirname(import.meta.dirname);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const documents = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules/**'] });

/** The cells of the table that stands in a section of a document, without its heading; marks of code taken away. */
const tableIn = (document: string, heading: string): readonly (readonly string[])[] => {
  const section =
    read(document)
      .split(/^## /m)
      .find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const [, table = ''] = /((?:^\|.*\|\n)+)/m.exec(section) ?? [];
  const rows = table.split('\n').filter((line) => line !== '');
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
};

const withoutCode = (text: string): string => text.replaceAll('`', '');

test("README's table of the configuration is that of the settings", () => {
  const inCode = SETTING_NAMES.map((name) => {
    const { value, help, fallback, isList, isSwitch } = settingOf(name);
    const standard = fallback === undefined || isList ? '' : String(fallback);
    return [`${flagOf(name)}${isSwitch ? '' : ` <${value}>`}${isList ? '*' : ''}`, variableOf(name), fileKeyOf(name), standard, help];
  });
  assert.deepEqual(
    tableIn('README.md', 'Configuration').map((row) => row.map(withoutCode)),
    inCode,
  );
});

/** Units of the limits in bytes, milliseconds or pieces. */
const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, MB: 1e6, s: 1000, min: 60_000 };

/** The number a line of code gives a name: `MOST_PARTS = 2_000` or `hangMs: 10_000`, products included. */
const numberInCode = (file: string, name: string): number => {
  const [, expression = ''] = new RegExp(`\\b${name}(?::| =) ([\\d_* ]+)[,;]`).exec(read(file)) ?? [];
  return expression.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '').trim() || Number.NaN), 1);
};

test("README's limits are those of the code", () => {
  const rows = tableIn('README.md', 'Limits').map(([what = '', value = '', where = '']) => {
    const [, number = '', unit = ''] = /^(\d+) ?(\w*)/.exec(value) ?? [];
    const [, file = '', name = ''] = /\]\((\S+)\) `(\w+)`/.exec(where) ?? [];
    return { what, written: Number(number) * (UNITS[unit] ?? 1), inCode: numberInCode(file, name) };
  });
  assert.ok(rows.length > 20);
  assert.deepEqual(
    rows.filter(({ written, inCode }) => written !== inCode),
    [],
  );
});

test('every dependency has a row that says what it saves and how we would leave it', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
  const rows = read('docs/decisions/0010-dependencies.md')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const named = new Set(rows.flatMap((row) => (row.split('|')[1] ?? '').split(',').map((name) => name.trim())));
  const used = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies });
  assert.deepEqual(
    used.filter((name) => !named.has(name)),
    [],
  );
});

test("the architecture's table of arrows is that of the test which holds them", () => {
  const source = read('test/architecture.test.ts');
  const arrows = [...source.matchAll(/^ {2}(\w+): \[(.*)\],$/gm)].map(([, room = '', targets = '']) => [
    room,
    targets.replaceAll("'", '') || 'none',
  ]);
  assert.deepEqual(tableIn('ARCHITECTURE.md', 'Arrows'), arrows);
});

test('what documents link to exists, headings too', () => {
  const broken = documents.flatMap((document) => {
    const links = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const relative = links.filter((link) => !/^[a-z]+:/.test(link));
    return relative.filter((link) => !leadsSomewhere(document, link)).map((link) => `${document} → ${link}`);
  });
  assert.deepEqual(broken, []);
});

const leadsSomewhere = (document: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || headingsOf(target).includes(anchor);
};

/** As GitHub makes anchors: small letters, spaces as dashes, no other signs. */
const headingsOf = (document: string): readonly string[] =>
  [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('no document names a place on the machine it was written on', () => {
  const place = /(?<![\w.~-])\/(?:work|tmp|root|home)\//;
  assert.deepEqual(
    documents.filter((document) => place.test(read(document))),
    [],
  );
});
