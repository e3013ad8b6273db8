import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Drops } from '../drops.ts';
import type { CollectRule } from '../report.ts';
import { aCount, aFolder, aRecord, aReport, NOON, NOON_MINUTE, SCRIPT } from '../testing.ts';
import type { TraceException } from '../trace.ts';
import { Archive } from './archive.ts';
import { metricsOf } from './metrics.ts';

const KEPT = { script: SCRIPT, sampleRate: 1, isKept: true, logpush: false };
const MB = 1024 * 1024;

class World {
  readonly folder: string;
  readonly drops = new Drops();
  rule: CollectRule | undefined = KEPT;
  readonly said: string[] = [];
  #archive: Archive | undefined;

  private constructor(t: TestContext) {
    this.folder = aFolder(t);
    t.after(() => this.close());
  }

  static async open(t: TestContext, mostBytes?: number): Promise<World> {
    const world = new World(t);
    await world.open(mostBytes);
    return world;
  }

  async open(mostBytes = 64 * MB): Promise<void> {
    const log = (_: unknown, sentence: string): void => void this.said.push(sentence);
    this.#archive = await Archive.open({
      dataDir: join(this.folder, 'observe'),
      mostBytes,
      drops: this.drops,
      log,
      ruleOf: () => this.rule,
    });
  }

  get archive(): Archive {
    assert.ok(this.#archive);
    return this.#archive;
  }

  async close(): Promise<void> {
    await this.#archive?.close();
    this.#archive = undefined;
  }

  path(name: string): string {
    return join(this.folder, 'observe', name);
  }

  get size(): number {
    const files = ['counts.db', 'counts.db-wal', 'records.db', 'records.db-wal'].map((name) => this.path(name));
    return files.filter(existsSync).reduce((sum, path) => sum + statSync(path).size, 0);
  }
}

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, `waited in vain until ${what}`);
    await wait(10);
  }
};

const requestsIn = async (world: World): Promise<number> => {
  const question = { script: SCRIPT, since: NOON_MINUTE, until: NOON_MINUTE + 5_000, step: 1, group: 'version' } as const;
  const groups = await metricsOf(() => world.archive.stores.counts, question);
  return groups.reduce((sum, { requests }) => sum + requests, 0);
};

/** Text that no compression makes smaller. */
const noise = (bytes: number): string => Array.from({ length: bytes / 8 }, () => Math.random().toString(36).slice(2, 10)).join('');

test('[OB-26] what was observed stays within its size, the oldest goes first, and counts stay when records go', async (t) => {
  const world = await World.open(t, 8 * MB);
  await world.archive.takeReport(aReport({ counts: [aCount({ latencies: [1, 2, 3] })] }));
  const newest = () => world.archive.stores.records.page(SCRIPT, { since: 0, until: Infinity }, 1, undefined).records[0]?.at;
  for (let at = NOON; at < NOON + 12_000; at += 1_000) {
    for (let each = 0; each < 250; each += 1) {
      world.archive.take(aRecord({ at: at + each, id: `${at + each}`, logs: [{ message: noise(4_000), level: 'log', timestamp: at }] }));
    }
    await until('they are written', () => newest() === at + 249);
  }
  await until('there is room again', () => {
    const { counts, records } = world.archive.stores.sizes;
    return counts + records <= 8 * MB && world.size <= 8 * MB + 4 * MB;
  });
  assert.ok((world.archive.stores.records.oldestAt ?? 0) > NOON, 'the first are gone');
  assert.equal(newest(), NOON + 11_249);
  assert.equal(await requestsIn(world), 3);
  assert.deepEqual(world.drops.counts, {});
});

