import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Drops } from '../drops.ts';
import { aFact, aTrace, ONE, SCRIPT } from '../testing.ts';
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

test('[OB-21] cron invocations have no ray: they are told apart by their order', () => {
  const world = new World();
  world.fact('x', 0, { kind: 'scheduled' });
  world.fact('y', 0, { kind: 'scheduled' });
  for (const outcome of ['first', 'second']) {
    world.join.trace({ trace: aTrace({ kind: 'scheduled', outcome, event: { cron: '* * * * *' } }), version: VERSION }, 1);
  }
  assert.deepEqual(world.seen, [
    ['first', 'x'],
    ['second', 'y'],
  ]);
});
