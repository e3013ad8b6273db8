import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KeptResponses, type KeptResponse } from './kept-responses.ts';

const NOW = 1_000_000;
const aResponse = (bytes: number, expiresAt = NOW + 1): KeptResponse => ({
  status: 200,
  statusText: 'OK',
  headers: ['x', 'y'],
  body: Buffer.alloc(bytes),
  storedAt: NOW,
  expiresAt,
  ageSeconds: 0,
});

test('[Z-4] whatever is put, matched and deleted, the bound holds, and what is there is what was put there last', () => {
  const action = fc.record({
    what: fc.constantFrom('put', 'put', 'get', 'delete'),
    worker: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('1', '2', '3', '4'),
    bytes: fc.nat(40_000),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const kept = new KeptResponses(100_000, () => NOW);
      const last = new Map<string, KeptResponse>();
      for (const { what, worker, key, bytes } of actions) {
        const place = `${worker} ${key}`;
        if (what === 'put') {
          const response = aResponse(bytes);
          kept.put(worker, key, response);
          last.set(place, response);
          if (bytes < 20_000) assert.equal(kept.get(worker, key), response, 'what was just put is there');
        } else if (what === 'delete') {
          kept.delete(worker, key);
          last.delete(place);
        }
        const found = kept.get(worker, key);
        assert.ok(found === undefined || found === last.get(place));
        assert.ok(kept.bytes >= 0 && kept.bytes <= 100_000);
      }
      for (const place of last.keys()) kept.delete(place.slice(0, 1), place.slice(2));
      assert.equal(kept.bytes, 0, 'and nothing is counted twice or left over');
    }),
  );
});

test('[Z-4] who has the most loses what it asked for least recently', () => {
  const kept = new KeptResponses(100_000, () => NOW);
  kept.put('small', '1', aResponse(1000));
  for (const key of ['1', '2', '3', '4']) kept.put('large', key, aResponse(20_000));
  kept.get('large', '1');
  kept.put('large', '5', aResponse(20_000));
  const left = ['1', '2', '3', '4', '5'].filter((key) => kept.get('large', key) !== undefined);
  assert.deepEqual([left, kept.get('small', '1') !== undefined], [['1', '3', '4', '5'], true]);
});

test('[Z-2] what is over is not found, nor deleted as if it were there', () => {
  let now = NOW;
  const kept = new KeptResponses(100_000, () => now);
  kept.put('a', '1', aResponse(10, NOW + 5));
  kept.put('a', '2', aResponse(10, NOW + 5));
  now += 4;
  assert.ok(kept.get('a', '1') !== undefined);
  now += 1;
  assert.deepEqual([kept.get('a', '1'), kept.delete('a', '2'), kept.bytes], [undefined, false, 0]);
});

test('[Z-4] what is on its way has a bound too', () => {
  const kept = new KeptResponses(2000);
  assert.deepEqual([kept.arrive(600), kept.arrive(600), kept.arrive(400), kept.arrive(1)], [true, false, true, false]);
  kept.arrived(600);
  assert.equal(kept.arrive(600), true);
});
