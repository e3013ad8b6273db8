/** What is in queues after their process was killed at any commit, before it or right behind it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DataClient, QueueLeases, type LeasedBatch, Queues, remoteQueue } from '../../src/data/index.ts';
import { aFolder } from '../support/temporary.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');

/** Queues in a process of their own, which kills itself where it reaches this failpoint. */
const dyingAt = async (t: TestContext, options: object, failpoint: string) => {
  const source = `
    const { Queues } = await import(${JSON.stringify(join(SRC, 'data', 'index.ts'))});
    const { armFailpoint } = await import(${JSON.stringify(join(SRC, 'files', 'index.ts'))});
    await Queues.open({ ...${JSON.stringify(options)}, log: (detail) => console.error(detail) });
    armFailpoint(${JSON.stringify(failpoint)});
    console.log('ready');`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited.then(() => Promise.reject(new Error('The queues did not start.')))]);
  return { exited };
};

const RULE = { maxRetries: 0, retryDelay: 0, deadLetterQueue: 'dead' };
const WANTED = { batchSize: 100, maxWaitMs: 0, maxConcurrency: 1 };

/** All that is in a queue: nobody else has any of it. */
const contentOf = async (runtimeDir: string, queue: string): Promise<readonly string[]> => {
  using leases = new QueueLeases(runtimeDir);
  const giveUp = new AbortController();
  setTimeout(() => giveUp.abort(), 200);
  try {
    const batch = await leases.next(queue, WANTED, giveUp.signal);
    batch.release();
    const messages = batch.messages as readonly (LeasedBatch['messages'][number] & { readonly body: string })[];
    return messages.map(({ body }) => Buffer.from(body, 'base64').toString()).toSorted();
  } catch (error) {
    if (giveUp.signal.aborted) return [];
    throw error;
  }
};

/** Sends three messages, buries the one called "bad" and handles the others, and so on; says what was acknowledged. */
const work = async (runtimeDir: string) => {
  const acknowledged: { step: string; round: number }[] = [];
  await using client = new DataClient(runtimeDir);
  using leases = new QueueLeases(runtimeDir);
  try {
    for (let round = 0; round < 10; round += 1) {
      const sent = await remoteQueue(client, 'jobs').send(
        ['a', 'b', 'bad'].map((name) => ({ format: 'text', body: `${name}${round}`, delay: undefined })),
      );
      assert.ok(sent.ok);
      acknowledged.push({ step: 'sent', round });
      const batch = await leases.next('jobs', WANTED, AbortSignal.timeout(5000));
      const bad = batch.messages.at(-1)?.id ?? '';
      await batch.settle({ outcome: 'ok', retryMessages: [{ msgId: bad }] }, RULE);
      acknowledged.push({ step: 'settled', round });
    }
  } catch {
    // It is dead, as it should be.
  }
  return acknowledged;
};

for (const failpoint of ['queues:commit', 'queues:committed'])
  for (const nth of [1, 2, 3, 4])
    test(`[Q-1] killed at its commit ${nth}, ${failpoint === 'queues:commit' ? 'before' : 'right after'} it, a queue holds what was sent and not handled, whole`, async (t) => {
      const folder = await aFolder(t);
      const options = { dataDir: join(folder, 'data'), runtimeDir: join(folder, 'run') };
      const queues = await Queues.open({ ...options, log: () => {} });
      const client = new DataClient(options.runtimeDir);
      for (const name of ['jobs', 'dead']) await remoteQueue(client, name).put({ deliveryDelay: 0, retention: 345_600 });
      await client[Symbol.asyncDispose]();
      await queues[Symbol.asyncDispose]();

      const { exited } = await dyingAt(t, options, `${failpoint}:${nth}`);
      const acknowledged = await work(options.runtimeDir);
      await exited;
      await using again = await Queues.open({ ...options, log: () => {} });
      assert.ok(again);
      const jobs = await contentOf(options.runtimeDir, 'jobs');
      const dead = await contentOf(options.runtimeDir, 'dead');

      // What was under way when it died may have happened or not, whole.
      const isCommitted = failpoint === 'queues:committed';
      const done = acknowledged.length + (isCommitted ? 1 : 0);
      assert.equal(acknowledged.length, nth - 1);
      const rounds = Math.floor(done / 2);
      assert.deepEqual(
        dead,
        Array.from({ length: rounds }, (_, round) => `bad${round}`),
      );
      assert.deepEqual(jobs, done % 2 === 0 ? [] : ['a', 'b', 'bad'].map((name) => `${name}${rounds}`));
    });
