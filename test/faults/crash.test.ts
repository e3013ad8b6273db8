/**
 * The control plane, killed at each of its writes. The points are not listed here: a run of each kind of change tells which ones
 * it passes. `CRASH_TIMES=20 node --test test/faults/crash.test.ts` kills it at least so often at each name.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import test, { after, before } from 'node:test';
import { privateTrialFolder } from '../../src/main/trial-folder.ts';
import { openControl, type ControlPlaneAsked } from '../support/control-here.ts';
import { ControlProcess } from '../support/control-process.ts';
import { assertModules, shapeOf, worldOf } from '../support/stored-world.ts';
import { KINDS, prepare, type Kind, type Present } from './changes.ts';

const TIMES = Number(process.env['CRASH_TIMES'] ?? 1);
/** A failpoint that is not reached is a fault of the test, not a reason to wait for ever. */
const DIES_WITHIN_MS = 10_000;
/** Two processors. */
const AT_ONCE = 2;
/** Twenty times each takes minutes: whoever waits sees it move. */
const TELL_EVERY = 50;

const root = mkdtempSync(join(tmpdir(), 'sb-crash-'));
const compiled = join(root, 'compiled');
const prepared = join(root, 'prepared');
let present: Present;
/** What a start on the prepared folder passes before it serves. */
let atStart: readonly string[];
let folders = 0;
/** How often it was killed where. */
const killed = new Map<string, number>();

after(() => rmSync(root, { recursive: true, force: true }));

const aCopy = (): string => {
  const folder = join(root, String((folders += 1)));
  cpSync(prepared, folder, { recursive: true });
  return folder;
};

const nextFolder = (): string => join(root, String((folders += 1)));

/** The failpoints that a process passes from its start to its end, in order. */
const passed = async (folder: string, use: (control: ControlProcess) => Promise<unknown>): Promise<readonly string[]> => {
  await using control = await ControlProcess.serving(folder, { failpoint: '?', compiled });
  await use(control);
  assert.equal(await control.stop(), 0, control.said);
  return [...control.said.matchAll(/^failpoint (.+)$/gm)].map(([, name = '']) => name);
};

before(async () => {
  const passedFirst = await passed(prepared, async (control) => void (present = await prepare(control)));
  assert.ok(passedFirst.includes('store:create table meta'));
  atStart = await passed(aCopy(), () => Promise.resolve());
});

/** A failpoint, told from the others of its name by how many of them came before. */
interface Point {
  readonly name: string;
  readonly nth: number;
  /** Whether the change had been committed when it was reached. */
  readonly isAfterCommit: boolean;
}

const pointsIn = (names: readonly string[]): Point[] =>
  names.map((name, at) => ({
    name,
    nth: names.slice(0, at + 1).filter((other) => other === name).length,
    isAfterCommit: names.slice(atStart.length, at + 1).includes('store:committed'),
  }));

/** Makes the control plane die there. */
const crash = async (folder: string, { name, nth }: Point, change: (control: ControlProcess) => Promise<unknown>): Promise<void> => {
  await using control = new ControlProcess(folder, { failpoint: `${name}:${nth}`, compiled });
  const isServing = await control.ready();
  if (isServing) await change(control).catch(() => 'its connection ended');
  if (isServing) await Promise.race([control.ended, wait(DIES_WITHIN_MS, undefined, { ref: false }).then(() => control.stop())]);
  assert.equal(await control.ended, 'SIGKILL', control.said);
  killed.set(name, (killed.get(name) ?? 0) + 1);
};

/** Starts it again, as the program or, faster, in this process. */
const restarted = (folder: string, asProgram: boolean): Promise<Pick<ControlPlaneAsked, 'call' | 'table'> & AsyncDisposable> =>
  asProgram ? ControlProcess.serving(folder, { compiled }) : openControl(folder);

const generationIn = (world: ReturnType<typeof worldOf>): number =>
  Number(world['meta']?.find(({ key }) => key === 'generation')?.['value'] ?? 0);

