import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { looksOf, percentageOf, splitFrom, storyOf, type Told } from '../../../domain/index.ts';
import { ticksOf } from './axis.ts';
import { columnsIn, everyOtherPast, marksOf, usualSpan, windowOf, type Moment, type Window } from './timeline.ts';

const HOUR = 3_600_000;
const NOW = new Date(2026, 10, 20, 14, 36);
const SIZE = { width: 1000, height: 200 };

type Lines = readonly (readonly [hours: number, split: string])[];

/** `[hours before now, 'v2 10, v1 90']`, oldest first; answered newest first, as the API does. */
const aPast = (...lines: Lines): readonly Moment[] => {
  const told = lines
    .map(([hours, text]): Told => {
      const shares = text.split(', ').map((each) => each.split(' '));
      const split = splitFrom(shares.map(([id = '', percentage]) => ({ version_id: id, percentage: Number(percentage) })));
      if (!split.ok) throw new Error(`${text}: ${split.refusal.code}`);
      return { createdOn: new Date(NOW.getTime() - hours * HOUR).toISOString(), split: split.value, triggeredBy: 'deployment' };
    })
    .toReversed();
  const looks = looksOf(told, NOW.getTime(), []);
  const stories = storyOf(told);
  return told.map(({ createdOn, split }, at) => ({
    id: createdOn,
    at: createdOn,
    until: told[at - 1]?.createdOn ?? null,
    story: { kind: stories[at]?.kind ?? 'deployed', other: { number: numberOf(stories[at]?.otherId) } },
    versions: split.map(({ versionId, share }) => ({
      version_id: versionId,
      number: numberOf(versionId),
      percentage: percentageOf(share),
      look: looks.get(versionId) ?? 'idle',
    })),
  }));
};

const numberOf = (id: string | undefined): number | null => (id === undefined ? null : Number(id.slice(1)));

const PAST = aPast([200, 'v1 100'], [20, 'v2 10, v1 90'], [18, 'v1 100'], [10, 'v3 1, v1 99'], [5, 'v3 50, v1 50'], [1, 'v3 100']);
const DAY = windowOf('24h', NOW);

test('a column stands where its deployment began, and ends where the next one did', () => {
  const columns = columnsIn(PAST, DAY, 'time', { width: 240, height: 200 });
  assert.deepEqual(
    columns.map(({ x, width }) => [Math.round(x), Math.round(width)]),
    [
      [0, 40],
      [40, 20],
      [60, 80],
      [140, 50],
      [190, 40],
      [230, 10],
    ],
  );
  assert.deepEqual(
    columns.map(({ isMarked }) => isMarked),
    [false, true, true, true, true, true],
  );
});

test('by change each deployment has the same width', () => {
  const columns = columnsIn(PAST, DAY, 'change', { width: 240, height: 200 });
  assert.deepEqual(
    columns.map(({ x, width }) => [x, width]),
    [0, 40, 80, 120, 160, 200].map((x) => [x, 40]),
  );
});

test('the newest version grows from the floor, and one without a share is not there', () => {
  const [, split] = columnsIn(aPast([5, 'v1 100'], [1, 'v1 75, v2 25'], [0.5, 'v2 0, v1 100']), DAY, 'time', SIZE);
  assert.deepEqual(
    split?.bands.map(({ number, y, height }) => [number, y, height]),
    [
      [2, 0, 50],
      [1, 50, 150],
    ],
  );
  const columns = columnsIn(aPast([5, 'v1 100'], [0.5, 'v2 0, v1 100']), DAY, 'time', SIZE);
  assert.deepEqual(
    columns.at(-1)?.bands.map(({ number }) => number),
    [1],
  );
});

const namedIn = (width: number, split: string): readonly (number | null)[] =>
  columnsIn(aPast([24.5, split]), DAY, 'time', { width, height: 200 }).flatMap(({ bands }) =>
    bands.filter(({ isNamed }) => isNamed).map(({ number }) => number),
  );

test('a band is named where its name has room: 28 by 16 pixels, and more for a long number', () => {
  assert.deepEqual(namedIn(28, 'v1 100'), [1]);
  assert.deepEqual(namedIn(27, 'v1 100'), []);
  assert.deepEqual(namedIn(28, 'v2 8, v1 92'), [2, 1]);
  assert.deepEqual(namedIn(28, 'v2 7.9, v1 92.1'), [1]);
  assert.deepEqual(namedIn(40, 'v12345 100'), []);
});

test('cuts leave of what is narrow something to see', () => {
  const disaster = aPast([23, 'v1 100'], [12, 'v2 100'], [11.999, 'v1 100'], [1, 'v3 100']);
  assert.deepEqual(
    columnsIn(disaster, DAY, 'time', SIZE).map(({ isCut }) => isCut),
    [false, false, false, true],
  );
  assert.ok(columnsIn(disaster, DAY, 'change', SIZE).every(({ isCut }, at) => isCut === at > 0));
});

