import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { ADDRESS_HEADER, REFUSAL_HEADER } from '../../runtime/index.ts';
import { Crowd } from '../crowd.ts';
import { DEFAULT_LIMITS, type EdgeLimits } from '../limits.ts';
import { RoutingState } from '../routing-state.ts';
import { aFolder, aLog, aTable, aWorker, FakePool, until, V1, type FakeVersion } from '../testing.ts';
import { giveLease, type LeaseContext } from './lease.ts';
import { Lifelines } from './lifelines.ts';
import { OpenLeases } from './open-leases.ts';
import { refuseCall } from './refused-call.ts';

interface World {
  readonly version: FakeVersion;
  readonly pool: FakePool;
  /** Resolves with the head of the answer, which stays open where it is a lease. */
  lease(): Promise<IncomingMessage>;
}

/** Leases of one Worker whose one version runs. */
const aWorld = async (t: TestContext, limits: Partial<EdgeLimits> = {}): Promise<World> => {
  const folder = await aFolder();
  const pool = new FakePool(folder.path, { [V1]: (_request, response) => response.end() });
  await pool.start(V1);
  const state = new RoutingState();
  state.replace(aTable([aWorker('back')]));
  const log = aLog();
  const context: LeaseContext = {
    index: () => state.index,
    random: () => 0,
    versions: pool,
    crowd: new Crowd({ ...DEFAULT_LIMITS, ...limits }, log),
    leases: new OpenLeases(),
    lifelines: new Lifelines(),
    startTimeoutMs: 5_000,
    log,
    answerWithPage: refuseCall,
  };
  const wished = { overrides: undefined, key: undefined, isDebug: false };
  const server = createServer(
    (asked, response) => void giveLease(context, { script: 'back', namespaceId: undefined }, wished, asked, response),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await pool[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  const lease: World['lease'] = async () => {
    const [answer] = (await once(request({ port, agent: false }).end(), 'response')) as [IncomingMessage];
    return answer;
  };
  const version = pool.versions.get(V1);
  assert.ok(version);
  return { version, pool, lease };
};

test('[F-7] a lease is work of its process until it is closed, and ends with the process; the leases of one wait for that together', async (t) => {
  const { version, lease } = await aWorld(t);
  const heeded = t.mock.method(version.exited, 'then');
  const leases = await Promise.all(Array.from({ length: 8 }, lease));
  assert.deepEqual(new Set(leases.map(({ headers }) => headers[ADDRESS_HEADER])), new Set([`unix:${version.debugSocketPath}`]));
  assert.equal(version.inFlight, 8);
  for (const closed of leases.splice(0, 5)) closed.destroy();
  await until(() => version.inFlight === 3, 'five are closed');
  leases.push(await lease());
  assert.equal(heeded.mock.callCount(), 1);
  const ended = Promise.all(leases.map((open) => once(open.resume(), 'end')));
  await version.end();
  await ended;
  await until(() => version.inFlight === 0, 'all are closed');
});

test('[B-13] leases that are asked for at once are no more than the process may have in hand', async (t) => {
  const { version, lease } = await aWorld(t, { maxRequestsPerVersion: 3 });
  const answers = await Promise.all(Array.from({ length: 10 }, lease));
  const refused = answers.filter(({ statusCode }) => statusCode === 500);
  assert.equal(refused.length, 7);
  assert.match(decodeURIComponent(String(refused[0]?.headers[REFUSAL_HEADER])), /^The Worker "" was not called: it has as many requests/);
  assert.equal(version.inFlight, 3);
  for (const answer of answers) answer.destroy();
  await until(() => version.inFlight === 0, 'all are closed');
  assert.equal((await lease()).statusCode, 200);
});

test('[F-10] a process that ended is not leased any more from that moment on, and one that runs is not connected to for each lease', async (t) => {
  const { version, pool, lease } = await aWorld(t);
  for (let each = 0; each < 20; each += 1) (await lease()).destroy();
  assert.equal(version.connections, 1);
  await version.die();
  const asked = lease();
  await until(() => version.entered === 21, 'the process is asked for');
  version.beMissed();
  assert.equal((await asked).headers[ADDRESS_HEADER], `unix:${pool.versions.get(V1)?.debugSocketPath}`);
});

test('[F-10] a lease asked of a process that is gone counts on its successor alone', async (t) => {
  const { version, pool, lease } = await aWorld(t);
  await version.die();
  const asked = lease();
  await until(() => version.entered === 1, 'the process is asked for');
  version.beMissed();
  const answer = await asked;
  const successor = pool.versions.get(V1);
  assert.equal(answer.headers[ADDRESS_HEADER], `unix:${successor?.debugSocketPath}`);
  assert.deepEqual([version.inFlight, successor?.inFlight], [0, 1]);
  answer.destroy();
  await until(() => successor?.inFlight === 0, 'it is closed');
});
