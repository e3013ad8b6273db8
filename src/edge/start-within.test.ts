import assert from 'node:assert/strict';
import test from 'node:test';
import { noticed } from './start-within.ts';
import { FakeVersion, V1, V2 } from './testing.ts';

const aVersion = (id: string, exited?: FakeVersion['exited']) =>
  Object.assign(new FakeVersion(id, '/nowhere', () => undefined), exited === undefined ? {} : { exited });

test('the end of a process is waited for as often as somebody likes, and nothing of that stays while it runs', async (t) => {
  const one = aVersion(V1);
  const { mock: then } = t.mock.method(one.exited, 'then');
  const other = aVersion(V2, one.exited);
  for (let round = 0; round < 3; round += 1) {
    const waits = Array.from({ length: 1_000 }, (_, each) => noticed(each % 2 === 0 ? one : other, 1));
    assert.deepEqual(new Set(await Promise.all(waits)), new Set([undefined]));
  }
  assert.equal(then.callCount(), 1);
  const waits = [one, other].map((version) => noticed(version, 60_000));
  one.beMissed('memory');
  assert.deepEqual(await Promise.all(waits), [{ fault: 'memory' }, { fault: 'memory' }]);
  assert.deepEqual(await noticed(one, 60_000), { fault: 'memory' });
});
