/** A queue's settings are in the control plane's database and beside its messages: whatever was killed in between, they agree again. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aFolder } from '../support/temporary.ts';

test('[Q-10] a queue whose settings did not come to its messages, because all was killed in between, has them after the next start', async (t) => {
  const folder = await aFolder(t);
  const path = join(folder, 'data', 'resources', 'queues', 'messages.db');
  {
    const first = await startServer({ folder });
    await first.api('POST', 'queues', { queue_name: 'jobs', settings: { delivery_delay: 7, message_retention_period: 600 } });
    await first.api('POST', 'queues', { queue_name: 'lost' });
    await first.killAll();
  }
  {
    // As a control plane leaves it that is killed between its commit and the call to the queues.
    using messages = new DatabaseSync(path);
    messages.exec(`update queues set delivery_delay = 0, retention = 60 where name = 'jobs'; delete from queues where name = 'lost'`);
  }
  const second = await startServer({ folder });
  try {
    await until('the next start to have set them', async () => {
      const [queue] = (await second.api('GET', 'queues?name=lost')) as { queue_id: string }[];
      return second.api('POST', `queues/${queue?.queue_id}/messages`, { body: 'there again' }).then(
        () => true,
        () => false,
      );
    });
  } finally {
    assert.equal(await second.stop(), 0);
  }
  using messages = new DatabaseSync(path, { readOnly: true });
  const rows = messages.prepare('select name, delivery_delay as delay, retention from queues order by name').all();
  assert.deepEqual(
    rows.map(({ name, delay, retention }) => [name, delay, retention]),
    [
      ['jobs', 7, 600],
      ['lost', 0, 345_600],
    ],
  );
});
