import assert from 'node:assert/strict';
import test from 'node:test';
import { ObjectSweep } from './object-sweep.ts';
import { aLog, until } from './testing.ts';

test('[Y-8] a look for deleted namespaces that has not begun serves all changes until it does', async () => {
  const answers: (() => void)[] = [];
  const removed: string[] = [];
  let deleted: readonly string[] = [];
  const sweep = new ObjectSweep({
    control: { deletedNamespaces: () => new Promise((resolve) => answers.push(() => resolve(deleted))) },
    supervisor: {
      storedNamespaces: () => Promise.resolve(['a', 'b']),
      removeObjects: (id) => Promise.resolve(void removed.push(id)),
    },
    log: aLog(),
  });
  sweep.soon();
  await until(() => answers.length === 1, 'the first look asks');
  // While it is not answered: a thousand changes, the last of which deletes.
  for (let change = 0; change < 1000; change += 1) sweep.soon();
  answers[0]?.();
  await until(() => answers.length === 2, 'one more look asks');
  deleted = ['b'];
  answers[1]?.();
  await until(() => removed.length === 1, 'what was deleted is removed');
  sweep.soon();
  await until(() => answers.length === 3, 'a later change is looked at again, and nothing was in between');
  assert.deepEqual([removed, answers.length], [['b'], 3]);
});
