import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { DataClient, DataProcess, Queues, R2, RateLimits } from '../../src/data/index.ts';
import { makeProcessFolder } from '../../src/runtime/index.ts';
import { tmpdir } from 'node:os';

/** The real data process on a folder of the test's own, and the way to it; both end with the test. */
export const someData = async (t: TestContext, folder: string): Promise<DataClient> => {
  const { path } = await makeProcessFolder(tmpdir());
  const options = { dataDir: join(folder, 'resources'), runtimeDir: path, log: () => {} };
  const holders = [await DataProcess.open(options), await R2.open(options), await Queues.open(options), await RateLimits.open(options)];
  for (const holder of holders) t.after(() => holder[Symbol.asyncDispose]());
  return dataAt(t, path);
};

/** The way to a data process that a test does not need: every call fails. */
export const dataAt = (t: TestContext, runtimeDir: string): DataClient => {
  const client = new DataClient(runtimeDir);
  t.after(() => client[Symbol.asyncDispose]());
  return client;
};
