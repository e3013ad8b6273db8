import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isShown, type TailFilter } from './filter.ts';
import { aRecord } from './test-kit.ts';
import type { InvocationRecord } from '../record.ts';
import type { Outcome } from '../words.ts';

const shows = (filter: TailFilter, record: Partial<InvocationRecord> = {}, draw = 0): boolean => isShown(aRecord(record), [filter], draw);

const scheduled: Partial<InvocationRecord> = {
  kind: 'scheduled',
  event: { cron: '* * * * *', scheduledTime: 0 },
  logs: [],
  clientIp: undefined,
};

test('[TL-5] without a filter everything is shown', () => {
  assert.ok(isShown(aRecord(), [], 0.99));
  assert.ok(isShown(aRecord(scheduled), [], 0.99));
});

test('[TL-5] by outcome: those that a client has no word of are unknown, and a visitor who left canceled it', () => {
  const under: Readonly<Record<Outcome, string>> = {
    ok: 'ok',
    canceled: 'canceled',
    responseStreamDisconnected: 'canceled',
    exception: 'exception',
    exceededCpu: 'exceededCpu',
    exceededMemory: 'exceededMemory',
    exceededWallTime: 'unknown',
    scriptNotFound: 'unknown',
    loadShed: 'unknown',
    unknown: 'unknown',
  };
  for (const [outcome, word] of Object.entries(under) as [Outcome, string][])
    for (const wanted of ['ok', 'canceled', 'exception', 'exceededCpu', 'exceededMemory', 'unknown'] as const)
      assert.equal(shows({ outcome: [wanted] }, { outcome }), wanted === word, `${outcome} under ${wanted}`);
});

test('[TL-5] by method, in any letters; what is no request has none', () => {
  assert.ok(shows({ method: ['post', 'get'] }));
  assert.ok(!shows({ method: ['POST'] }));
  assert.ok(!shows({ method: ['GET'] }, scheduled));
  assert.ok(!shows({ method: ['GET'] }, { event: null }));
});

test('[TL-5] by header: that it is there, or that its value has a text', () => {
  assert.ok(shows({ header: { key: 'X-Color' } }));
  assert.ok(shows({ header: { key: 'x-color', query: 'blu' } }));
  assert.ok(!shows({ header: { key: 'x-color', query: 'red' } }));
  assert.ok(!shows({ header: { key: 'x-other' } }));
  assert.ok(!shows({ header: { key: 'x-color' } }, scheduled));
});

test('[TL-5] by the visitor’s address, however it is written', () => {
  assert.ok(shows({ client_ip: ['192.0.2.1', '203.0.113.7'] }));
  assert.ok(shows({ client_ip: ['203.0.113.7'] }, { clientIp: '::ffff:203.0.113.7' }));
  assert.ok(shows({ client_ip: ['2001:DB8:0::1'] }, { clientIp: '2001:db8::1' }));
  assert.ok(!shows({ client_ip: ['203.0.113.8'] }));
  assert.ok(!shows({ client_ip: ['203.0.113.7'] }, scheduled));
});

test('[TL-5] by a text in what was logged, in strings and in what objects hold', () => {
  assert.ok(shows({ query: 'HELLO' }));
  assert.ok(shows({ query: 'the worker' }));
  assert.ok(!shows({ query: 'goodbye' }));
  assert.ok(!shows({ query: '' }, scheduled));
  assert.ok(shows({ query: 'plain' }, { logs: [{ message: 'plain', level: 'log', timestamp: 0 }] }));
});

test('[TL-5] by version', () => {
  assert.ok(shows({ scriptVersion: '0B3D2BD6-71A5-4B5C-8B8E-6F3E3F1F0C11' }));
  assert.ok(!shows({ scriptVersion: '11111111-71a5-4b5c-8b8e-6f3e3f1f0c11' }));
});

test('[TL-5] a share of all is about that share', () => {
  const draws = Array.from({ length: 1000 }, (_, index) => index / 1000);
  assert.equal(draws.filter((draw) => shows({ sampling_rate: 0.25 }, {}, draw)).length, 250);
  assert.equal(draws.filter((draw) => shows({ sampling_rate: 1 }, {}, draw)).length, 1000);
});

test('[TL-5] filters are joined by and: one more never shows more', () => {
  const filter: fc.Arbitrary<TailFilter> = fc.oneof(
    fc.record({ sampling_rate: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
    fc.record({ outcome: fc.subarray(['ok', 'exception', 'unknown'] as const, { minLength: 1 }) }),
    fc.record({ method: fc.subarray(['GET', 'POST'], { minLength: 1 }) }),
    fc.record({ query: fc.constantFrom('hello', 'other') }),
    fc.record({ header: fc.record({ key: fc.constantFrom('x-color', 'x-other') }) }),
    fc.record({ client_ip: fc.subarray(['203.0.113.7', '192.0.2.1'], { minLength: 1 }) }),
  );
  const record = fc.record({ outcome: fc.constantFrom<Outcome>('ok', 'exception', 'loadShed') }).map(aRecord);
  fc.assert(
    fc.property(record, fc.array(filter, { maxLength: 4 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (one, filters, draw) => {
      assert.equal(
        isShown(one, filters, draw),
        filters.every((each) => isShown(one, [each], draw)),
      );
    }),
    { numRuns: 50 },
  );
});
