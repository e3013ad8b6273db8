import assert from 'node:assert/strict';
import test from 'node:test';
import type { Firing } from '../domain/index.ts';
import { FiringEdge } from './firing-edge.ts';

const anOffice = () => {
  const told = new Map<string, Firing>();
  return { told, office: new FiringEdge((edge, firing) => told.set(edge, firing), 1_000) };
};

test('[T-6] the only edge fires whatever becomes of the control plane', () => {
  const { told, office } = anOffice();
  office.joined('a', true);
  assert.deepEqual([...told], [['a', 'always']]);
});

test('[T-6] of several edges one fires, and only while it is connected', () => {
  const { told, office } = anOffice();
  office.joined('a', true);
  office.joined('b', true);
  assert.deepEqual(Object.fromEntries(told), { a: 'while_connected', b: 'never' });
});

test('[T-6] an edge that held the office keeps it when the control plane starts anew', () => {
  const { told, office } = anOffice();
  office.joined('b', false);
  assert.equal(told.get('b'), 'never');
  office.joined('a', true);
  assert.deepEqual(Object.fromEntries(told), { a: 'while_connected', b: 'never' });
});

test('[T-6] another edge fires once the one that did has been gone for the time of the handover', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { told, office } = anOffice();
  office.joined('a', true);
  office.joined('b', true);
  office.left('a');
  t.mock.timers.tick(999);
  assert.equal(told.get('b'), 'never');
  t.mock.timers.tick(1);
  assert.equal(told.get('b'), 'always');
  office.joined('a', true);
  assert.deepEqual(Object.fromEntries(told), { a: 'never', b: 'while_connected' });
});

test('[T-6] an edge that comes back in time goes on firing', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { told, office } = anOffice();
  office.joined('a', true);
  office.joined('b', true);
  office.left('a');
  t.mock.timers.tick(999);
  office.joined('a', true);
  t.mock.timers.tick(10_000);
  assert.deepEqual(Object.fromEntries(told), { a: 'while_connected', b: 'never' });
});
