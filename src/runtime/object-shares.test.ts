import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Split } from '../domain/index.ts';
import { ObjectShares } from './object-shares.ts';

const shared = (percent: number): Split => [
  { versionId: 'a', share: 100_000 - percent * 1000 },
  { versionId: 'b', share: percent * 1000 },
];

/** In place of a process: it takes what it is told. */
const aTeller = async (t: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'sb-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const heard: Split[] = [];
  const server = createServer(async (asked, response) => {
    let body = '';
    for await (const chunk of asked) body += String(chunk);
    heard.push(JSON.parse(body));
    response.end();
  });
  const socketPath = join(folder, 's');
  await once(server.listen(socketPath), 'listening');
  t.after(() => server.close());
  return { heard, shares: new ObjectShares(socketPath, shared(0), 5000) };
};

/** Calls `then` so many microtasks after the next answer has ended. */
const afterAnswer = (microtasks: number, then: () => void): void => {
  const onResponse = (message: unknown): void => {
    unsubscribe('http.client.response.finish', onResponse);
    const { response } = message as { readonly response: IncomingMessage }; // As Node.js documents the channel.
    response.on('end', async () => {
      for (let left = microtasks; left > 0; left -= 1) await undefined;
      then();
    });
  };
  subscribe('http.client.response.finish', onResponse);
};

test('[Y-14] shares that come just when others have been taken are taken before they are acknowledged', async (t) => {
  for (let microtasks = 0; microtasks < 12; microtasks += 1) {
    const { heard, shares } = await aTeller(t);
    const { promise, resolve } = Promise.withResolvers<void>();
    afterAnswer(microtasks, () => resolve(shares.follow(shared(20))));
    await shares.follow(shared(10));
    await promise;
    assert.deepEqual(heard.at(-1), shared(20), `${microtasks} microtasks later`);
  }
});
