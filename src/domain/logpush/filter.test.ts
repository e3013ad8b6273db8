import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { passes, readLogpushFilter, type LogpushFilter } from './filter.ts';
import type { LogpushRow } from './fields.ts';
import { isSampled } from './sample.ts';

const aRow =
  (values: Readonly<Record<string, unknown>>): LogpushRow =>
  (field) =>
    values[field];

const row = aRow({
  Outcome: 'exception',
  ScriptName: 'checkout-eu',
  CPUTimeMs: 30,
  ScriptTags: ['eu', 'shop'],
  Logs: [{ Level: 'error', Message: ['no stock', { sku: 'A-17' }], TimestampMs: 1 }],
});

const read = (where: unknown): LogpushFilter => {
  const filter = readLogpushFilter(JSON.stringify({ where }));
  assert.ok(filter.ok, filter.ok ? '' : filter.refusal.join());
  return filter.value;
};

const cases: readonly (readonly [key: string, operator: string, value: unknown, isSent: boolean])[] = [
  ['Outcome', 'eq', 'exception', true],
  ['Outcome', 'eq', 'ok', false],
  ['CPUTimeMs', 'eq', 30, true],
  ['CPUTimeMs', 'lt', '30', false],
  ['CPUTimeMs', 'leq', '30', true],
  ['CPUTimeMs', 'gt', 29.5, true],
  ['CPUTimeMs', 'geq', 31, false],
  ['ScriptName', 'startsWith', 'checkout', true],
  ['ScriptName', 'endsWith', '-us', false],
  ['ScriptName', 'contains', 'out-e', true],
  ['ScriptName', 'in', ['a', 'checkout-eu'], true],
  ['CPUTimeMs', 'in', [29, '30'], true],
  ['ScriptTags', 'contains', 'eu', true],
  ['ScriptTags', 'contains', 'e', false],
  ['Logs', 'contains', 'no stock', true],
  ['Logs', 'contains', 'A-17', true],
  ['Logs', 'contains', 'Level', false],
];

for (const [key, operator, value, isSent] of cases) {
  test(`[LP-2] ${key} ${operator} ${JSON.stringify(value)} is ${isSent}, and its opposite is not`, () => {
    assert.equal(passes(read({ key, operator, value }), row), isSent);
    if (['eq', 'startsWith', 'endsWith', 'contains', 'in'].includes(operator))
      assert.equal(passes(read({ key, operator: `!${operator}`, value }), row), !isSent);
  });
}

const { node } = fc.letrec<{ node: unknown; joined: unknown; leaf: unknown }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('joined')),
  leaf: fc.constantFrom({ key: 'CPUTimeMs', operator: 'gt', value: 10 }, { key: 'CPUTimeMs', operator: 'gt', value: 50 }),
  joined: fc.oneof(
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
  ),
}));

/** What a filter of these leaves says, by plain logic. */
const truth = (each: unknown): boolean => {
  const { and, or, value } = each as { and?: unknown[]; or?: unknown[]; value?: number };
  if (and !== undefined) return and.every(truth);
  return or === undefined ? 30 > (value ?? 0) : or.some(truth);
};

test('[LP-2] conditions join by and and or, in any depth', () => {
  fc.assert(
    fc.property(node, (where) => {
      const filter = readLogpushFilter(JSON.stringify({ where }));
      fc.pre(filter.ok);
      assert.equal(passes(filter.value, row), truth(where));
    }),
  );
});

const malformed: readonly (readonly [text: string, fault: RegExp])[] = [
  ['', /no JSON/],
  ['[]', /must be \{"where"/],
  ['{"where":{}}', /where names nothing, which is no field/],
  ['{"where":{"and":[]}}', /and must be a list/],
  ['{"where":{"key":"ClientIP","operator":"eq","value":"x"}}', /"ClientIP", which is no field/],
  ['{"where":{"key":"Outcome","operator":"like","value":"x"}}', /operator "like", which is none of eq/],
  ['{"where":{"key":"Outcome","operator":"lt","value":"x"}}', /cannot ask Outcome lt: it is a text/],
  ['{"where":{"key":"Event","operator":"eq","value":"x"}}', /cannot ask Event eq: it is an object/],
  ['{"where":{"key":"Outcome","operator":"eq","value":5}}', /value 5/],
  ['{"where":{"key":"CPUTimeMs","operator":"eq","value":"five"}}', /value "five"/],
  ['{"where":{"key":"Outcome","operator":"in","value":"ok"}}', /value "ok"/],
  ['{"where":{"or":[{"key":"Outcome","operator":"eq","value":"ok"},{"not":1}]}}', /where\.or\.1 has "not"/],
  [`{"where":{"key":"Outcome","operator":"eq","value":"${'x'.repeat(1000)}"}}`, /more than 1000 bytes/],
  ['{"where":{"key":"Outcome","operator":"eq","value":"ok"},"limit":1}', /"limit"/],
];

for (const [text, fault] of malformed) {
  test(`[LP-2] the filter ${text.slice(0, 60)} is not taken`, () => {
    const filter = readLogpushFilter(text);
    assert.ok(!filter.ok);
    assert.match(filter.refusal.join('; '), fault);
  });
}

test('[LP-3] what is sent at one share is sent at every larger one, and all at 1', () => {
  fc.assert(
    fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (id, one, other) => {
      if (isSampled(id, Math.min(one, other))) assert.ok(isSampled(id, Math.max(one, other)));
      assert.ok(isSampled(id, 1));
      assert.ok(!isSampled(id, 0));
    }),
  );
});

test('[LP-3] of many invocations about the share is sent', () => {
  for (const rate of [0.01, 0.1, 0.5]) {
    const count = 100_000;
    const sent = Array.from({ length: count }, (_, index) => `${(index * 7919).toString(16)}-ray`).filter((id) =>
      isSampled(id, rate),
    ).length;
    // Six standard deviations.
    const slack = 6 * Math.sqrt(rate * (1 - rate) * count);
    assert.ok(Math.abs(sent - rate * count) < slack, `${sent} at ${rate}`);
  }
});