test('[OB-26] counts leave at most half of the room to nothing but themselves', async (t) => {
  const world = await World.open(t, 4 * MB);
  const latencies = Array.from({ length: 400 }, (_, index) => 1.05 ** (index % 250));
  for (let minute = NOON_MINUTE; minute < NOON_MINUTE + 3_000; minute += 250) {
    const counts = Array.from({ length: 250 }, (_, index) => aCount({ minute: minute + index, latencies }));
    await world.archive.takeReport(aReport({ sequence: minute, counts }));
  }
  await until('there is room again', () => world.archive.stores.sizes.counts <= 2 * MB);
  assert.ok((world.archive.stores.counts.oldestMinute ?? 0) > NOON_MINUTE);
  assert.ok((await requestsIn(world)) > 0, 'the newest are there');
});

test('[OB-27] a damaged file is put aside at a start, an empty one takes its place, and the other one stays', async (t) => {
  const world = await World.open(t);
  await world.archive.takeReport(aReport({ counts: [aCount({ latencies: [1, 2] })] }));
  await world.close();
  writeFileSync(world.path('records.db'), 'this is no database, and long enough not to be taken for an empty one'.repeat(100));
  await world.open();
  assert.equal(await requestsIn(world), 2);
  world.archive.take(aRecord());
  await until('records are kept again', () => world.archive.stores.records.byId(SCRIPT, 'ray-1') !== undefined);
  assert.match(readFileSync(world.path('records.db.damaged'), 'utf8'), /^this is no database/);
  assert.match(world.said.join(' '), /damaged/);
});

test('[OB-27] a file that is found damaged while it is used is put aside too; what was not stored is refused, and then stored', async (t) => {
  const world = await World.open(t);
  const latencies = Array.from({ length: 300 }, (_, index) => 1.05 ** index);
  const counts = Array.from({ length: 500 }, (_, index) => aCount({ minute: NOON_MINUTE + index, latencies }));
  await world.archive.takeReport(aReport({ counts }));
  await world.close();
  const whole = readFileSync(world.path('counts.db'));
  writeFileSync(world.path('counts.db'), whole.fill(0x55, 3 * 4096));
  await world.open();
  let refused = 0;
  const report = aReport({ sequence: 1, counts });
  await until('a report is stored', () => {
    void world.archive.takeReport(report).catch(() => (refused += 1));
    return world.said.some((sentence) => sentence.includes('put aside'));
  });
  await world.archive.takeReport(report);
  assert.ok(refused > 0);
  assert.ok(existsSync(world.path('counts.db.damaged')));
  assert.equal(await requestsIn(world), 500 * 300);
});

test('[OB-27] where nothing can be stored reports are refused, what is lost is counted, and it goes on once it can', async (t) => {
  const world = await World.open(t);
  await world.close();
  rmSync(world.path(''), { recursive: true });
  writeFileSync(join(world.folder, 'observe'), 'a file where the folder is to be');
  await world.open();
  await assert.rejects(world.archive.takeReport(aReport()), /exists/);
  assert.throws(() => world.archive.stores, /cannot be read for now/);
  world.archive.take(aRecord());
  assert.deepEqual(world.drops.counts, { records_not_written: 1 });
  rmSync(join(world.folder, 'observe'));
  mkdirSync(join(world.folder, 'observe'));
  chmodSync(join(world.folder, 'observe'), 0o700);
  await until('it can be stored again', () => world.said.some((sentence) => sentence.includes('stored again')));
  await world.archive.takeReport(aReport({ counts: [aCount()] }));
  assert.equal(await requestsIn(world), 1);
});

