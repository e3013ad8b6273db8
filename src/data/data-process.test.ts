import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DataClient } from './data-client.ts';
import { DataProcess } from './data-process.ts';

const aFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-data-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const open = async (folder: string, log = (): void => {}) => {
  const runtimeDir = join(folder, 'run');
  const process = await DataProcess.open({ dataDir: join(folder, 'resources'), runtimeDir, log });
  return { process, client: new DataClient(runtimeDir) };
};

const ONE = { kind: 'kv_namespace', id: '1'.repeat(32), name: 'one' } as const;
const TWO = { ...ONE, id: '2'.repeat(32), name: 'two' };

const put = (client: DataClient, value: string) => client.ask(ONE, { method: 'PUT', path: '/key?urlencoded=true', body: value });
const get = async (client: DataClient, resource: typeof ONE | typeof TWO): Promise<string | undefined> => {
  const { status, body } = await client.ask(resource, { method: 'GET', path: '/key?urlencoded=true' });
  const said = await text(body);
  return status === 404 ? undefined : said;
};

test('what is stored in one resource is in no other, and is there after the process was killed', async (t) => {
  const { process: data, client } = await open(await aFolder(t));
  t.after(async () => {
    await client[Symbol.asyncDispose]();
    await data[Symbol.asyncDispose]();
  });
  await (await put(client, 'kept')).body.resume();
  assert.equal(await get(client, ONE), 'kept');
  assert.equal(await get(client, TWO), undefined);
  const { pid } = data;
  process.kill(pid, 'SIGKILL');
  await until(() => data.pid !== pid, 'another process is there');
  assert.equal(await get(client, ONE), 'kept');
});

test('a process that a killed server left running is ended before the next one opens its files', async (t) => {
  const folder = await aFolder(t);
  const left = await leftBehind(folder);
  const { process: data, client } = await open(folder);
  t.after(async () => {
    await client[Symbol.asyncDispose]();
    await data[Symbol.asyncDispose]();
  });
  await until(() => !isRunning(left), 'the one left behind has ended');
  await (await put(client, 'kept')).body.resume();
  assert.equal(await get(client, ONE), 'kept');
});

test('a process that is about to be started again when it is closed is not left running', async (t) => {
  const folder = await aFolder(t);
  let isStartedAgain = false;
  const { process: data, client } = await open(folder, () => (isStartedAgain = true));
  await client[Symbol.asyncDispose]();
  process.kill(data.pid, 'SIGKILL');
  const recorded = (): readonly number[] => (isStartedAgain ? recordedIn(join(folder, 'run')) : []);
  await until(() => recorded().length === 1, 'another one is recorded');
  const [pid = 0] = recorded();
  await data[Symbol.asyncDispose]();
  assert.equal(isRunning(pid), false);
});

const recordedIn = (runtimeDir: string): readonly number[] =>
  readdirSync(runtimeDir)
    .filter((name) => name.startsWith('w-'))
    .flatMap((name) => {
      try {
        return [(JSON.parse(readFileSync(join(runtimeDir, name, 'process.json'), 'utf8')) as { pid: number }).pid];
      } catch {
        return [];
      }
    });

test('a process left running that does not end is told of, and nothing is opened beside it', async (t) => {
  const folder = await aFolder(t);
  const left = await leftBehind(folder);
  // As one that waits for a disk; the clock runs so fast that the test does not wait.
  const { mock } = t.mock.method(process, 'kill', () => true);
  let now = performance.now();
  t.mock.method(performance, 'now', () => (now += 6_000));
  await assert.rejects(open(folder), new RegExp(`Process ${left}, which an earlier server left, does not end`));
  mock.restore();
  process.kill(left, 'SIGKILL');
});

/** The id of a data process whose server is dead. */
const leftBehind = async (folder: string): Promise<number> => {
  const source = `
    const { DataProcess } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    const data = await DataProcess.open({ dataDir: ${JSON.stringify(join(folder, 'resources'))}, runtimeDir: ${JSON.stringify(join(folder, 'run'))}, log: () => {} });
    console.log(data.pid);`;
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  server.kill('SIGKILL');
  await once(server, 'exit');
  return Number(line.toString());
};

/** One that has ended and that nobody has asked about yet has no command any more. */
const isRunning = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

const until = async (isTrue: () => boolean, what: string): Promise<void> => {
  const deadline = performance.now() + 20_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await wait(5);
  }
};
