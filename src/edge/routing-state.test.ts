import assert from 'node:assert/strict';
import test from 'node:test';
import { RoutingState } from './routing-state.ts';
import { aTable, aWorker, splitOf } from './testing.ts';

test('[E-50] an older table or change is refused, and the same generation again is taken', () => {
  const state = new RoutingState();
  assert.equal(state.generation, undefined);
  assert.equal(state.apply({ generation: 1, previous: 0 }), 'does_not_follow');
  assert.equal(state.replace(aTable([aWorker('a')], {}, 5)), 'applied');
  assert.equal(state.replace(aTable([], {}, 4)), 'older');
  assert.equal(state.replace(aTable([aWorker('a')], {}, 5)), 'applied');
  assert.equal(state.apply({ generation: 5, previous: 4, deletedWorkers: ['a'] }), 'older');
  assert.deepEqual([state.generation, state.index?.workers.size], [5, 1]);
});

test('[E-51] a change is applied only where it follows on, and routes are compiled again only when hosts change', () => {
  const state = new RoutingState();
  state.replace(aTable([aWorker('a'), aWorker('b')], { routes: [{ pattern: 'x.test/*', script: 'a' }] }, 5));
  const routes = state.index?.routes;
  assert.equal(state.apply({ generation: 7, previous: 6, deletedWorkers: ['a'] }), 'does_not_follow');
  assert.equal(
    state.apply({ generation: 6, previous: 5, workers: [aWorker('b', { deployment: splitOf(1) })], deletedWorkers: ['a'] }),
    'applied',
  );
  assert.deepEqual([...(state.index?.workers.keys() ?? [])], ['b']);
  assert.equal(state.index?.routes, routes);
  assert.equal(state.apply({ generation: 9, previous: 6, hosts: aTable([]).hosts }), 'applied');
  assert.notEqual(state.index?.routes, routes);
  assert.equal(state.generation, 9);
});

test('[E-52] a table that does not compile changes nothing', () => {
  const state = new RoutingState();
  state.replace(aTable([aWorker('a')], {}, 1));
  assert.throws(() => state.replace({ ...aTable([]), generation: 2, hosts: JSON.parse('{}') }));
  assert.deepEqual([state.generation, state.index?.workers.has('a')], [1, true]);
});
