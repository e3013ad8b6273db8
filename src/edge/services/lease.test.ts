import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { ADDRESS_HEADER } from '../../runtime/index.ts';
import { Crowd } from '../crowd.ts';
import { DEFAULT_LIMITS, type EdgeLimits } from '../limits.ts';
import { RoutingState } from '../routing-state.ts';
import { aFolder, aLog, aTable, aWorker, FakePool, until, V1, type FakeVersion } from '../testing.ts';
import { giveLease, type LeaseContext } from './lease.ts';
import { OpenLeases } from './open-leases.ts';
import { refuseCall } from './refused-call.ts';

interface World {
  readonly version: FakeVersion;
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
    startTimeoutMs: 5_000,
    log,
    answerWithPage: refuseCall,
  };
  const wished = { overrides: undefined, key: undefined, isDebug: false };
  const server = createServer((asked, response) => void giveLease(context, 'back', wished, asked, response)).listen(0, '127.0.0.1');
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
  return { version, lease };
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
