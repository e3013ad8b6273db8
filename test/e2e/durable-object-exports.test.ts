/** Classes that are declared, and classes that go to another Worker, as the real wrangler brings it about. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded, type Ran } from '../support/run.ts';
import { allOf, sdkFor } from '../support/sdk.ts';
import { startServer } from '../support/server.ts';

let server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** A Worker whose classes count how often they are called; it asks the one that is bound, and says its own name. */
const code = (worker: string, classes: readonly string[]): string => `import { DurableObject } from 'cloudflare:workers';
class Counter extends DurableObject {
  add() {
    this.ctx.storage.sql.exec('create table if not exists hits (at integer)');
    this.ctx.storage.sql.exec('insert into hits values (1)');
    return '${worker} ' + this.ctx.storage.sql.exec('select count(*) as hits from hits').one().hits;
  }
}
${classes.map((each) => `export class ${each} extends Counter {}`).join('\n')}
export default {
  async fetch(request, env) {
    return new Response(env.COUNTERS === undefined ? 'no objects' : await env.COUNTERS.getByName('one').add());
  },
};
`;

interface Project {
  readonly classes: readonly string[];
  readonly bound?: string;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly migrations?: readonly object[];
}

const declared = (more: Readonly<Record<string, string>> = { storage: 'sqlite' }) => ({ type: 'durable-object', ...more });

const ran = (name: string, args: readonly string[], { classes, bound, ...lifecycle }: Project): Promise<Ran> => {
  const project = makeProject({
    dir: server.projectFolder(name),
    name,
    code: code(name, classes),
    config: {
      compatibility_date: '2026-11-01',
      ...lifecycle,
      ...(bound === undefined ? {} : { durable_objects: { bindings: [{ name: 'COUNTERS', class_name: bound }] } }),
    },
    format: 'jsonc',
  });
  return server.client('4.164', args, { project });
};
const deployed = async (name: string, project: Project): Promise<string> => succeeded(await ran(name, ['deploy'], project)).combined;
const refusedWords = async (name: string, args: readonly string[], project: Project): Promise<string> =>
  refused(await ran(name, args, project)).combined.replaceAll(/\s+/g, ' ');
const says = async (name: string): Promise<string> => (await server.visit(name)).text;

const ROOM = { classes: ['Room'], bound: 'Room', exports: { Room: declared() } };

let ofV1 = '';

test('[G-14] wrangler deploys a declared class, says that it was created, and says nothing the next time', async () => {
  const first = await deployed('chat', ROOM);
  assert.match(first, /Durable Object exports reconciliation:\s+Created: Room/);
  ofV1 = idAfter('Current Version ID:', first);
  assert.equal(await says('chat'), 'chat 1');
  assert.doesNotMatch(await deployed('chat', ROOM), /reconciliation/);
  assert.equal(await says('chat'), 'chat 2');
});

test('[G-15] wrangler is told of every class that does not fit, each by its scenario and with what to do', async () => {
  const words = await refusedWords('chat', ['deploy'], { classes: [], exports: { Phantom: declared() } });
  assert.match(words, /Durable Object exports reconciliation failed:/);
  assert.match(words, /\[config_references_nonexistent_class\] class 'Phantom'.*Suggestion: Remove the entry/);
  assert.match(words, /\[orphaned_provisioned_namespace\] class 'Room'/);
});

test('[G-17] `versions upload` stores what changes no class; what binds a class that is not there yet waits for a deploy', async () => {
  succeeded(await ran('chat', ['versions', 'upload'], ROOM));
  const more = { classes: ['Room', 'Log'], bound: 'Log', exports: { ...ROOM.exports, Log: declared() } };
  assert.match(await refusedWords('chat', ['versions', 'upload'], more), /depends on the class 'Log'.*`wrangler deploy` once/);
});

test('[G-14] a renamed class has the objects it had, and wrangler says which entry may go', async () => {
  const exports = { Room: declared({ state: 'renamed', renamed_to: 'Hall' }), Hall: declared() };
  const hall = { classes: ['Hall'], bound: 'Hall', exports };
  assert.match(await deployed('chat', hall), /Renamed: Room → Hall/);
  assert.equal(await says('chat'), 'chat 3');
  assert.match(await deployed('chat', hall), /\[stale_tombstone\] Room: .*Safe to remove from `exports`: Room/s);
  assert.match(
    await refusedWords('chat', ['rollback', ofV1, '-y'], hall),
    /made for the class Room, and now there are objects of the class Hall/,
  );
});

