import assert from 'node:assert/strict';
import test from 'node:test';
import type { Split } from '../domain/index.ts';
import { sharesOf, unitOf, Units, versionsIn } from './units.ts';

const splitOf = (...shares: readonly (readonly [string, number])[]): Split => shares.map(([versionId, share]) => ({ versionId, share }));
const A = splitOf(['a', 100_000]);
const B = splitOf(['b', 100_000]);
const AB = splitOf(['b', 10_000], ['a', 90_000]);
const BC = splitOf(['b', 50_000], ['c', 50_000]);

const followed = (units: Units, split: Split, running: readonly string[] = []) => {
  units.follow(new Map([['hello', split]]), ({ id }) => running.includes(id));
  return units.ownerOf('hello')?.unit.id;
};

test('[Y-14] while the process of two versions runs, a deployment of either or both of them keeps it', () => {
  const units = new Units();
  assert.equal(followed(units, A), 'a');
  assert.equal(followed(units, AB, ['a']), 'a+b');
  for (const split of [A, B, AB]) assert.equal(followed(units, split, ['a+b']), 'a+b');
  assert.deepEqual(units.of('a'), unitOf(['b', 'a']));
  const owner = units.ownerOf('hello');
  assert.ok(owner !== undefined);
  assert.deepEqual(sharesOf({ ...owner, split: A }), splitOf(['a', 100_000], ['b', 0]));
  const [one, other] = splitOf(['a', 60_000], ['b', 40_000]);
  const came = { ...other!, lineage: 'from' };
  assert.deepEqual(sharesOf({ ...owner, split: [came, one!] }), [one, came], 'with what its objects fall by');
});

test('[Y-16] another pair is another process, and so is what is deployed once the process of two has ended', () => {
  const units = new Units();
  followed(units, AB);
  assert.equal(followed(units, BC, ['a+b']), 'b+c');
  assert.equal(units.of('a').id, 'a');
  assert.equal(followed(units, B, ['b+c']), 'b+c');
  units.again(() => false);
  assert.equal(units.ownerOf('hello')?.unit.id, 'b');
  units.follow(new Map(), () => true);
  assert.deepEqual([units.ownerOf('hello'), units.of('b').id], [undefined, 'b']);
  assert.deepEqual(versionsIn('b+c'), ['b', 'c']);
});
