/** The database of a running server taken away, as other programs and full disks do, while visitors come. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { killHalf } from '../support/halves.ts';
import { Load } from '../support/load.ts';
import { type Server, startServer } from '../support/server.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';
import { aWorker, saying } from '../support/worker-form.ts';

const PER_SECOND = 200;

/** Another program that holds the database, until it is told to go. */
const holder = async (server: Server): Promise<AsyncDisposable> => {
  const path = join(server.data, 'switchback.db');
  const code = `const { DatabaseSync } = require('node:sqlite'); new DatabaseSync(${JSON.stringify(path)}).exec('PRAGMA busy_timeout = 5000; BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/** The limits of a running process can be changed on Linux, by util-linux. */
const isLimitPossible = (): boolean => spawnSync('prlimit', ['--version']).status === 0;

const addZone = (server: Server, name: string): Promise<unknown> => server.api('POST', '/zones', { name });

/** Changes until one does not fit: what SQLite has set aside already has room for a few. */
const addZonesUntilRefused = async (server: Server): Promise<Error> => {
  for (let count = 0; count < 1_000; count += 1) {
    const refusal = await addZone(server, `${'x'.repeat(60)}.n${count}.example`).then(
      () => undefined,
      (error: Error) => error,
    );
    if (refusal !== undefined) return refusal;
  }
  throw new Error('A thousand changes were accepted.');
};

/** A Worker with visitors; what is done meanwhile costs none of them anything, and no process is started again for it. */
const whileVisited = async (server: Server, work: () => Promise<void>): Promise<void> => {
  await server.api('PUT', 'workers/scripts/hello', aWorker());
  await server.api('POST', 'workers/scripts/hello/subdomain', { enabled: true, previews_enabled: false });
  const processes = [server.half('control'), server.half('edge'), ...server.runtimes()];
  await using load = new Load({ url: server.edgeUrl, host: server.host('hello'), perSecond: PER_SECOND });
  await until('visitors', () => load.answers.length > PER_SECOND);
  await work();
  const before = load.answers.length;
  await until('more visitors', () => load.answers.length > before + PER_SECOND);
  assert.deepEqual(Object.keys(load.tally()), ['hello']);
  assert.deepEqual([server.half('control'), server.half('edge'), ...server.runtimes()], processes);
  await server.api('PUT', 'workers/scripts/hello', aWorker({ code: saying('afterwards') }));
  await until('what is deployed afterwards', () => load.answers.at(-1)?.text === 'afterwards');
};

test('[A-14] a database that another program holds refuses changes with the reason and nothing else, until it is let go', async () => {
  await using server = await startServer();
  await whileVisited(server, async () => {
    {
      await using _holder = await holder(server);
      await assert.rejects(addZone(server, 'held.example'), /503.*The database is locked by another program\. Nothing was changed/);
      assert.deepEqual(await server.api('GET', '/zones'), []);
    }
    await addZone(server, 'free.example');
  });
});

test(
  '[A-14] a full disk refuses changes and uploads with the reason and nothing else, until there is room',
  { skip: !SmallDisk.isPossible },
  async () => {
    using disk = new SmallDisk(24);
    const folder = mkdtempSync(join(tmpdir(), 'sb-e2e-'));
    mkdirSync(join(disk.path, 'data'), { mode: 0o700 });
    symlinkSync(join(disk.path, 'data'), join(folder, 'data'));
    await using server = await startServer({ folder, env: { NODE_COMPILE_CACHE: join(folder, 'compiled') } });
    await whileVisited(server, async () => {
      disk.fill();
      assert.match((await addZonesUntilRefused(server)).message, /503.*The disk is full: the database cannot grow\. Nothing was changed/);
      const upload = server.api('PUT', 'workers/scripts/other', aWorker({ code: `// ${'x'.repeat(100_000)}\n${saying('other')}` }));
      await assert.rejects(upload, /503.*The disk is full/);
      assert.deepEqual(
        ((await server.api('GET', 'workers/scripts')) as { id: string }[]).map(({ id }) => id),
        ['hello'],
      );
      disk.free();
      await addZone(server, 'free.example');
    });
    disk.fill();
    killHalf(server, 'control');
    await until('the control plane to come back on the full disk', () => server.output.includes('The control process is ready again.'));
    assert.equal(
      ((await server.api('GET', '/zones')) as { name: string }[]).some(({ name }) => name === 'free.example'),
      true,
    );
    disk.free();
  },
);

test(
  '[A-14] files that take no more bytes refuse changes and uploads with the reason and nothing else, until they do',
  { skip: !isLimitPossible() },
  async () => {
    await using server = await startServer();
    await whileVisited(server, async () => {
      // The system refuses what would make any file of the process longer.
      const limit = (bytes: string): void => void execFileSync('prlimit', ['--pid', String(server.half('control')), `--fsize=${bytes}:`]);
      limit('0');
      assert.match((await addZonesUntilRefused(server)).message, /503.*Nothing was changed/);
      await assert.rejects(server.api('PUT', 'workers/scripts/other', aWorker({ code: saying('other') })), /503.*may not grow further/);
      limit('unlimited');
      await addZone(server, 'free.example');
    });
  },
);