/** One crash of one kind of change, and everything that must hold afterwards. */
const tried = async (kind: Kind, point: Point, newShape: string, asProgram: boolean): Promise<void> => {
  const at = `${kind.title}, killed at ${point.name}:${point.nth}`;
  const folder = aCopy();
  const old = worldOf(folder);
  await crash(folder, point, (control) => kind.make(control, present));
  await using control = await restarted(folder, asProgram);
  const found = worldOf(folder);
  if (point.isAfterCommit) assert.equal(shapeOf(found), newShape, at);
  else assert.deepEqual(found, old, at);
  assertModules(folder, found);
  const table = (await control.table()) as { readonly generation: number };
  assert.equal(table.generation, generationIn(found), at);
  assert.equal((await control.call('GET', 'workers/scripts')).status, 200, at);
  if (!point.isAfterCommit || kind.isUpload) {
    const wasAnswered = point.isAfterCommit && isAnswerNoted(point);
    const { status } = await kind.make(control, present);
    assert.equal(status, wasAnswered ? (kind.statusAgain ?? 200) : 200, at);
    if (!wasAnswered) assert.equal(shapeOf(worldOf(folder)), newShape, `${at}, and made again`);
  }
  // What was tried when it was killed: only the program looks for that when it starts.
  await (await privateTrialFolder(folder)).remove();
  rmSync(folder, { recursive: true });
};

/** The last commit after an upload notes that its answer has left: the same upload is a new one from then on. */
const isAnswerNoted = ({ name, nth }: Point): boolean =>
  name === 'store:committed' && nth > atStart.filter((other) => other === 'store:committed').length + 1;

/** All of the work, a few at a time. After a failure nothing more is begun, and what is under way ends its processes. */
const each = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  const left = [...items];
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined && failures.length === 0; item = left.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
      if (left.length > 0 && left.length % TELL_EVERY === 0) process.stderr.write(`${left.length} of ${items.length} to go\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (failures.length > 0) throw failures[0];
};

/** Where a kind of change can be killed, and what it leaves when it is not. */
interface Course {
  readonly kind: Kind;
  readonly points: readonly Point[];
  readonly newShape: string;
}

const courseOf = async (kind: Kind): Promise<Course> => {
  const folder = aCopy();
  const names = await passed(folder, async (control) => assert.equal((await kind.make(control, present)).status, 200, kind.title));
  assert.deepEqual(names.slice(0, atStart.length), atStart, 'each start passes the same');
  return { kind, points: pointsIn(names).slice(atStart.length), newShape: shapeOf(worldOf(folder)) };
};

test('[C-1] [C-2] [C-3] killed at any write of any change, it comes back with the old state or the new one, its audit row and its modules', async (t) => {
  const courses: Course[] = [];
  await each(KINDS, async (kind) => void courses.push(await courseOf(kind)));
  const all = courses.flatMap(({ kind, points, newShape }) => points.map((point, at) => ({ kind, point, newShape, asProgram: at === 0 })));
  const names = new Map(
    Map.groupBy(all, ({ point }) => point.name)
      .entries()
      .map(([name, { length }]) => [name, length]),
  );
  assert.ok(names.size >= 12, `only ${[...names.keys()].join(', ')}`);
  const repeated = all.flatMap((one) => Array.from({ length: Math.ceil(TIMES / (names.get(one.point.name) ?? 1)) }, () => one));
  await each(repeated, ({ kind, point, newShape, asProgram }) => tried(kind, point, newShape, asProgram));
  t.diagnostic(`${repeated.length} crashes at ${all.length} places of ${courses.length} kinds of change:`);
  for (const [name, count] of killed) t.diagnostic(`${count} × ${name}`);
});

test('[C-4] killed at any write of its first start, it starts again, and leaves no half-written file', async () => {
  const first = await passed(nextFolder(), () => Promise.resolve());
  // The tables of the first migration are one transaction: one of them stands for all.
  const points = pointsIn(first).filter(({ name }) => !name.startsWith('store:create table') || name.endsWith(' versions'));
  await each(points, async (point) => {
    const folder = nextFolder();
    await crash(folder, point, () => Promise.resolve());
    await using control = await ControlProcess.serving(folder, { compiled });
    assert.equal((await control.call('GET', 'workers/scripts')).status, 200);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
      point.name,
    );
    const { tokens = [] } = worldOf(folder);
    assert.equal(tokens.filter(({ revoked_on: revoked }) => revoked === null).length, 1, point.name);
  });
});
