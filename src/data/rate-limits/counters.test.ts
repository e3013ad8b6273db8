import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Counters } from './counters.ts';

/** Counters on a time that stands still until it is moved. */
const someCounters = (most?: number) => {
  let ms = 0;
  return { counters: new Counters(() => ms, most), move: (by: number) => void (ms += by) };
};

const RULE = { limit: 2, period: 10 } as const;

test('[J-1] a key passes as often as its limit from its first call on, and again when the period is over', () => {
  const { counters, move } = someCounters();
  const taken = () => counters.take('1', 'ada', RULE);
  assert.deepEqual([taken(), taken(), taken()], [true, true, false]);
  move(9_999);
  assert.equal(taken(), false);
  move(1);
  assert.deepEqual([taken(), taken(), taken()], [true, true, false]);
});

test('[J-2] keys, namespaces and periods are counted apart; who counts together has each its own limit', () => {
  const { counters } = someCounters();
  const once = { limit: 1, period: 10 } as const;
  assert.deepEqual(
    [
      counters.take('1', 'ada', once),
      counters.take('1', 'ada', once),
      counters.take('1', 'bob', once),
      counters.take('2', 'ada', once),
      counters.take('1', 'ada', { limit: 1, period: 60 }),
      counters.take('1', 'ada', { limit: 2, period: 10 }),
      counters.take('1', 'ada', { limit: 2, period: 10 }),
      // A space between namespace and key is not a way into another's counter.
      counters.take('1 ada', '', once),
    ],
    [true, false, true, true, true, true, false, true],
  );
});

test('[J-3] counters hold no more keys than they may, and none whose period is over', () => {
  const { counters, move } = someCounters(100);
  for (let each = 0; each < 1000; each += 1) counters.take('1', `key ${each}`, RULE);
  assert.equal(counters.size, 100);
  counters.take('1', 'key 999', RULE);
  assert.equal(counters.take('1', 'key 999', RULE), false);
  assert.equal(counters.size, 100);
  move(10_000);
  counters.take('1', 'another', RULE);
  assert.equal(counters.size, 1);
});

test('[J-1] whenever it is asked, no key passes more often in its window than its limit says', () => {
  const call = fc.record({ key: fc.constantFrom('a', 'b', 'c'), after: fc.nat(7_000), period: fc.constantFrom(10 as const, 60 as const) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (calls, limit) => {
      const { counters, move } = someCounters();
      const windows = new Map<string, { start: number; passed: number }>();
      let now = 0;
      for (const { key, after, period } of calls) {
        move(after);
        now += after;
        const id = `${key}${period}`;
        let window = windows.get(id);
        if (window === undefined || now >= window.start + period * 1000) window = { start: now, passed: 0 };
        windows.set(id, window);
        assert.equal(counters.take('1', key, { limit, period }), window.passed < limit);
        window.passed = Math.min(limit, window.passed + 1);
      }
    }),
  );
});

test('[J-3] whatever is asked and forgotten, what stands first goes first', () => {
  const call = fc.record({ key: fc.nat(9), after: fc.nat(6_000) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 300 }), fc.integer({ min: 1, max: 6 }), (calls, most) => {
      const { counters, move } = someCounters(most);
      let now = 0;
      let open: { key: number; endsAt: number; count: number }[] = [];
      for (const { key, after } of calls) {
        move(after);
        now += after;
        open = open.filter(({ endsAt }) => endsAt > now);
        let window = open.find((each) => each.key === key);
        if (window === undefined) {
          window = { key, endsAt: now + 10_000, count: 0 };
          open = [...open.slice(open.length >= most ? 1 : 0), window];
        }
        assert.equal(counters.take('1', String(key), RULE), window.count < RULE.limit);
        window.count = Math.min(RULE.limit, window.count + 1);
        assert.equal(counters.size, open.length);
      }
    }),
  );
});
