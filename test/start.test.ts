import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';

const EXECUTABLE = join(dirname(import.meta.dirname), 'bin', 'switchback');
const ANY_PORTS = ['--control-port', '0', '--edge-port', '0', '--edge-admin-port', '0'];

interface Urls {
  readonly control_url: string;
  readonly edge_url: string;
  readonly edge_admin_url: string;
  readonly dashboard_url: string;
}

/** The product as it is installed, on a folder of the test's own. */
class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'switchback-start-'));
  readonly #servers: ChildProcess[] = [];

  constructor(t: TestContext) {
    t.after(async () => {
      for (const server of this.#servers) server.kill('SIGTERM');
      await Promise.all(this.#servers.map(exitOf));
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  spawn(...args: string[]): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
    const { SWITCHBACK_DATA: _data, ...environment } = process.env;
    const env = { ...environment, XDG_STATE_HOME: this.path('state'), NO_COLOR: '1' };
    const child = spawn(EXECUTABLE, args, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    return child;
  }

  async run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = this.spawn(...args);
    const [code, stdout, stderr] = await Promise.all([exitOf(child), text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  async start(): Promise<{ server: ChildProcess; urls: Urls }> {
    const server = this.spawn('start', '--json', '--data', 'data', ...ANY_PORTS);
    this.#servers.push(server);
    const line = await new Promise<string>((resolve, reject) => {
      createInterface(server.stdout).once('line', resolve);
      server.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
    });
    return { server, urls: JSON.parse(line) as Urls };
  }

  records(): string[] {
    const folder = this.path('state/switchback/running');
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  }
}

const exitOf = async (child: ChildProcess): Promise<number | null> =>
  child.exitCode === null && child.signalCode === null ? new Promise((resolve) => child.once('exit', resolve)) : child.exitCode;

test('a started server is found from any folder, answers its health checks, and leaves no record behind', async (t) => {
  const machine = new Machine(t);
  const { server, urls } = await machine.start();
  for (const url of [
    `${urls.control_url}/healthz`,
    `${urls.control_url}/readyz`,
    `${urls.edge_admin_url}/healthz`,
    `${urls.edge_admin_url}/readyz`,
  ]) {
    assert.equal((await fetch(url)).status, 200, url);
  }
  const status = JSON.parse((await machine.run('status', '--json')).stdout) as Record<string, unknown>;
  assert.deepEqual([status['running'], status['control_url'], status['edge_url']], [true, urls.control_url, urls.edge_url]);
  const [record] = machine.records();
  assert.equal(statSync(record ?? '').mode & 0o777, 0o600);
  assert.equal(statSync(machine.path('data/credentials')).mode & 0o777, 0o600);

  server.kill('SIGTERM');
  assert.equal(await exitOf(server), 0);
  assert.deepEqual(machine.records(), []);
  assert.equal((await machine.run('status')).code, 3);
});

test('[SE-3] start prints a link that signs in once', async (t) => {
  const machine = new Machine(t);
  const { urls } = await machine.start();
  const link = new URL(urls.dashboard_url);
  assert.deepEqual([link.origin, link.pathname], [urls.control_url, '/sign-in']);
  const body = JSON.stringify({ code: link.hash.replace('#code=', '') });
  const signIn = async () => (await fetch(`${urls.control_url}/switchback/v1/session`, { method: 'POST', body })).status;
  assert.deepEqual([await signIn(), await signIn()], [200, 401]);
  assert.doesNotMatch(readFileSync(machine.records()[0] ?? '', 'utf8'), /code=/, 'it is kept in no file');
});

test('a second server on the same data directory is refused and disturbs nothing', async (t) => {
  const machine = new Machine(t);
  const { urls } = await machine.start();
  const second = await machine.run('start', '--data', 'data', ...ANY_PORTS);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /data is in use by another Switchback/);
  assert.equal((await fetch(`${urls.control_url}/readyz`)).status, 200);
  assert.equal((JSON.parse(readFileSync(machine.records()[0] ?? '', 'utf8')) as { control_url: string }).control_url, urls.control_url);
});

test('a port in use is refused by name instead of being tried again and again', async (t) => {
  const machine = new Machine(t);
  const { urls } = await machine.start();
  const port = new URL(urls.control_url).port;
  const second = await machine.run('start', '--data', 'other', '--control-port', port, '--edge-port', '0', '--edge-admin-port', '0');
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`Port ${port} .* is in use by another program`));
});

test('the demo walks a Worker from its first deploy to a rollback, counting answers, and cleans up', { timeout: 300_000 }, async (t) => {
  const machine = new Machine(t);
  await machine.start();
  const { code, stdout, stderr } = await machine.run('demo', '--fast');
  assert.equal(code, 0, stdout + stderr);
  const counts = [...stdout.matchAll(/version (one|two) .* (\d+) of 100/g)].map(([, , count]) => Number(count));
  assert.equal(counts.length, 12);
  const [, , , , tenOne = 0, tenTwo = 0, fiftyOne = 0, fiftyTwo = 0] = counts;
  assert.deepEqual(
    [counts.slice(0, 4), counts.slice(8)],
    [
      [100, 0, 100, 0],
      [0, 100, 100, 0],
    ],
  );
  // Draws by chance: outside these bounds once in millions of runs.
  assert.ok(tenOne + tenTwo === 100 && tenTwo < 30, `${tenTwo} of 100 at 10 %`);
  assert.ok(fiftyOne + fiftyTwo === 100 && fiftyTwo > 22 && fiftyTwo < 78, `${fiftyTwo} of 100 at 50 %`);
  const status = JSON.parse((await machine.run('status', '--json')).stdout) as { workers: unknown[] };
  assert.deepEqual(status.workers, []);
});
