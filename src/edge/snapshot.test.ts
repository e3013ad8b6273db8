import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { Snapshot } from './snapshot.ts';
import { aFolder, aLog, aTable, aWorker } from './testing.ts';

const saved = async (snapshot: Snapshot, generation: number): Promise<void> => {
  snapshot.save(aTable([aWorker(`g${generation}`)], {}, generation));
  await snapshot.written();
};

test('[E-53] the last table saved is read back after a restart', async () => {
  await using folder = await aFolder();
  const log = aLog();
  assert.equal(await new Snapshot(folder.path, log).read(), undefined);
  const snapshot = new Snapshot(folder.path, log);
  for (let generation = 1; generation <= 20; generation += 1) snapshot.save(aTable([], {}, generation));
  await snapshot.written();
  assert.equal((await new Snapshot(folder.path, log).read())?.generation, 20);
  assert.deepEqual(log.lines, []);
});

test('[E-54] a damaged table is ignored with a line in the log, and the one before it is used', async () => {
  for (const damage of [(text: string) => text.slice(0, -5), (text: string) => text.replace('g2', 'g3'), () => '', () => 'null\n']) {
    await using folder = await aFolder();
    const log = aLog();
    const snapshot = new Snapshot(folder.path, log);
    await saved(snapshot, 1);
    await saved(snapshot, 2);
    const path = join(folder.path, 'table');
    await writeFile(path, damage(await readFile(path, 'utf8')));
    assert.equal((await new Snapshot(folder.path, log).read())?.generation, 1);
    assert.equal(log.lines[0]?.level, 'warn');
    // The next one saved must not push the good one out by the damaged one.
    await saved(snapshot, 3);
    await writeFile(path, 'damaged again');
    assert.equal((await new Snapshot(folder.path, log).read())?.generation, 1);
  }
});

test('[E-55] a disk that cannot be written is told in the log, and the next table is tried again', async () => {
  const log = aLog();
  const snapshot = new Snapshot('/proc/nowhere', log);
  await saved(snapshot, 1);
  await saved(snapshot, 2);
  assert.equal(log.lines.filter(({ level }) => level === 'error').length, 2);
});
