import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { aDeployment, aVersion, uuid } from '../../test/support/builders.ts';
import { accepted, aControlPlane, ADA } from '../../test/support/control-plane.ts';
import { accept } from '../base/index.ts';
import { USUAL_QUEUE, type ConsumerSettings } from '../domain/index.ts';
import type { Worker } from '../store/index.ts';
import { createWorker, Publisher, type Control } from './index.ts';
import { factsOf, factsOfAll } from './worker-facts.ts';

const AT = '2026-11-01T10:00:00.000Z';

const SETTINGS: ConsumerSettings = { batchSize: 10, maxWaitMs: 5_000, maxRetries: 3, retryDelay: 0, maxConcurrency: null };

/** Gives a Worker some of everything; `number` keeps what two Workers get apart. */
const equip = async (control: Control, { tag, name }: Worker, number: number): Promise<void> => {
  const assets = { manifest: `manifest-${number}`, count: 1, config: {} };
  const made = await control.store.change(
    async (change) => {
      await change.versions.insert(aVersion(number, { scriptTag: tag, assets }), undefined);
      await change.versions.insert(aVersion(100 + number, { scriptTag: tag, number: 100 }), undefined);
      for (const alias of [`beta-${number}`, 'alpha']) await change.versions.setAlias(tag, alias, aVersion(number).id, `${AT}${alias}`, 10);
      for (const at of [1, 2, 3]) await change.deployments.insert(aDeployment(10 * number + at, { scriptTag: tag }));
      const crons = [`${number} 9 * * *`, `${number} 10 * * *`];
      await change.schedules.replace(
        tag,
        crons.map((cron) => ({ cron, createdOn: AT, modifiedOn: AT })),
      );
      for (const isPaused of [false, true]) {
        const queueId = `queue-${number}-${isPaused}`;
        await change.resources.insert({ kind: 'queue', id: queueId, name: queueId, createdOn: AT, settings: { ...USUAL_QUEUE, isPaused } });
        const consumer = { id: `consumer-${queueId}`, queueId, workerTag: tag, deadLetterQueue: null, createdOn: AT };
        await change.consumers.insert({ ...consumer, settings: SETTINGS });
      }
      const namespace = { namespaceId: `namespace-${number}`, script: name, className: 'Room', storage: 'sqlite' as const };
      await change.namespaces.insert(tag, namespace, AT);
      // One that the Worker before had, and one that came back to this one.
      for (const movedFrom of ['bare', name]) {
        const moved = { namespaceId: `of-${movedFrom}-${number}`, script: name, className: `From${movedFrom}`, storage: 'sqlite' as const };
        await change.namespaces.insert(tag, moved, AT);
        await change.namespaces.transfer({ ...moved, movedFrom });
      }
      return accept(null);
    },
    () => ({ id: uuid(9000 + number), at: AT, actor: ADA.author, action: 'test.change', target: `worker/${name}`, detail: {} }),
  );
  assert.ok(made.ok);
};

test('what is read of all Workers at once is what is read of each', async (t) => {
  const { control } = await aControlPlane(t);
  const [one, two, bare] = [
    accepted(await createWorker(control, ADA, 'one', { previews: true })),
    accepted(await createWorker(control, ADA, 'two', { previews: true })),
    accepted(await createWorker(control, ADA, 'bare', {})),
  ];
  await equip(control, one, 1);
  await equip(control, two, 2);
  const facts = await factsOfAll(control.store.read);
  for (const worker of [one, two, bare]) assert.deepEqual(facts(worker), await factsOf(control.store.read, worker), worker.name);
  const { active, ...others } = facts(two);
  assert.deepEqual([active?.id, active?.number], [uuid(1023), 3]);
  assert.deepEqual(others, {
    crons: ['2 10 * * *', '2 9 * * *'],
    queues: [{ queue: 'queue-2-false', deadLetterQueue: null, ...SETTINGS }],
    ownsObjects: true,
    movedObjects: {},
    withAssets: new Set([uuid(2)]),
    newest: [aVersion(102).id, aVersion(2).id],
    aliases: { 'beta-2': aVersion(2).id, alpha: aVersion(2).id },
  });
  const movedObjects = { 'of-bare-1': 'one', 'of-bare-2': 'two' };
  const nothing = {
    active: undefined,
    crons: [],
    queues: [],
    ownsObjects: false,
    movedObjects,
    withAssets: new Set(),
    newest: [],
    aliases: {},
  };
  assert.deepEqual(facts(bare), nothing);
});

test('an edge that joins costs the same number of queries, however many Workers there are', async (t) => {
  const { control } = await aControlPlane(t);
  const publisher = new Publisher({ store: control.store, feed: control.feed, baseDomain: 'localhost', log: () => {} });
  t.after(() => publisher.close());
  const prepared = t.mock.method(DatabaseSync.prototype, 'prepare');
  const join = async (): Promise<void> => (await publisher.join('edge', () => {}))();
  const costOfJoining = async (): Promise<number> => {
    // Changes that are still being published are read before the first join is answered.
    await join();
    const before = prepared.mock.callCount();
    await join();
    return prepared.mock.callCount() - before;
  };
  accepted(await createWorker(control, ADA, 'worker-0', {}));
  const cost = await costOfJoining();
  assert.ok(cost > 5, `${cost} queries were seen`);
  for (const number of [1, 2, 3, 4]) accepted(await createWorker(control, ADA, `worker-${number}`, {}));
  assert.equal(await costOfJoining(), cost);
});
