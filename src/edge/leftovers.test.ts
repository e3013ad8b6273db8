import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { FakeControl } from './fake-control.ts';
import { Follower } from './follower.ts';
import { aFolder, aLog, aTable, aWorker, until, V1 } from './testing.ts';

const CODE = `export default { fetch: () => new Response('hello') }`;

const opened = async (control: FakeControl, dataDir: string, log = aLog()) => {
  const options = {
    edge: 'e1',
    dataDir,
    runtimeDir: join(dataDir, 'r'),
    controlUrl: control.url,
    edgeToken: control.token,
    modulesDir: undefined,
    startTimeoutMs: 1_000,
    maxCallsPerCaller: 10,
  };
  const follower = await Follower.start({ ...options, runtimeSettings: { waitUntilGraceMs: 0, drainDeadlineMs: 200 }, log }, 500);
  return { follower, log, [Symbol.asyncDispose]: () => follower.close(0) };
};

const aControl = async (): Promise<FakeControl> => {
  const control = await FakeControl.open(aTable([aWorker('hello')]));
  control.addVersion(V1, 'hello', CODE);
  return control;
};

test('[E-68] what a killed edge left half-written is removed at its next start, and nothing else', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const versions = join(folder.path, 'versions');
  {
    await using _first = await opened(control, folder.path);
    await until(async () => (await readdir(versions).catch((): string[] => [])).includes(V1), 'the version is kept');
  }
  const before = await readdir(folder.path);
  for (const path of [join(folder.path, 'table.0123456789ab.tmp'), join(versions, `${V1}.0123456789ab.tmp`)]) await writeFile(path, 'half');
  await using _second = await opened(control, folder.path);
  assert.deepEqual(
    [await readdir(versions), (await readdir(folder.path)).filter((name) => !before.includes(name) && name !== 'table.previous')],
    [[V1], []],
  );
});

test('[E-69] a damaged key is set aside and made anew, and the versions it sealed are fetched again', async () => {
  await using folder = await aFolder();
  await using control = await aControl();
  const key = join(folder.path, 'edge.key');
  const fetched = () => control.asked.filter((asked) => asked.includes(`/versions/${V1}`)).length;
  {
    await using _first = await opened(control, folder.path);
    await until(() => control.asked.some((asked) => asked.includes('/modules/')), 'the version was fetched ahead');
  }
  const good = await readFile(key);
  const damaged = Buffer.from(good);
  damaged[5] = (damaged[5] ?? 0) ^ 1;
  await writeFile(key, damaged);
  const before = fetched();
  await using second = await opened(control, folder.path);
  await until(() => fetched() > before, 'the version is fetched again');
  assert.match(second.log.lines.map(({ sentence }) => sentence).join(), /The edge's key is damaged: it has a new one/);
  assert.deepEqual(await readFile(`${key}.damaged`), damaged);
  assert.notDeepEqual(await readFile(key), good);
});
