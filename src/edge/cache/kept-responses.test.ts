import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KeptResponses, type KeptResponse, type Loan } from './kept-responses.ts';

const NOW = 1_000_000;
const seen = (kept: KeptResponses, worker: string, key: string): KeptResponse | undefined => {
  const loan = kept.lend(worker, key);
  loan?.giveBack();
  return loan?.response;
};
const aResponse = (bytes: number, expiresAt = NOW + 1): KeptResponse => ({
  status: 200,
  statusText: 'OK',
  headers: ['x', 'y'],
  body: Buffer.alloc(bytes),
  storedAt: NOW,
  expiresAt,
  ageSeconds: 0,
});

test('[Z-4] whatever is put, matched, read slowly and deleted, the bound holds, and what is there is what was put there last', () => {
  const action = fc.record({
    what: fc.constantFrom('put', 'put', 'borrow', 'giveBack', 'delete'),
    worker: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('1', '2', '3', '4'),
    bytes: fc.nat(40_000),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const kept = new KeptResponses(100_000, () => NOW);
      const last = new Map<string, KeptResponse>();
      const loans: Loan[] = [];
      for (const { what, worker, key, bytes } of actions) {
        const place = `${worker} ${key}`;
        if (what === 'put') {
          const response = aResponse(bytes);
          kept.put(worker, key, response);
          last.set(place, response);
          if (bytes < 20_000 && loans.length === 0) assert.equal(seen(kept, worker, key), response, 'what was just put is there');
        } else if (what === 'delete') {
          kept.delete(worker, key);
          last.delete(place);
        } else if (what === 'borrow') loans.push(...[kept.lend(worker, key) ?? []].flat());
        else loans.shift()?.giveBack();
        const found = seen(kept, worker, key);
        assert.ok(found === undefined || found === last.get(place));
        const lent = new Set(loans.map(({ response }) => response));
        assert.ok(kept.bytes <= 100_000 && kept.bytes >= [...lent].reduce((sum, { body }) => sum + body.length, 0));
      }
      for (const { giveBack } of loans) giveBack();
      for (const place of last.keys()) kept.delete(place.slice(0, 1), place.slice(2));
      assert.equal(kept.bytes, 0, 'and nothing is counted twice or left over');
    }),
  );
});

test('[Z-4] who has the most loses what it asked for least recently', () => {
  const kept = new KeptResponses(100_000, () => NOW);
  kept.put('small', '1', aResponse(1000));
  for (const key of ['1', '2', '3', '4']) kept.put('large', key, aResponse(20_000));
  seen(kept, 'large', '1');
  kept.put('large', '5', aResponse(20_000));
  const left = ['1', '2', '3', '4', '5'].filter((key) => seen(kept, 'large', key) !== undefined);
  assert.deepEqual([left, seen(kept, 'small', '1') !== undefined], [['1', '3', '4', '5'], true]);
});

test('[Z-2] what is over is not found, nor deleted as if it were there', () => {
  let now = NOW;
  const kept = new KeptResponses(100_000, () => now);
  kept.put('a', '1', aResponse(10, NOW + 5));
  kept.put('a', '2', aResponse(10, NOW + 5));
  now += 4;
  assert.ok(seen(kept, 'a', '1') !== undefined);
  now += 1;
  assert.deepEqual([seen(kept, 'a', '1'), kept.delete('a', '2'), kept.bytes], [undefined, false, 0]);
});

test('[Z-4] what is on its way has a bound too', () => {
  const kept = new KeptResponses(2000);
  assert.deepEqual([kept.arrive(600), kept.arrive(600), kept.arrive(400), kept.arrive(1)], [true, false, true, false]);
  kept.arrived(600);
  assert.equal(kept.arrive(600), true);
});

test('[Z-4] what is being answered is counted until it was, also when it lost its place, and takes the room of who reads it', () => {
  const kept = new KeptResponses(100_000, () => NOW);
  kept.put('other', '1', aResponse(10_000));
  const loans = ['1', '2', '3', '4', '5', '6'].flatMap((key) => {
    kept.put('slow', key, aResponse(20_000));
    const loan = kept.lend('slow', key);
    kept.delete('slow', key);
    return loan ?? [];
  });
  assert.equal(loans.length, 2, 'with half of the cache in hand it gets no more');
  assert.ok(kept.bytes > 50_000);
  assert.ok(seen(kept, 'other', '1') !== undefined);
  for (const { response, giveBack } of loans) {
    assert.equal(response.body.length, 20_000);
    giveBack();
  }
  kept.delete('other', '1');
  assert.equal(kept.bytes, 0);
  kept.put('slow', '7', aResponse(20_000));
  assert.ok(seen(kept, 'slow', '7') !== undefined);
});
