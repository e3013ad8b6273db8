import assert from 'node:assert/strict';
import test from 'node:test';
import type { EdgeReport, FeedMessage, ProcessState } from '../domain/index.ts';
import { EdgeFeed } from './edge-feed.ts';

const aReport = (edge: string, generation: number, processes: Readonly<Record<string, ProcessState>> = {}): EdgeReport => ({
  edge,
  generation,
  url: `http://${edge}`,
  processes: Object.entries(processes).map(([versionId, state]) => ({ versionId, script: 'hello', state, restarts: 0 })),
});

const ignore = (): void => {};

/** Whether something has been settled by now, without waiting for it. */
const isSettled = async (work: Promise<unknown>): Promise<boolean> => {
  const pending = Symbol('pending');
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([work, Promise.resolve(pending)])) !== pending;
};

test('[D-12] an answer waits until every connected edge serves from the change’s generation', async () => {
  const feed = new EdgeFeed();
  feed.join('a', ignore);
  feed.join('b', ignore);
  const confirmed = feed.confirmed(7);
  feed.report(aReport('a', 7));
  feed.report(aReport('b', 6));
  assert.equal(await isSettled(confirmed), false);
  feed.report(aReport('b', 8));
  assert.deepEqual(await confirmed, []);
});

test('[D-12] edges that are late are named, after a bounded time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const feed = new EdgeFeed();
  for (const edge of ['a', 'b', 'c']) feed.join(edge, ignore);
  const confirmed = feed.confirmed(7);
  feed.report(aReport('b', 7));
  feed.report(aReport('c', 6));
  t.mock.timers.tick(1_999);
  assert.equal(await isSettled(confirmed), false);
  t.mock.timers.tick(1);
  assert.deepEqual(await confirmed, ['a', 'c']);
});

test('[D-12] no edge, one that has served it before, or one that leaves is not waited for', async () => {
  const feed = new EdgeFeed();
  assert.deepEqual(await feed.confirmed(7), []);
  feed.report(aReport('gone', 1));
  assert.deepEqual(await feed.confirmed(7), []);
  feed.join('a', ignore);
  feed.report(aReport('a', 7));
  assert.deepEqual(await feed.confirmed(7), []);
  const confirmed = feed.confirmed(8);
  feed.join('b', ignore)();
  const leave = feed.join('a', ignore);
  assert.equal(await isSettled(confirmed), false);
  leave();
  assert.deepEqual(await confirmed, []);
});

/** Who fires crons is told to every edge that comes, and is firing-edge.test.ts's business. */
const notFiring = (send: (message: FeedMessage) => unknown) => (message: FeedMessage) => void (message.type !== 'firing' && send(message));

test('an edge’s newer connection replaces its older one, whose end then means nothing', () => {
  const feed = new EdgeFeed();
  const [older, newer]: FeedMessage[][] = [[], []];
  const leaveOlder = feed.join(
    'a',
    notFiring((message) => older!.push(message)),
  );
  const leaveNewer = feed.join(
    'a',
    notFiring((message) => newer!.push(message)),
  );
  leaveOlder();
  feed.publish({ type: 'ping' });
  assert.deepEqual([older, newer], [[], [{ type: 'ping' }]]);
  feed.report(aReport('a', 3));
  assert.deepEqual(feed.status(), [{ id: 'a', url: 'http://a', generation: 3, processes: [], connected: true, awayMs: 0 }]);
  leaveNewer();
  assert.equal(feed.status()[0]?.connected, false);
});

test('versions are made ready on the edges that do not have them ready, and each is waited for until it is or has failed', async () => {
  const feed = new EdgeFeed();
  const asked: string[] = [];
  for (const edge of ['has', 'lacks', 'fails'])
    feed.join(
      edge,
      notFiring((message) => asked.push(`${edge} ${JSON.stringify(message)}`)),
    );
  feed.report(aReport('has', 1, { v1: 'ready', v2: 'ready' }));
  feed.report(aReport('lacks', 1, { v1: 'ready', v2: 'cold' }));
  const warm = feed.warm(['v1', 'v2'], true);
  const message = '{"type":"warm","versionIds":["v1","v2"],"areCollected":true}';
  assert.deepEqual(asked, [`lacks ${message}`, `fails ${message}`]);
  feed.report(aReport('lacks', 1, { v1: 'ready', v2: 'starting' }));
  feed.report(aReport('fails', 1, { v1: 'backing_off', v2: 'backing_off' }));
  assert.equal(await isSettled(warm), false);
  feed.report(aReport('lacks', 1, { v1: 'ready', v2: 'ready' }));
  await warm;
});

test('[R-4] versions that are ready everywhere, or that no edge is there for, are waited for not at all', async () => {
  const feed = new EdgeFeed();
  await feed.warm(['v1']);
  feed.join(
    'a',
    notFiring(() => assert.fail('nothing is asked')),
  );
  feed.report(aReport('a', 1, { v1: 'ready' }));
  await feed.warm(['v1']);
});

test('an edge that leaves or comes while versions are made ready is not waited for', async () => {
  const feed = new EdgeFeed();
  const leave = feed.join('a', ignore);
  const warm = feed.warm(['v1']);
  feed.join('late', ignore);
  assert.equal(await isSettled(warm), false);
  leave();
  await warm;
});

test('versions that do not get ready hold a deployment up for a bounded time only', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const feed = new EdgeFeed();
  feed.join('a', ignore);
  const warm = feed.warm(['v1']);
  feed.report(aReport('a', 1, { v1: 'starting' }));
  t.mock.timers.tick(5_000);
  await warm;
});
