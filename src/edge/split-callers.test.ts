import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { request } from 'undici';
import { pickForObject, type Split } from '../domain/index.ts';
import { FakeControl, openEdge } from './fake-control.ts';
import { aFolder, aTable, aWorker, V1, V2 } from './testing.ts';

/** These run the real runtime: a Worker whose objects are split, and another that calls it and them. */
const NAMESPACE = '0123456789abcdef0123456789abcdef';
const CALLER = '33333333-3333-4333-8333-333333333333';
const SPLIT: Split = [
  { versionId: V1, share: 50_000 },
  { versionId: V2, share: 50_000 },
];
const NAMES = Array.from({ length: 12 }, (_, index) => `o${index}`);

const CALLED = (version: string) => `import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';
export class Room extends DurableObject {
  who() { return { version: ${JSON.stringify(version)}, id: this.ctx.id.toString(), name: this.ctx.id.name }; }
}
export class Named extends WorkerEntrypoint { version() { return ${JSON.stringify(version)}; } }
export default class extends WorkerEntrypoint {
  async fetch(request) { return Response.json({ stateless: ${JSON.stringify(version)}, ...(await this.who(new URL(request.url).pathname.slice(1))) }); }
  async who(name) { return { ...(await this.env.ROOM.getByName(name).who()), stateless: ${JSON.stringify(version)} }; }
};`;

const CALLS = `export default { async fetch(request, { ROOM, HELLO, NAMED }) {
  const [, way, name] = new URL(request.url).pathname.split('/');
  const ways = {
    object: () => ROOM.getByName(name).who(),
    fetch: async () => (await HELLO.fetch('http://hello/' + name, { headers: request.headers })).json(),
    method: () => HELLO.who(name),
    named: () => NAMED.version(),
  };
  return Response.json(await ways[way]());
} };`;

interface Answered {
  readonly version: string;
  readonly id: string;
  readonly name: string;
  readonly stateless: string;
}

interface World {
  asked(host: 'hello' | 'caller', path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>;
}

const aWorld = async (t: TestContext): Promise<World> => {
  const folder = await aFolder();
  const split = { deployment: { id: 'd1', split: SPLIT }, ownsObjects: true } as const;
  const caller = aWorker('caller', { deployment: { id: 'd2', split: [{ versionId: CALLER, share: 100_000 }] } });
  const control = await FakeControl.open(aTable([aWorker('hello', split), caller]));
  for (const [id, version] of [
    [V1, 'first'],
    [V2, 'second'],
  ] as const) {
    control.addVersion(id, 'hello', CALLED(version), {
      durableObjects: [{ className: 'Room', namespaceId: NAMESPACE, storage: 'sqlite' }],
      bindings: [{ type: 'durable_object_namespace', name: 'ROOM', class_name: 'Room', namespace_id: NAMESPACE }],
    });
  }
  control.addVersion(CALLER, 'caller', CALLS, {
    bindings: [
      { type: 'durable_object_namespace', name: 'ROOM', class_name: 'Room', script_name: 'hello', namespace_id: NAMESPACE },
      { type: 'service', name: 'HELLO', service: 'hello' },
      { type: 'service', name: 'NAMED', service: 'hello', entrypoint: 'Named' },
    ],
  });
  const edge = await openEdge(control, join(folder.path, 'edge'), {
    runtimeDir: join(folder.path, 'r'),
    runtimeSettings: { objectsFolder: join(folder.path, 'objects'), waitUntilGraceMs: 0, drainDeadlineMs: 200 },
  });
  t.after(async () => {
    await edge.close();
    await control[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  return {
    asked: async (host, path, headers = {}) => {
      const { statusCode, body } = await request(`${edge.url}${path}`, { headers: { host: `${host}.team.localhost`, ...headers } });
      const text = await body.text();
      assert.equal(statusCode, 200, text);
      return JSON.parse(text); // As the Workers answer it.
    },
  };
};

const versionOf = (id: string): string => (pickForObject(SPLIT, id) === V1 ? 'first' : 'second');

test('[Y-12] whoever calls an object meets the version that its id falls to, by its name: visitors, another Worker, its service binding', async (t) => {
  const { asked } = await aWorld(t);
  const seen = new Set<string>();
  for (const name of NAMES) {
    const answers = [
      await asked('hello', `/${name}`),
      await asked('caller', `/object/${name}`),
      await asked('caller', `/fetch/${name}`),
      await asked('caller', `/method/${name}`),
    ];
    for (const { id, version, name: own } of answers) assert.deepEqual([version, own], [versionOf(id), name]);
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
    seen.add(answers[0]?.version ?? '');
  }
  assert.deepEqual([...seen].toSorted(), ['first', 'second']);
});

const overrides = (versionId: string) => ({ 'cloudflare-workers-version-overrides': `hello="${versionId}"` });

test('[Y-12] the version that a request is drawn, or asks for, is its own: it runs no object', async (t) => {
  const { asked } = await aWorld(t);
  for (const [versionId, label] of [
    [V1, 'first'],
    [V2, 'second'],
  ] as const) {
    for (const name of NAMES.slice(0, 4)) {
      for (const answer of [
        await asked('hello', `/${name}`, overrides(versionId)),
        await asked('caller', `/fetch/${name}`, overrides(versionId)),
      ]) {
        assert.deepEqual([answer.stateless, answer.version], [label, versionOf(answer.id)]);
      }
    }
  }
  for (const path of ['/method/o1', '/named/o1']) {
    const drawn = new Set<string>();
    for (let count = 0; count < 60 && drawn.size < 2; count += 1) drawn.add(JSON.stringify(await asked('caller', path)));
    assert.equal(drawn.size, 2, `both versions answer ${path}`);
  }
});
