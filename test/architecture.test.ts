import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import test from 'node:test';

/** The rooms of src and which rooms each may enter. `main`, which wires everything, may enter all. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ['base'],
  contract: ['base', 'domain'],
  files: ['base'],
  store: ['base', 'domain', 'files'],
  observe: ['base', 'domain', 'files'],
  runtime: ['base', 'domain', 'files', 'observe'],
  data: ['base', 'domain', 'files', 'runtime'],
  control: ['base', 'domain', 'files', 'store', 'runtime', 'observe'],
  edge: ['base', 'domain', 'files', 'runtime', 'observe', 'data'],
  api: ['base', 'domain', 'contract', 'files', 'store', 'observe', 'data', 'control'],
  cli: ['base', 'domain', 'contract', 'files'],
  dashboard: ['base', 'domain', 'contract'],
};

/** `switchback start` is the one command that runs the server in its own process instead of asking it over HTTP. */
const MAY_ENTER_MAIN = new Set(['src/cli/start.ts']);

/** The place that wires everything is where such projects rot, so its files stay short. */
const MOST_LINES_IN_MAIN = 220;

const root = dirname(import.meta.dirname);

interface Import {
  readonly file: string;
  readonly isTest: boolean;
  readonly room: string;
  readonly target: string;
}

const roomOf = (path: string): string => path.split('/')[1] ?? '';

const importsOf = (file: string): Import[] => {
  const source = readFileSync(join(root, file), 'utf8');
  const targets = [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, target]) => target ?? '');
  return targets.map((target) => ({ file, isTest: /\.test\.tsx?$/.test(file), room: roomOf(file), target }));
};

/** Where a relative import leads, from the root; undefined for packages. */
const destination = ({ file, target }: Pick<Import, 'file' | 'target'>): string | undefined =>
  target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : undefined;

/** Tests hold Workers as text, whose imports are none of ours: they lead to no file here. */
const isOurs = (entry: Import): boolean => {
  const to = destination(entry);
  return to === undefined || existsSync(join(root, to));
};

const imports = globSync('src/**/*.{ts,tsx}', { cwd: root }).flatMap(importsOf).filter(isOurs);

const crossings = imports.flatMap((entry) => {
  const to = destination(entry);
  return to?.startsWith('src/') && roomOf(to) !== entry.room ? [Object.assign({ to, toRoom: roomOf(to) }, entry)] : [];
});

const named = (found: readonly { file: string; target: string }[]): string[] => found.map(({ file, target }) => `${file} → ${target}`);

test('every room of src is on the map', () => {
  const rooms = new Set(imports.map(({ room }) => room));
  assert.deepEqual(
    [...rooms].filter((room) => room !== 'main' && !(room in ARROWS)),
    [],
  );
});

test('arrows point only to what changes less often, so there is no cycle', () => {
  const order = Object.keys(ARROWS);
  for (const [room, targets] of Object.entries(ARROWS)) {
    assert.ok(
      targets.every((target) => order.indexOf(target) < order.indexOf(room)),
      room,
    );
  }
});

test('a room enters only the rooms its arrows lead to', () => {
  const isAllowed = ({ file, isTest, room, toRoom }: (typeof crossings)[number]): boolean =>
    room === 'main' || (toRoom === 'main' ? MAY_ENTER_MAIN.has(file) : isTest || (ARROWS[room] ?? []).includes(toRoom));
  assert.deepEqual(named(crossings.filter((crossing) => !isAllowed(crossing))), []);
});

test('a room is entered only through its index.ts', () => {
  assert.deepEqual(named(crossings.filter(({ to }) => !/^src\/[^/]+\/index\.ts$/.test(to))), []);
});

test('no room reaches outside src', () => {
  const outside = imports.filter((entry) => destination(entry)?.startsWith('src/') === false && !entry.isTest);
  assert.deepEqual(named(outside.filter(({ target }) => !target.endsWith('package.json'))), []);
});

test('base, domain and contract run in a browser too: they import nothing of Node', () => {
  const pure = imports.filter(({ room, isTest }) => ['base', 'domain', 'contract'].includes(room) && !isTest);
  assert.deepEqual(named(pure.filter(({ target }) => target.startsWith('node:'))), []);
});

/** A lock that needs a database, in which nothing is ever stored. */
const LOCK = 'src/files/folder-lock.ts';

/** What bindings reach has databases of its own, in which nothing of the control plane is. */
const CONTENT = /^src\/data\/(local-database|r2\/bucket-index|queues\/message-store)\.ts$/;

/** What was observed is kept apart from what is configured. */
const ARCHIVE = /^src\/observe\/archive\//;

test('only store speaks SQL, in data the files that hold content, and the archive of what was observed', () => {
  const databases = new Set(['node:sqlite', 'kysely', 'pg']);
  const speaks = imports.filter(({ target, isTest }) => !isTest && databases.has(target));
  assert.deepEqual(
    named(speaks.filter(({ file, room }) => room !== 'store' && file !== LOCK && !CONTENT.test(file) && !ARCHIVE.test(file))),
    [],
  );
});

test('the files of main stay short', () => {
  const lines = (file: string): number => readFileSync(join(root, file), 'utf8').split('\n').length;
  assert.deepEqual(
    globSync('src/main/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts') && lines(file) > MOST_LINES_IN_MAIN),
    [],
  );
});