test('a ring is where a version began, a dot a ramp, a hook with words a rollback', () => {
  const marks = marksOf(columnsIn(PAST, DAY, 'time', SIZE), SIZE.width);
  assert.deepEqual(
    marks.map(({ shape, words }) => (words === undefined ? shape : `${shape}: ${words.text}`)),
    ['ring', 'hook: v2 rolled back', 'ring', 'dot', 'dot'],
  );
});

const wordsAt = (...lines: Lines): string | undefined =>
  marksOf(columnsIn(aPast(...lines), DAY, 'time', SIZE), SIZE.width).find(({ shape }) => shape === 'hook')?.words?.side;

test('words beside a rollback stand on the side that has room, or not at all', () => {
  assert.equal(wordsAt([30, 'v1 100'], [10, 'v2 100'], [9, 'v1 100']), 'right');
  assert.equal(wordsAt([30, 'v1 100'], [10, 'v2 100'], [1, 'v1 100']), 'left');
  assert.equal(wordsAt([30, 'v1 100'], [2, 'v2 100'], [1, 'v1 100']), undefined);
});

test('days begin at midnight where one looks, hours a day back', () => {
  assert.equal(new Date(windowOf('5d', NOW).from).toString(), new Date(2026, 10, 16).toString());
  assert.equal(new Date(windowOf('30d', NOW).from).toString(), new Date(2026, 9, 22).toString());
  assert.equal(NOW.getTime() - windowOf('24h', NOW).from, 24 * HOUR);
});

const texts = (window: Window, width: number): string =>
  ticksOf([], window, 'time', width)
    .map(({ text }) => text)
    .join(', ');

test('the axis names days, or hours in a day, and leaves the end to now', () => {
  assert.equal(texts(windowOf('5d', NOW), 1100), 'Mon 16 Nov, Tue 17, Wed 18, Thu 19, Fri 20');
  assert.equal(texts(windowOf('24h', NOW), 1100), '15:00, 18:00, 21:00, Fri 20, 03:00, 06:00, 09:00, 12:00');
  assert.equal(texts(windowOf('30d', NOW), 700), 'Thu 22 Oct, Tue 27, Sun 1 Nov, Fri 6, Wed 11, Mon 16');
});

test('by change the axis says when each of them came, where there is room', () => {
  const columns = columnsIn(PAST, DAY, 'change', { width: 300, height: 200 });
  assert.deepEqual(
    ticksOf(columns, DAY, 'change', 300).map(({ x, text }) => [x, text]),
    [
      [0, '12 Nov'],
      [100, 'Thu 20:36'],
    ],
  );
});

test('every other past version is lighter, by number', () => {
  const past = aPast([200, 'v1 100'], [150, 'v2 50, v1 50'], [140, 'v2 100'], [120, 'v4 100'], [90, 'v5 100']);
  assert.deepEqual([...everyOtherPast(past)], ['v2']);
});

test('of any past the bands of a column fill it, and the columns the picture', () => {
  const aLine = fc.tuple(fc.double({ min: 0, max: 40, noNaN: true }), fc.integer({ min: 0, max: 100 }));
  const aWindow = fc.constantFrom('24h', '5d', '30d').map((span) => windowOf(span, NOW));
  fc.assert(
    fc.property(fc.array(aLine, { minLength: 1, maxLength: 20 }), aWindow, fc.constantFrom('time', 'change'), (lines, window, scale) => {
      const sorted = lines.toSorted(([a], [b]) => b - a).map(([hours, share]) => [hours, `v2 ${share}, v1 ${100 - share}`] as const);
      const columns = columnsIn(aPast(...sorted), window, scale, SIZE);
      for (const [at, { x, width, bands }] of columns.entries()) {
        assert.ok(Math.abs(x + width - (columns[at + 1]?.x ?? SIZE.width)) < 1e-6 && width >= 0);
        assert.ok(Math.abs(bands.reduce((sum, { height }) => sum + height, 0) - SIZE.height) < 1e-6);
      }
    }),
  );
});

test('[UI-117] of a Worker that is minutes old all is shown, as wide as the picture, with its times', () => {
  const past = aPast([0.25, 'v1 100'], [0.1, 'v2 50, v1 50']);
  const first = Date.parse(past.at(-1)?.at ?? '');
  assert.equal(usualSpan(first, NOW), 'all');
  const window = windowOf('all', NOW, first);
  const columns = columnsIn(past, window, 'time', SIZE);
  assert.deepEqual(
    columns.map(({ x, width, isMarked }) => [Math.round(x), Math.round(width), isMarked]),
    [
      [0, 600, true],
      [600, 400, true],
    ],
  );
  const named = ticksOf(columns, window, 'time', SIZE.width).map(({ text }) => text);
  assert.deepEqual(named, ['14:22', '14:24', '14:26', '14:28', '14:30', '14:32', '14:34']);
  assert.equal(usualSpan(NOW.getTime() - 25 * HOUR, NOW), '5d');
});
