import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MOST_A_SECOND, MOST_AT_ONCE, MOST_UNREAD_BYTES, Pace } from './pace.ts';

test('[TL-6] in no stretch of time is more sent than its bound, and a log within the pace is sent whole', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 2_000 }), (gaps) => {
      const pace = new Pace();
      const sentAt: number[] = [];
      let now = 1e12;
      for (const gap of gaps) {
        now += gap;
        if (pace.next(now, 0) === 'sent') sentAt.push(now);
      }
      for (const from of [0, Math.floor(sentAt.length / 3), Math.floor(sentAt.length / 2)]) {
        const seconds = (now - (sentAt[from] ?? now)) / 1000;
        assert.ok(sentAt.length - from <= MOST_AT_ONCE + seconds * MOST_A_SECOND + 1);
      }
      if (gaps.every((gap) => gap >= 1000 / MOST_A_SECOND)) assert.equal(sentAt.length, gaps.length);
    }),
  );
});

test('[TL-6] that events are left out is said once, and once more with their number when nothing was left out for five seconds', () => {
  const pace = new Pace();
  const said: string[] = [];
  for (let index = 0; index < MOST_AT_ONCE + 30; index += 1) said.push(pace.next(1e12, 0));
  assert.deepEqual(
    ['sent', 'first-left-out', 'left-out'].map((word) => said.filter((each) => each === word).length),
    [MOST_AT_ONCE, 1, 29],
  );
  assert.equal(pace.over(1e12 + 4_999), undefined);
  assert.equal(pace.over(1e12 + 5_000), 30);
  assert.equal(pace.over(1e12 + 99_000), undefined);
  assert.equal(pace.next(1e12 + 99_000, 0), 'sent');
});

test('[TL-6] to a client that does not read nothing more is sent', () => {
  const pace = new Pace();
  assert.equal(pace.next(1e12, MOST_UNREAD_BYTES), 'first-left-out');
  assert.equal(pace.next(1e12 + 1, MOST_UNREAD_BYTES - 1), 'sent');
});
