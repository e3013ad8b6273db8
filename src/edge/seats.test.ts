import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Seats } from './seats.ts';
import { aLog } from './testing.ts';

const seats = (maxConnections: number, maxConnectionsPerAddress: number, exempt: readonly string[] = []) => {
  const log = aLog();
  return { log, seats: new Seats({ maxConnections, maxConnectionsPerAddress }, (address) => exempt.includes(address), log) };
};

test('[B-10] one address has its seats and no more, and the log says so once', () => {
  const { seats: some, log } = seats(10, 2);
  const [first, second] = [some.take('192.0.2.1'), some.take('192.0.2.1')];
  assert.ok(first && second && some.take('192.0.2.2'));
  assert.equal(some.take('192.0.2.1'), undefined);
  assert.equal(some.take('192.0.2.1'), undefined);
  assert.deepEqual(
    log.lines.map(({ facts }) => facts),
    [{ address: '192.0.2.1', maxConnectionsPerAddress: 2 }],
  );
  first();
  assert.ok(some.take('192.0.2.1'));
});

test('[B-10] a /64 of IPv6 is one address, however it is written', () => {
  const { seats: some } = seats(10, 1);
  for (const [taken, same] of [
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8::1', '2001:db8:0:0:1:2:3:4'],
    ['fe80::1', 'fe80::2'],
  ] as const) {
    assert.ok(some.take(taken), taken);
    assert.equal(some.take(same), undefined, same);
  }
  assert.ok(some.take('2001:db8:1:3::1'));
});

test('[B-10] exempt addresses count towards the whole alone', () => {
  const { seats: some } = seats(3, 1, ['10.0.0.1']);
  assert.ok(some.take('10.0.0.1') && some.take('10.0.0.1') && some.take('192.0.2.1'));
  assert.equal(some.take('10.0.0.1'), undefined);
});

test('[B-10] whoever comes and goes, no count is lost or left over', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (moves) => {
      const { seats: some } = seats(8, 4);
      const held: Record<string, (() => void)[]> = { a: [], b: [], c: [] };
      for (const [who, comes] of moves) {
        const mine = held[who] ?? [];
        const all = Object.values(held).flat().length;
        if (!comes) mine.pop()?.();
        else {
          const leave = some.take(who);
          assert.equal(leave === undefined, all >= 8 || mine.length >= 4);
          if (leave !== undefined) mine.push(leave);
        }
      }
      for (const leave of Object.values(held).flat()) {
        leave();
        leave();
      }
      assert.equal(some.taken, 0);
    }),
  );
});
