import assert from 'node:assert/strict';
import test from 'node:test';
import { cronFault, tickAfter } from './cron.ts';

/** A Saturday. */
const NOON = Date.parse('2026-11-21T12:00:30Z');

const ticks = (cron: string, count: number): string[] => {
  const found: string[] = [];
  for (let at: number | undefined = NOON; found.length < count;) {
    at = tickAfter(cron, at);
    if (at === undefined) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
};

const TICKS: readonly (readonly [cron: string, ...ticks: string[]])[] = [
  ['* * * * *', '2026-11-21T12:01', '2026-11-21T12:02'],
  ['*/30 * * * *', '2026-11-21T12:30', '2026-11-21T13:00'],
  ['5/20 * * * *', '2026-11-21T12:05', '2026-11-21T12:25'],
  ['0 17 * * sun', '2026-11-22T17:00', '2026-11-29T17:00'],
  ['0 17 * * 1', '2026-11-22T17:00', '2026-11-29T17:00'],
  ['10 7 * * mon-fri', '2026-11-23T07:10', '2026-11-24T07:10'],
  ['10 7 * * 2-6', '2026-11-23T07:10', '2026-11-24T07:10'],
  ['0 15 1 * *', '2026-12-01T15:00', '2027-01-01T15:00'],
  ['0 18 * * 6L', '2026-11-27T18:00', '2026-12-25T18:00'],
  ['0 18 * * friL', '2026-11-27T18:00', '2026-12-25T18:00'],
  ['59 23 LW * *', '2026-11-30T23:59', '2026-12-31T23:59', '2027-01-29T23:59'],
  ['0 0 L * *', '2026-11-30T00:00', '2026-12-31T00:00'],
  ['0 0 15W * *', '2026-12-15T00:00', '2027-01-15T00:00'],
  ['0 0 * * 2#2', '2026-12-14T00:00', '2027-01-11T00:00'],
  ['0 0 * * MON#2', '2026-12-14T00:00', '2027-01-11T00:00'],
  ['0 0 1 jan,Jul *', '2027-01-01T00:00', '2027-07-01T00:00'],
  ['0 0 29 2 *', '2028-02-29T00:00', '2032-02-29T00:00'],
  ['0 0 1 * 1', '2026-11-22T00:00', '2026-11-29T00:00', '2026-12-01T00:00'],
];

for (const [cron, ...expected] of TICKS) {
  test(`[T-1] ${cron} is due as Cloudflare documents it`, () => {
    assert.equal(cronFault(cron), undefined);
    assert.deepEqual(ticks(cron, expected.length), expected);
  });
}

test('[T-1] a cron is due strictly after the time it is asked for', () => {
  const tick = Date.parse('2026-11-21T12:01:00Z');
  assert.equal(tickAfter('* * * * *', tick - 1), tick);
  assert.equal(tickAfter('* * * * *', tick), tick + 60_000);
});

for (const cron of [
  '* * * *',
  '* * * * * *',
  '',
  '60 * * * *',
  '* 24 * * *',
  '* * 32 * *',
  '* * * 13 *',
  '* * * * 8',
  '* * * * 0',
  'x * * * *',
  '@daily',
  '0 0 31 2 *',
]) {
  test(`[T-2] ${JSON.stringify(cron)} is no cron, and is told why`, () => assert.ok(cronFault(cron)));
}