test('a page of records goes on behind the last, with what filters ask for', async (t) => {
  const world = await World.open(t);
  for (let index = 0; index < 1_200; index += 1) {
    const isBad = index % 100 === 0;
    world.archive.take(
      aRecord({ at: NOON + index, id: `${index}`, status: isBad ? 503 : 200, wallMs: index, url: `shop.example/${index}` }),
    );
  }
  const { records } = world.archive.stores;
  const all = { since: NOON, until: NOON + 10_000 };
  await until('they are written', () => records.page(SCRIPT, all, 1, undefined).records[0]?.id === '1199');
  const first = records.page(SCRIPT, { ...all, isError: true }, 5, undefined);
  assert.deepEqual(
    first.records.map(({ id }) => id),
    ['1100', '1000', '900', '800', '700'],
  );
  const second = records.page(SCRIPT, { ...all, isError: true }, 50, first.cursor);
  assert.deepEqual(
    second.records.map(({ id }) => id),
    ['600', '500', '400', '300', '200', '100', '0'],
  );
  assert.equal(second.cursor, undefined);
  const found = (filter: object) => records.page(SCRIPT, { ...all, ...filter }, 50, undefined).records.map(({ id }) => id);
  assert.deepEqual(found({ status: 5, since: NOON + 1_000 }), ['1100', '1000']);
  assert.deepEqual(found({ status: 503, until: NOON + 101 }), ['100', '0']);
  assert.deepEqual(found({ leastWallMs: 1_198 }), ['1199', '1198']);
  assert.deepEqual(found({ search: 'SHOP.example/77"' }), ['77']);
  assert.deepEqual(found({ ray: '42' }), ['42']);
  assert.deepEqual(found({ kind: 'queue' }), []);
});

test('[OB-26] records that were packed together are each found, also once the oldest of their pack are gone', async (t) => {
  const world = await World.open(t);
  const scripts = [SCRIPT, 'other'];
  const long = 'long '.repeat(10_000);
  for (let index = 0; index < 100; index += 1) {
    const logs = [{ message: [index === 50 ? long : `said ${index}`], level: 'log', timestamp: NOON } as const];
    for (const script of scripts) world.archive.take(aRecord({ script, at: NOON + index, id: `${script} ${index}`, logs }));
  }
  const { records } = world.archive.stores;
  const idsOf = (script: string) =>
    records.page(script, { since: NOON, until: NOON + 1_000 }, 200, undefined).records.map(({ id }) => Number(id.split(' ')[1]));
  await until('they are written', () => idsOf('other').length === 100);
  assert.deepEqual(
    scripts.map((script) => records.byId(script, `${script} 50`)?.logs[0]?.message),
    [[long], [long]],
  );
  world.archive.stores.changeRecords(() => records.removeOldest(45));
  const newestFirst = Array.from({ length: 100 }, (_, index) => 99 - index);
  assert.deepEqual(idsOf('other'), newestFirst);
  assert.deepEqual(idsOf(SCRIPT), newestFirst.slice(0, 55));
  assert.deepEqual(records.byId(SCRIPT, `${SCRIPT} 44`), undefined);
  assert.deepEqual(records.byId(SCRIPT, `${SCRIPT} 45`)?.logs[0]?.message, ['said 45']);
  world.archive.stores.changeRecords(() => records.removeOldest(1_000));
  assert.deepEqual([records.oldestAt, idsOf(SCRIPT), idsOf('other')], [undefined, [], []]);
});

const thrownOnce = (name: string, index: number): TraceException => ({
  name,
  message: noise(400),
  stack: `    at ${letters(index)} (${letters(index)}.js:1:1)`,
  timestamp: NOON,
});
/** A name that no number is in. */
const letters = (index: number): string => [...`${index}`].map((digit) => 'abcdefghij'[Number(digit)]).join('');
const groupsIn = (world: World, script = SCRIPT) => world.archive.stores.exceptions.groups(script, 0, Infinity, 1_000);

test('[OB-22] who throws something else each time has few groups a second, what is more is counted, and no report waits for it', async (t) => {
  const world = await World.open(t);
  const before = performance.now();
  for (let index = 0; index < 1_000; index += 1) {
    const exceptions = Array.from({ length: 16 }, (_, each) => thrownOnce('Error', index * 16 + each));
    world.archive.take(aRecord({ outcome: 'exception', exceptions }));
  }
  world.archive.take(aRecord({ script: 'other', outcome: 'exception', exceptions: [thrownOnce('Error', 0)] }));
  const [first] = await Promise.all(
    [20, 40].map((sequence) =>
      world.archive.takeReport(aReport({ sequence, counts: [aCount()] })).then(() => groupsIn(world, 'other').length),
    ),
  );
  assert.equal(first, 0, 'the report was stored before all were looked at');
  await until('all are looked at', () => groupsIn(world, 'other').length === 1);
  const seconds = Math.ceil((performance.now() - before) / 1_000) + 1;
  const made = groupsIn(world).length;
  assert.ok(made >= 20 && made <= 20 * seconds, `${made} in ${seconds} s`);
  assert.equal(world.drops.counts.exceptions_not_grouped, 16_000 - made);
});

