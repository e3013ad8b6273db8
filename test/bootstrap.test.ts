import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { indispensablePackages, platformRefusal } from '../scripts/platform.mjs';

const SCRIPTS = join(dirname(import.meta.dirname), 'scripts');

/** What npm leaves behind: the packages of the lock file, as far as anything looks at them. */
const FILL = ['some-package', ...indispensablePackages(process)].map(
  (name) => `mkdir -p node_modules/${name} && echo '{}' > node_modules/${name}/package.json`,
);

/** A bundler that puts what the dashboard's source says where it is told to. */
const VITE = ['while [ "$1" != --outDir ]; do shift; done', 'mkdir -p "$2" && cp src/dashboard/index.ts "$2/index.html"'];

/** A checkout of nothing but the bootstrap, with an npm that does what the test says. */
class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'switchback-bootstrap-'));

  constructor(t: TestContext, npm: readonly string[] = FILL) {
    t.after(() => rmSync(this.root, { recursive: true }));
    cpSync(SCRIPTS, this.path('scripts'), { recursive: true });
    this.lock('.', 1);
    this.npm(npm);
    for (const room of ['dashboard', 'contract', 'domain', 'base']) this.source(`${room}/index.ts`, room);
    this.program('bin/node', VITE);
  }

  /** A file that the dashboard is built from. */
  source(name: string, text: string): void {
    mkdirSync(dirname(this.path(`src/${name}`)), { recursive: true });
    writeFileSync(this.path(`src/${name}`), text);
  }

  /** What `npm start` prints of a build, and what it leaves. */
  built(): string | undefined {
    const page = this.path('dist/dashboard/index.html');
    return existsSync(page) ? readFileSync(page, 'utf8') : undefined;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Writes a lock file; another edition is another digest. */
  lock(folder: string, edition: number): void {
    mkdirSync(this.path(folder), { recursive: true });
    const packages = { '': { version: `${edition}.0.0` }, 'node_modules/some-package': { version: '1.0.0' } };
    writeFileSync(this.path(`${folder}/package-lock.json`), JSON.stringify({ lockfileVersion: 3, packages }));
  }

  npm(lines: readonly string[]): void {
    this.program('bin/npm', [`echo "$PWD $*" >> ${this.path('npm-runs')}`, ...lines]);
  }

  program(name: string, lines: readonly string[]): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(this.path(name), 0o755);
  }

  /** The folders npm was run in, with its arguments. */
  runs(): string[] {
    return existsSync(this.path('npm-runs')) ? readFileSync(this.path('npm-runs'), 'utf8').trim().split('\n') : [];
  }

  start(args: readonly string[] = [], path = `${this.path('bin')}:/usr/bin:/bin`): ChildProcess & { said: string } {
    const { npm_execpath: _npm, npm_node_execpath: _node, ...environment } = process.env;
    const child = spawn(process.execPath, [this.path('scripts/bootstrap.mjs'), ...args], {
      env: { ...environment, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = Object.assign(child, { said: '' });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (running.said += chunk.toString()));
    return running;
  }

  async run(args: readonly string[] = [], path?: string): Promise<{ code: number | null; said: string }> {
    const child = this.start(args, path);
    return { code: await exitOf(child), said: child.said };
  }

  isClean(): boolean {
    return readdirSync(this.root).every((name) => !name.startsWith('.install.lock'));
  }
}

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.on('close', resolve));

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, `waited in vain until ${what}`);
    await wait(20);
  }
};

test('what is missing is installed once, from the lock and without scripts; later runs skip straight through', async (t) => {
  const checkout = new Checkout(t);
  const first = await checkout.run();
  assert.deepEqual(first.code, 0, first.said);
  assert.match(
    first.said,
    /^Installing Switchback's packages …\nInstalling Switchback's packages: 1 of 1 packages, \d+ s, done\.\nBuilding the dashboard … done in [\d.]+ s\n$/,
  );
  assert.match(checkout.runs()[0] ?? '', / ci --ignore-scripts --no-audit --no-fund /);
  assert.deepEqual(await checkout.run(), { code: 0, said: '' });
  assert.equal(checkout.runs().length, 1);
  assert.ok(checkout.isClean());
});

test('a changed lock file is installed anew', async (t) => {
  const checkout = new Checkout(t);
  await checkout.run();
  checkout.lock('.', 2);
  await checkout.run();
  assert.equal(checkout.runs().length, 2);
});

test('the clients of the tests are installed only for the tests', async (t) => {
  const checkout = new Checkout(t);
  checkout.lock('test/clients', 1);
  await checkout.run();
  assert.equal(checkout.runs().length, 1);
  assert.equal((await checkout.run(['--with-tests'])).code, 0);
  assert.match(checkout.runs()[1] ?? '', /\/test\/clients ci /);
  assert.deepEqual(await checkout.run(['--with-tests']), { code: 0, said: '' });
});

test('of two at once one installs and the other waits for it', async (t) => {
  const checkout = new Checkout(t, ['until [ -e finish ]; do sleep 0.05; done', ...FILL]);
  const first = checkout.start();
  await until('npm runs', () => checkout.runs().length === 1);
  const second = checkout.start();
  await until('the second waits', () => second.said.includes('Another process is installing'));
  const ends = Promise.all([exitOf(first), exitOf(second)]);
  writeFileSync(checkout.path('finish'), '');
  assert.deepEqual(await ends, [0, 0]);
  assert.equal(checkout.runs().length, 1);
});

