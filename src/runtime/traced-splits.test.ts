import assert from 'node:assert/strict';
import test from 'node:test';
import { pickForObject, type Split } from '../domain/index.ts';
import { HeardTraces } from './heard-traces.ts';
import { VersionProcess } from './version-process.ts';
import { ask, aWorkbench, until } from './workbench.ts';

/** These run the real runtime. */
const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const NAMESPACE = 'a'.repeat(32);

const CODE = `import { DurableObject } from 'cloudflare:workers';
export class Room extends DurableObject {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/throw') throw new Error('in the room');
    if (pathname === '/alarm') await this.ctx.storage.setAlarm(Date.now());
    return new Response(this.ctx.id.toString());
  }
  hello() { console.log('called'); return 'hello'; }
  alarm() {}
}
export default { async fetch(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  const room = env.ROOMS.get(env.ROOMS.idFromName(searchParams.get('room')));
  return pathname === '/call' ? new Response(await room.hello()) : room.fetch(request);
} };`;

const withB = (share: number): Split => [
  { versionId: A, share: 100_000 - share },
  { versionId: B, share },
];

test('[OB-14] in a split of objects each invocation is told of under the version whose it is, also when the shares change', async (t) => {
  const bench = await aWorkbench(t);
  const heard = await (await HeardTraces.in(t, bench.runtimeDir)).listen();
  const more = {
    bindings: [{ type: 'durable_object_namespace', name: 'ROOMS', class_name: 'Room', namespace_id: NAMESPACE }],
    durableObjects: [{ className: 'Room', namespaceId: NAMESPACE, storage: 'sqlite' }],
  } as const;
  const specs = [
    await bench.aVersion({ 'index.js': CODE }, { ...more, id: A }),
    await bench.aVersion({ 'index.js': CODE }, { ...more, id: B, tag: 'second' }),
  ] as const;
  await using running = await VersionProcess.startSplit({ specs, shares: withB(50_000) }, { ...bench, observeFolder: heard.folder });
  const rooms = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const round = async (name: string, shares: Split) => {
    const owners = new Set<string>();
    for (const room of rooms) {
      for (const { versionId, socketPath } of running.versions) {
        const ray = `${name} ${room} ${versionId}`;
        const id = await ask(socketPath, `/?room=${room}`, { 'cf-ray': ray });
        const isOf = (event: unknown) => JSON.stringify(event).includes(ray);
        const request = await heard.first(
          ({ event, durableObjectId }) => isOf(event) && durableObjectId === undefined,
          `${ray} was told of`,
        );
        const inRoom = await heard.first(
          ({ event, durableObjectId }) => isOf(event) && durableObjectId !== undefined,
          `${ray} was told of`,
        );
        assert.deepEqual([request.version.id, inRoom.version.id], [versionId, pickForObject(shares, id)]);
        owners.add(inRoom.version.id);
      }
    }
    return owners.size;
  };
  assert.equal(await round('first', withB(50_000)), 2);
  await running.shares?.follow(withB(100_000));
  assert.equal(await round('second', withB(100_000)), 1);
  await running.shares?.follow(withB(70_000));
  assert.equal(await round('third', withB(70_000)), 2);

  const [{ socketPath } = running] = running.versions;
  const whose = (id: string | undefined) => pickForObject(withB(70_000), id ?? '');
  await ask(socketPath, '/call?room=a');
  const called = await heard.first(({ kind }) => kind === 'rpc', 'the call was told of');
  assert.deepEqual([called.version.id, called.entrypoint, called.event], [whose(called.durableObjectId), 'Room', { rpcMethod: 'hello' }]);
  await ask(socketPath, '/alarm?room=b');
  const alarm = await heard.first(({ kind }) => kind === 'alarm', 'the alarm was told of');
  assert.equal(alarm.version.id, whose(alarm.durableObjectId));
  await ask(socketPath, '/throw?room=c');
  const thrown = await heard.first(
    ({ exceptions, durableObjectId }) => exceptions.length > 0 && durableObjectId !== undefined,
    'the exception was told of',
  );
  assert.match(thrown.exceptions[0]?.stack ?? '', /^ +at .*\(index\.js:5:\d+\)$|^ +at index\.js:5:\d+.*$/m);
  assert.doesNotMatch(thrown.exceptions[0]?.stack ?? '', /owner\.js|1111|2222/);

  // What sets shares and resets objects is ours, and told of to nobody.
  await until(() => heard.traces().length >= 3 * rooms.length * 4 + 6, 'all were told of');
  assert.deepEqual(
    heard.traces().filter(({ kind, event }) => kind === 'rpc' && JSON.stringify(event) !== '{"rpcMethod":"hello"}'),
    [],
  );
  assert.equal(heard.traces().length, 3 * rooms.length * 4 + 7);
});