test('[G-16] a class is handed over in two steps: the target reaches it at its source first, then owns it with all it stored', async () => {
  const waits = { Hall: declared({ state: 'expecting-transfer', storage: 'sqlite', transfer_from: 'chat' }) };
  const target = { classes: ['Hall'], bound: 'Hall', exports: waits };
  assert.match(await deployed('hotel', target), /Transfer pending: Hall ← chat/);
  assert.deepEqual([await says('hotel'), await says('chat')], ['chat 4', 'chat 5']);
  const gives = { Hall: declared({ state: 'transferred', transferred_to: 'hotel' }) };
  assert.match(await deployed('chat', { classes: [], exports: gives }), /Transferred \(committed\): Hall → hotel/);
  assert.deepEqual([await says('hotel'), await says('chat')], ['hotel 6', 'no objects']);
  assert.match(await deployed('hotel', target), /\[transfer_receive_already_applied\] Hall/);
  assert.equal(await says('hotel'), 'hotel 7');
});

test('[G-13] a migration takes the class on to a third Worker; the one that had it goes on reaching it there, and a restart changes nothing', async () => {
  const taking = { tag: 'v1', transferred_classes: [{ from: 'Hall', from_script: 'hotel', to: 'Suite' }] };
  await deployed('inn', { classes: ['Suite'], bound: 'Suite', migrations: [taking] });
  assert.deepEqual([await says('inn'), await says('hotel')], ['inn 8', 'inn 9']);
  await server.killAll();
  server = await startServer({ folder: server.folder });
  assert.deepEqual([await says('hotel'), await says('inn')], ['inn 10', 'inn 11']);
  const gone = { tag: 'v1', transferred_classes: [{ from: 'Hall', from_script: 'hotel', to: 'Hall' }] };
  const words = await refusedWords('motel', ['deploy'], { classes: ['Hall'], bound: 'Hall', migrations: [gone] });
  assert.match(words, /no Durable Objects of that Worker have that class.*100366/);
});

const takesSuite = (tag: string, from_script: string) => ({ tag, transferred_classes: [{ from: 'Suite', from_script, to: 'Suite' }] });

test('[G-13] while a class goes to and fro, every call is answered, and each count is given once', async () => {
  const counts: number[] = [];
  const wrong: string[] = [];
  const over = new AbortController();
  const calling = ['inn', 'hotel'].map(async (name) => {
    while (!over.signal.aborted) {
      const { status, text } = await server.visit(name);
      const count = /^\w+ (\d+)$/.exec(text)?.[1];
      if (status === 200 && count !== undefined) counts.push(Number(count));
      else wrong.push(`${status} ${text}`);
    }
  });
  await deployed('motel', { classes: ['Suite'], bound: 'Suite', migrations: [takesSuite('v1', 'inn')] });
  const back = [{ tag: 'v1', transferred_classes: [{ from: 'Hall', from_script: 'hotel', to: 'Suite' }] }, takesSuite('v2', 'motel')];
  await deployed('inn', { classes: ['Suite'], bound: 'Suite', migrations: back });
  over.abort();
  await Promise.all(calling);
  assert.deepEqual(wrong, []);
  assert.ok(counts.length > 20, `${counts.length} calls`);
  assert.deepEqual(
    counts.toSorted((a, b) => a - b),
    Array.from(counts, (_, index) => Math.min(...counts) + index),
  );
  assert.equal(await says('motel'), `inn ${Math.max(...counts) + 1}`);
});

test('[G-12] the official SDK lists the objects there are, and whether they stored anything', async () => {
  const namespaces = (await server.api('GET', 'workers/durable_objects/namespaces')) as readonly { id: string; class: string }[];
  const suite = namespaces.find((each) => each.class === 'Suite')?.id;
  const { accountId, ...connection } = server.connection;
  const listed = await allOf(sdkFor(connection)('durableObjects.namespaces.objects.list', suite, { account_id: accountId }));
  assert.deepEqual(
    (listed as readonly { id: string; hasStoredData: boolean }[]).map(({ id, hasStoredData }) => [id.length, hasStoredData]),
    [[64, true]],
  );
});