test('a failed installation is told in full and done again by the next run', async (t) => {
  const checkout = new Checkout(t, ['echo "npm error code ENOTFOUND" >&2', 'exit 7']);
  const { code, said } = await checkout.run();
  assert.equal(code, 1);
  assert.match(said, /npm error code ENOTFOUND/);
  assert.match(said, /ended with code 7\. The registry could not be reached/);
  checkout.npm(FILL);
  assert.equal((await checkout.run()).code, 0);
});

test('an interrupted installation leaves no lock, ends as the signal says and is done again', async (t) => {
  const checkout = new Checkout(t, [...FILL, 'exec sleep 60']);
  const child = checkout.start();
  await until('npm runs', () => checkout.runs().length === 1);
  child.kill('SIGINT');
  assert.equal(await exitOf(child), 130);
  assert.ok(checkout.isClean());
  checkout.npm(FILL);
  assert.equal((await checkout.run()).code, 0);
  assert.equal(checkout.runs().length, 2);
});

test('the lock of a process that was killed is taken over', async (t) => {
  const checkout = new Checkout(t);
  const gone = spawn('true');
  await exitOf(gone);
  writeFileSync(checkout.path('.install.lock'), `${gone.pid} left behind\n`);
  assert.equal((await checkout.run()).code, 0);
  assert.ok(checkout.isClean());
});

test('packages that npm silently left out are noticed', async (t) => {
  const checkout = new Checkout(t, FILL.slice(0, 1));
  const { code, said } = await checkout.run();
  assert.equal(code, 1);
  assert.match(said, /npm left out @cloudflare\/workerd-/);
  assert.equal((await checkout.run()).code, 1, 'and the next run tries again');
});

test('a machine without npm is told what to install', async (t) => {
  const checkout = new Checkout(t);
  const { code, said } = await checkout.run([], checkout.path('nowhere'));
  assert.equal(code, 1);
  assert.match(said, /npm was not found: it comes with Node/);
});

const LINUX = { platform: 'linux', arch: 'x64', nodeVersion: 'v20.0.0', isGlibc: true } as const;

test('machines that cannot run Switchback are refused with a sentence, all others are not', () => {
  assert.equal(platformRefusal(LINUX), undefined);
  assert.equal(platformRefusal({ ...LINUX, arch: 'arm64' }), undefined);
  assert.equal(platformRefusal({ ...LINUX, platform: 'darwin', nodeVersion: 'v24.1.0', isGlibc: false }), undefined);
  assert.match(platformRefusal({ ...LINUX, nodeVersion: 'v18.19.0' }) ?? '', /Node v18\.19\.0 is too old/);
  assert.match(platformRefusal({ ...LINUX, isGlibc: false }) ?? '', /needs a Linux with glibc/);
  assert.match(platformRefusal({ ...LINUX, arch: 'riscv64' }) ?? '', /not on riscv64/);
  assert.match(platformRefusal({ ...LINUX, platform: 'win32' }) ?? '', /not on win32/);
  assert.match(platformRefusal({ ...LINUX, platform: 'darwin', nodeVersion: 'v22.0.0' }) ?? '', /needs Node 24 or newer/);
});

test('the dashboard is built where it is not what its sources say, and not before', async (t) => {
  const checkout = new Checkout(t);
  assert.match((await checkout.run()).said, /Building the dashboard … done/);
  assert.equal(checkout.built(), 'dashboard');
  assert.doesNotMatch((await checkout.run()).said, /Building/);
  checkout.source('dashboard/index.ts', 'changed');
  assert.match((await checkout.run()).said, /Building the dashboard … done/);
  assert.equal(checkout.built(), 'changed');
  checkout.source('dashboard/index.test.ts', 'a test');
  assert.doesNotMatch((await checkout.run()).said, /Building/);
});

test('a dashboard that cannot be built holds no start back: that says why in a line, and leaves the one before', async (t) => {
  const checkout = new Checkout(t);
  checkout.program('bin/node', ['echo "no such module" >&2', 'exit 1']);
  const first = await checkout.run();
  assert.equal(first.code, 0);
  assert.match(first.said, /failed: the server runs without it\. The reason: no such module\n$/);
  checkout.program('bin/node', VITE);
  await checkout.run();
  checkout.source('contract/index.ts', 'changed');
  checkout.program('bin/node', ['echo "no such module" >&2', 'exit 1']);
  const { code, said } = await checkout.run();
  assert.equal(code, 0);
  assert.match(said, /failed: the one that was built before is served\. The reason: no such module\n$/);
  assert.equal(checkout.built(), 'dashboard');
  assert.deepEqual(readdirSync(checkout.path('dist')), ['dashboard']);
});

test('the tests need a dashboard: one that cannot be built ends them, with all that is said of why', async (t) => {
  const checkout = new Checkout(t);
  checkout.program('bin/node', ['echo "no such module" >&2', 'exit 1']);
  const { code, said } = await checkout.run(['--with-tests']);
  assert.equal(code, 1);
  assert.match(said, /failed\nno such module/);
});