test('[OB-26] what groups of exceptions look like takes a bounded part, and no counts away', async (t) => {
  const world = await World.open(t, 4 * MB);
  await world.archive.takeReport(aReport({ counts: [aCount()] }));
  const { stores } = world.archive;
  const logs = [{ message: noise(16_000), level: 'log', timestamp: NOON } as const];
  for (let script = 0; script < 60; script += 1) {
    stores.changeCounts(() => {
      for (let index = 0; index < 20; index += 1) {
        const exceptions = [{ ...thrownOnce('Error', index), stack: noise(8_000) }];
        stores.exceptions.add(aRecord({ at: NOON + script, script: `${script}`, outcome: 'exception', exceptions, logs }), true);
      }
    });
  }
  assert.ok(stores.exceptions.bytes <= 60 * 20 * (4_096 + 1_000));
  await until('there is room again', () => stores.exceptions.bytes <= MB / 2);
  assert.equal(await requestsIn(world), 1);
  assert.deepEqual([groupsIn(world, '0').length, groupsIn(world, '59').length], [0, 20]);
  const [group] = groupsIn(world, '59');
  assert.deepEqual([group?.sample?.script, group?.sample?.isTruncated, group?.sample?.exceptions.length], ['59', true, 1]);
  const known = stores.exceptions.bytes;
  stores.exceptions.forget();
  assert.equal(stores.exceptions.bytes, known, 'what is kept in memory is what is stored');
});

test('[OB-35] of a Worker of which nothing is to be kept a group has no record; it gets one once something is', async (t) => {
  const world = await World.open(t);
  const record = aRecord({ outcome: 'exception', exceptions: [thrownOnce('Error', 1)] });
  const counted = async (count: number): Promise<void> => {
    world.archive.take(record);
    await until('it is grouped', () => groupsIn(world)[0]?.count === count);
  };
  world.rule = { ...KEPT, isKept: false, logpush: true };
  await counted(1);
  assert.equal(groupsIn(world)[0]?.sample, undefined);
  assert.equal(world.archive.stores.records.byId(SCRIPT, 'ray-1'), undefined);
  await world.close();
  await world.open();
  world.rule = KEPT;
  await counted(2);
  assert.deepEqual(groupsIn(world)[0]?.sample, record);
});

test('[OB-35] the query of a request is not kept', async (t) => {
  const world = await World.open(t);
  const event = { request: { url: 'http://shop.example.com/cart?password=secret', method: 'GET', headers: {} } };
  world.archive.take(aRecord({ event, outcome: 'exception', exceptions: [thrownOnce('Error', 1)] }));
  await until('it is kept', () => world.archive.stores.records.byId(SCRIPT, 'ray-1') !== undefined && groupsIn(world).length === 1);
  const kept = [world.archive.stores.records.byId(SCRIPT, 'ray-1'), groupsIn(world)[0]?.sample].map((record) => record?.event);
  const without = { request: { ...event.request, url: 'http://shop.example.com/cart' } };
  assert.deepEqual(kept, [without, without]);
});

test('[OB-20] a report counts once, whatever the clock is set to meanwhile', async (t) => {
  const world = await World.open(t);
  const report = aReport({ counts: [aCount()] });
  await world.archive.takeReport(report);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 7 * 3_600_000 });
  world.archive.stores.changeCounts(() => world.archive.stores.counts.forgetReports());
  await world.archive.takeReport(report);
  assert.equal(await requestsIn(world), 1);
});
