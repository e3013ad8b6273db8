import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import test from 'node:test';
import type { RoutingTable } from '../domain/index.ts';
import { Crons, type CronClock, type CronsOptions } from './crons.ts';
import { FakeControl, openEdge } from './fake-control.ts';
import type { Edge } from './index.ts';
import { aFolder, aLog, aTable, aWorker, splitOf, until, V1, V2, type Remembered } from './testing.ts';

/** A clock that stands still until it is set. */
class SetClock implements CronClock {
  #now: number;
  readonly #waiting = new Set<{ readonly time: number; readonly work: () => void }>();

  constructor(time: string) {
    this.#now = Date.parse(time);
  }

  now(): number {
    return this.#now;
  }

  at(time: number, work: () => void): () => void {
    const entry = { time, work };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  /** When it calls next. */
  get next(): string | undefined {
    const times = [...this.#waiting].map(({ time }) => time);
    return times.length === 0 ? undefined : new Date(Math.min(...times)).toISOString();
  }

  set(time: string): void {
    this.#now = Date.parse(time);
    for (const entry of this.#waiting) {
      if (entry.time > this.#now) continue;
      this.#waiting.delete(entry);
      entry.work();
    }
  }
}

const withCrons = (...crons: string[]) => aTable([aWorker('hello', { crons })]);

const following = (time: string, table: Pick<RoutingTable, 'workers'>, of: Partial<CronsOptions> = {}) => {
  const clock = new SetClock(time);
  const fired: string[] = [];
  const crons = new Crons({
    clock,
    invoke: (script, { event }) => {
      fired.push(`${script} ${event['cron']} ${new Date(Number(event['scheduledTime'])).toISOString()}`);
      return Promise.resolve({ ran: true, versionId: V1, outcome: 'ok', told: {} });
    },
    mayFire: () => true,
    firedUntil: undefined,
    markFired: () => Promise.resolve(),
    log: aLog(),
    ...of,
  });
  crons.follow(table);
  const at = async (moment: string): Promise<readonly string[]> => {
    clock.set(moment);
    await new Promise(setImmediate);
    return fired.splice(0);
  };
  return { clock, crons, at };
};

test('[T-3] a cron is fired at its minute, once, and with the time that it was due', async () => {
  const { clock, at } = following('2026-11-21T12:00:30Z', withCrons('*/5 * * * *'));
  assert.equal(clock.next, '2026-11-21T12:05:00.000Z');
  assert.deepEqual(await at('2026-11-21T12:04:59.999Z'), []);
  assert.deepEqual(await at('2026-11-21T12:05:00.003Z'), ['hello */5 * * * * 2026-11-21T12:05:00.000Z']);
  assert.deepEqual(await at('2026-11-21T12:05:30Z'), []);
  assert.equal(clock.next, '2026-11-21T12:10:00.000Z');
});

test('[T-3] a table that changes something else moves no cron, and a cron that left the table is not fired', async () => {
  const { crons, at } = following('2026-11-21T12:00:30Z', withCrons('* * * * *', '1 12 * * *'));
  crons.follow(withCrons('* * * * *'));
  assert.deepEqual(await at('2026-11-21T12:01:00Z'), ['hello * * * * * 2026-11-21T12:01:00.000Z']);
  crons.follow(withCrons());
  assert.deepEqual(await at('2026-11-21T12:02:00Z'), []);
});

test('[T-3] a cron that is added is not due for the time before', async () => {
  const { crons, at } = following('2026-11-21T12:00:30Z', withCrons());
  await at('2026-11-21T12:03:40Z');
  crons.follow(withCrons('* * * * *'));
  assert.deepEqual(await at('2026-11-21T12:03:50Z'), []);
  assert.deepEqual(await at('2026-11-21T12:04:00Z'), ['hello * * * * * 2026-11-21T12:04:00.000Z']);
});

test('[T-4] a tick that came while nothing ran is made up for within a minute, and left out after that', async () => {
  const firedUntil = Date.parse('2026-11-21T11:50:00Z');
  const soon = following('2026-11-21T12:00:40Z', withCrons('0 12 * * *', '58 11 * * *'), { firedUntil });
  assert.deepEqual(await soon.at('2026-11-21T12:00:40Z'), ['hello 0 12 * * * 2026-11-21T12:00:00.000Z']);
  const late = following('2026-11-21T12:01:40Z', withCrons('0 12 * * *'), { firedUntil });
  assert.deepEqual(await late.at('2026-11-21T12:01:40Z'), []);
});

test('[T-4] a tick that was fired is not fired again after a restart', async () => {
  const firedUntil = Date.parse('2026-11-21T12:00:00.004Z');
  const { at } = following('2026-11-21T12:00:20Z', withCrons('* * * * *'), { firedUntil });
  assert.deepEqual(await at('2026-11-21T12:00:20Z'), []);
  assert.deepEqual(await at('2026-11-21T12:01:00Z'), ['hello * * * * * 2026-11-21T12:01:00.000Z']);
});

test('[T-4] after the machine slept only the latest tick is fired', async () => {
  const { at } = following('2026-11-21T12:00:30Z', withCrons('* * * * *', '5 12 * * *'));
  assert.deepEqual(await at('2026-11-21T12:30:20Z'), ['hello * * * * * 2026-11-21T12:30:00.000Z']);
});

test('[T-4] what is fired is durable before it is fired', async () => {
  const order: string[] = [];
  const { at } = following('2026-11-21T12:00:30Z', withCrons('* * * * *'), {
    markFired: (time) => Promise.resolve(void order.push(new Date(time).toISOString())),
    invoke: () => Promise.resolve((order.push('fired'), { ran: true, versionId: V1, outcome: 'ok', told: {} })),
  });
  await at('2026-11-21T12:01:00Z');
  assert.deepEqual(order, ['2026-11-21T12:01:00.000Z', 'fired']);
});

test('[T-6] an edge that does not fire keeps silent, and fires from the next tick on once it does', async () => {
  let mayFire = false;
  const { at } = following('2026-11-21T12:00:30Z', withCrons('* * * * *'), { mayFire: () => mayFire });
  assert.deepEqual(await at('2026-11-21T12:01:00Z'), []);
  mayFire = true;
  assert.deepEqual(await at('2026-11-21T12:02:00Z'), ['hello * * * * * 2026-11-21T12:02:00.000Z']);
});

/** What follows runs the real runtime. */
const CRON_WORKER = (name: string) => `export default {
  scheduled({ cron, scheduledTime }) {
    if (cron === '13 * * * *') throw new Error('on purpose');
    console.log('${name} ' + cron + ' ' + scheduledTime);
  },
};`;

const opened = (control: FakeControl, dataDir: string, cronClock: CronClock, log: Remembered): Promise<Edge> =>
  openEdge(control, dataDir, {
    log,
    cronClock,
  });

const firedIn = (log: Remembered) => log.lines.filter(({ sentence }) => sentence.startsWith('A cron was')).map(({ facts }) => facts);

const modulesIn = (folder: string): number =>
  globSync('modules/**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile()).length;

const aCronControl = async (): Promise<FakeControl> => {
  const control = await FakeControl.open(aTable([aWorker('hello', { deployment: splitOf(50_000), crons: ['* * * * *', '13 * * * *'] })]));
  for (const [id, name] of [
    [V1, 'one'],
    [V2, 'two'],
  ] as const) {
    control.addVersion(id, 'hello', CRON_WORKER(name), { handlers: ['scheduled'] });
  }
  return control;
};

test('[T-5] each tick draws one version of the split, starts it where it is cold, and the log says which it was', async () => {
  await using folder = await aFolder();
  await using control = await aCronControl();
  const log = aLog();
  const clock = new SetClock('2026-11-21T12:20:30Z');
  const edge = await opened(control, folder.path, clock, log);
  try {
    for (let minute = 21; minute < 51; minute += 1) {
      clock.set(`2026-11-21T12:${minute}:00Z`);
      await until(() => firedIn(log).length === minute - 20, `the tick of minute ${minute} was fired`);
    }
    const versions = firedIn(log).map((facts) => ('versionId' in facts ? facts.versionId : undefined));
    assert.deepEqual(new Set(versions), new Set([V1, V2]));
    assert.deepEqual(firedIn(log)[0], {
      script: 'hello',
      cron: '* * * * *',
      scheduledTime: '2026-11-21T12:21:00.000Z',
      versionId: versions[0],
      outcome: 'ok',
    });
    clock.set('2026-11-21T13:13:00Z');
    await until(() => firedIn(log).length === 32, 'the one that throws was fired');
    assert.deepEqual(
      firedIn(log)
        .slice(-2)
        .map((facts) => ('outcome' in facts ? facts.outcome : undefined))
        .toSorted(),
      ['exception', 'ok'],
    );
  } finally {
    await edge.close();
  }
});

test('[T-5] crons are fired while the control plane is gone, also by an edge that started without it', async () => {
  await using folder = await aFolder();
  await using control = await aCronControl();
  const clock = new SetClock('2026-11-21T12:20:30Z');
  const first = await opened(control, folder.path, clock, aLog());
  await until(() => modulesIn(folder.path) === 2, 'it has both versions');
  await control.go();
  clock.set('2026-11-21T12:21:00Z');
  await first.close();
  const log = aLog();
  const second = await opened(control, folder.path, clock, log);
  try {
    assert.deepEqual(firedIn(log), []);
    clock.set('2026-11-21T12:22:00Z');
    await until(() => firedIn(log).length === 1, 'a tick was fired');
    assert.match(JSON.stringify(firedIn(log)), /"scheduledTime":"2026-11-21T12:22:00.000Z".*"outcome":"ok"/);
  } finally {
    await second.close();
  }
});

test('[T-6] an edge that is told that another fires does not, after a restart either', async () => {
  await using folder = await aFolder();
  await using control = await aCronControl();
  const clock = new SetClock('2026-11-21T12:20:30Z');
  const first = await opened(control, folder.path, clock, aLog());
  control.say({ type: 'firing', firing: 'never' });
  control.say({ type: 'change', change: { generation: 2, previous: 1 } });
  await until(() => first.state().generation === 2, 'it has heard');
  await first.close();
  const log = aLog();
  const second = await opened(control, folder.path, clock, log);
  clock.set('2026-11-21T12:21:00Z');
  control.say({ type: 'firing', firing: 'while_connected' });
  control.say({ type: 'change', change: { generation: 3, previous: 1 } });
  await until(() => second.state().generation === 3, 'it has heard');
  clock.set('2026-11-21T12:22:00Z');
  try {
    await until(() => firedIn(log).length > 0, 'a tick was fired');
    assert.match(JSON.stringify(firedIn(log)), /12:22:00/);
    assert.doesNotMatch(JSON.stringify(firedIn(log)), /12:21:00/);
  } finally {
    await second.close();
  }
});
