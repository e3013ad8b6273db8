import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Drops } from '../drops.ts';
import { aFact, aTrace, NOON, ONE, SCRIPT } from '../testing.ts';
import { FACT_WITHIN_MS, Join, TRACE_WITHIN_MS } from './join.ts';

const VERSION = { id: ONE, script: SCRIPT };

class World {
  readonly seen: [ray: string | undefined, fact: string | undefined][] = [];
  readonly join = new Join((told, fact) => this.seen.push([told?.trace.outcome, fact?.ray]), new Drops());

  /** Its outcome stands for its ray: what is seen says which trace it was. */
  trace(ray: string, now: number): void {
    this.join.trace({ trace: aTrace({ outcome: ray }, ray), version: VERSION }, now);
  }

  fact(ray: string, now: number, some = {}): void {
    this.join.fact(aFact({ ray, ...some }), now);
  }
}

test('[OB-21] a trace and a fact of one ray are one, whichever comes first and however many are between', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(99), { maxLength: 30 }), fc.infiniteStream(fc.boolean()), (rays, draws) => {
      const world = new World();
      const isFirst = rays.map(() => draws.next().value === true);
      const told = (isTrace: boolean, ray: number) => (isTrace ? world.trace(`${ray}`, 0) : world.fact(`${ray}`, 0));
      rays.forEach((ray, index) => told(isFirst[index] === true, ray));
      rays.forEach((ray, index) => told(isFirst[index] !== true, ray));
      world.join.sweep(Infinity);
      assert.deepEqual(world.seen.toSorted(), rays.map((ray) => [`${ray}`, `${ray}`]).toSorted());
    }),
  );
});

test('[OB-21] a trace goes on alone after a moment, and its late fact makes no second record', () => {
  const world = new World();
  world.trace('a', 0);
  world.join.sweep(FACT_WITHIN_MS - 1);
  assert.deepEqual(world.seen, []);
  world.join.sweep(FACT_WITHIN_MS);
  world.fact('a', FACT_WITHIN_MS + 1);
  world.join.sweep(10 * TRACE_WITHIN_MS);
  assert.deepEqual(world.seen, [['a', undefined]]);
});

test('[OB-21] a fact waits as long as work after an answer may take, and not where no trace is to come', () => {
  const world = new World();
  world.fact('a', 0);
  world.fact('b', 0, { isTraced: false });
  world.join.sweep(TRACE_WITHIN_MS - 1);
  assert.deepEqual(world.seen, [[undefined, 'b']]);
  world.join.sweep(TRACE_WITHIN_MS);
  assert.deepEqual(world.seen.at(-1), [undefined, 'a']);
});

test('[OB-21] a request that a Worker hands on to its object has the same ray there, and is another invocation', () => {
  const world = new World();
  world.join.trace({ trace: aTrace({ outcome: 'object', durableObjectId: 'f'.repeat(64) }, 'a'), version: VERSION }, 0);
  world.trace('a', 0);
  world.fact('a', 0);
  assert.deepEqual(world.seen, [
    ['object', undefined],
    ['a', 'a'],
  ]);
});

interface Batch {
  readonly name: string;
  readonly at: number;
  readonly ms: number;
}

const batchTrace = (world: World, { name, at, ms }: Batch, now = 0): void =>
  world.join.trace(
    {
      trace: aTrace({
        kind: 'queue',
        outcome: name,
        eventTimestamp: NOON + at,
        endedAt: NOON + at + ms,
        event: { queue: 'jobs', batchSize: 1 },
      }),
      version: VERSION,
    },
    now,
  );
const batchFact = (world: World, { name, at, ms }: Batch, now = 0): void =>
  world.fact(name, now, { kind: 'queue', at: NOON + at, wallMs: ms });

test('[OB-21] crons and batches have no ray: of many at once those are one that began and ended nearest to each other', () => {
  const at = fc.record({ at: fc.integer({ min: 0, max: 50 }), ms: fc.integer({ min: 1, max: 100 }) });
  const batches = fc.uniqueArray(at, {
    minLength: 1,
    maxLength: 10,
    selector: ({ at: start, ms }) => `${Math.floor(start / 3)} ${Math.floor(ms / 3)}`,
  });
  fc.assert(
    fc.property(batches, fc.boolean(), (drawn, isShuffled) => {
      const world = new World();
      const all = drawn.map((each, index) => ({ ...each, name: `${index}` }));
      for (const batch of all) batchTrace(world, batch, 0);
      for (const batch of isShuffled ? all.toReversed() : all) batchFact(world, batch, 1);
      world.join.sweep(Infinity);
      assert.deepEqual(world.seen.toSorted(), all.map(({ name }) => [name, name]).toSorted());
    }),
  );
});

test('[OB-21] a batch whose trace was lost takes no other one, and one whose process had to start is found by its end', () => {
  const world = new World();
  const lost = { name: 'lost', at: 0, ms: 100 };
  const next = { name: 'next', at: 5_000, ms: 50 };
  batchFact(world, lost);
  batchTrace(world, next, 5_000);
  batchFact(world, next, 5_100);
  assert.deepEqual(world.seen, [['next', 'next']]);
  batchTrace(world, { name: 'cold', at: 12_000, ms: 30 }, 12_100);
  batchFact(world, { name: 'cold', at: 8_000, ms: 4_040 }, 12_100);
  world.join.sweep(12_100 + FACT_WITHIN_MS);
  assert.deepEqual(world.seen.at(-1), ['cold', 'cold']);
  world.join.sweep(TRACE_WITHIN_MS);
  assert.deepEqual(world.seen.at(-1), [undefined, 'lost']);
});

test('[OB-21] the late fact of a batch that went alone makes no second record, and that of another does', () => {
  const world = new World();
  batchTrace(world, { name: 'alone', at: 0, ms: 10 }, 0);
  world.join.sweep(FACT_WITHIN_MS);
  batchFact(world, { name: 'another', at: 9_000, ms: 10 }, 9_100);
  batchFact(world, { name: 'alone', at: 0, ms: 10 }, 9_200);
  world.join.sweep(100_000);
  assert.deepEqual(world.seen, [
    ['alone', undefined],
    [undefined, 'another'],
  ]);
});
