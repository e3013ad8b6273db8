/** The life of a Durable Object class as the real wrangler brings it about. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded, type Ran } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const name = 'chat';

/** A Worker whose classes count how often they are called; it asks the one that is bound. */
const code = (classes: readonly string[]): string => `import { DurableObject } from 'cloudflare:workers';
class Counter extends DurableObject {
  add() {
    this.ctx.storage.sql.exec('create table if not exists hits (at integer)');
    this.ctx.storage.sql.exec('insert into hits values (1)');
    return this.ctx.storage.sql.exec('select count(*) as hits from hits').one().hits;
  }
}
${classes.map((each) => `export class ${each} extends Counter {}`).join('\n')}
export default {
  async fetch(request, env) {
    return new Response(env.COUNTERS === undefined ? 'no objects' : String(await env.COUNTERS.getByName('one').add()));
  },
};
`;

const V1 = { tag: 'v1', new_sqlite_classes: ['Room'] };
const V2 = { tag: 'v2', new_sqlite_classes: ['Log'] };
const V3 = { tag: 'v3', renamed_classes: [{ from: 'Room', to: 'Hall' }] };
const V4 = { tag: 'v4', deleted_classes: ['Hall', 'Log'] };

interface Project {
  readonly classes: readonly string[];
  readonly bound?: string;
  readonly migrations: readonly object[];
}

const projectWith = ({ classes, bound, migrations }: Project): string =>
  makeProject({
    dir: server.projectFolder(name),
    name,
    code: code(classes),
    config: {
      compatibility_date: '2026-11-01',
      migrations,
      ...(bound === undefined ? {} : { durable_objects: { bindings: [{ name: 'COUNTERS', class_name: bound }] } }),
    },
    format: 'jsonc',
  });
const ran = (args: readonly string[], client: '4.164' | '4.125' = '4.164'): Promise<Ran> =>
  server.client(client, args, { project: server.projectFolder(name) });
const deployed = async (project: Project): Promise<string> => {
  projectWith(project);
  return idAfter('Current Version ID:', succeeded(await ran(['deploy'])).combined);
};
const refusedWords = async (args: readonly string[], client?: '4.125'): Promise<string> =>
  refused(await ran(args, client)).combined.replaceAll(/\s+/g, ' ');
const says = async (): Promise<string> => (await server.visit(name)).text;

interface Namespace {
  readonly id: string;
  readonly class: string;
}
const namespaces = async () => (await server.api('GET', 'workers/durable_objects/namespaces')) as readonly Namespace[];
const tag = async (): Promise<string | undefined> =>
  ((await server.api('GET', `workers/services/${name}`)) as { default_environment: { script: { migration_tag?: string } } })
    .default_environment.script.migration_tag;

let room = '';
let ofV1 = '';

test('[G-5] wrangler deploys a class with its first migration, and its objects answer', async () => {
  ofV1 = await deployed({ classes: ['Room'], bound: 'Room', migrations: [V1] });
  const [only, ...others] = await namespaces();
  assert.deepEqual([only?.class, others], ['Room', []]);
  room = only?.id ?? '';
  assert.equal(await tag(), 'v1');
  assert.deepEqual([await says(), await says()], ['1', '2']);
});

test('[G-7] `versions upload` with a pending migration is stopped: by the newest wrangler itself, for an older one by the server', async () => {
  projectWith({ classes: ['Room', 'Log'], bound: 'Room', migrations: [V1, V2] });
  assert.match(await refusedWords(['versions', 'upload']), /migration/i);
  assert.match(await refusedWords(['versions', 'upload'], '4.125'), /must be fully applied via a non-versioned deployment.*10211/);
  assert.equal(await tag(), 'v1');
});

test('[G-5] the next deploy sends only the steps that are new; objects keep what they stored', async () => {
  await deployed({ classes: ['Room', 'Log'], bound: 'Room', migrations: [V1, V2] });
  assert.deepEqual([await tag(), (await namespaces()).map((each) => each.class)], ['v2', ['Log', 'Room']]);
  assert.equal(await says(), '3');
});

test('[G-8] [G-9] wrangler splits such a Worker, and is told why it does not go back over a migration', async () => {
  const now = await deployed({ classes: ['Room', 'Log'], bound: 'Room', migrations: [V1, V2] });
  projectWith({ classes: ['Room', 'Log'], bound: 'Room', migrations: [V1, V2] });
  const next = idAfter('Worker Version ID:', succeeded(await ran(['versions', 'upload'])).combined);
  succeeded(await ran(['versions', 'deploy', `${now}@50`, `${next}@50`, '-y']));
  assert.match(
    await refusedWords(['versions', 'deploy', `${now}@50`, `${ofV1}@50`, '-y']),
    /a Durable Object migration lies between.*100363/,
  );
  assert.match(await refusedWords(['rollback', ofV1, '-y']), /a Durable Object migration lies between.*100363/);
  succeeded(await ran(['versions', 'deploy', `${next}@100`, '-y']));
  succeeded(await ran(['rollback', now, '-y']));
  assert.equal(await says(), '4');
});

test('[G-1] a renamed class has the objects it had under its old name', async () => {
  await deployed({ classes: ['Hall', 'Log'], bound: 'Hall', migrations: [V1, V2, V3] });
  assert.equal((await namespaces()).find((each) => each.class === 'Hall')?.id, room);
  assert.equal(await says(), '5');
});

test('[G-3] code without a class that has objects is refused, until a migration deletes them', async () => {
  projectWith({ classes: ['Hall'], bound: 'Hall', migrations: [V1, V2, V3] });
  assert.match(await refusedWords(['deploy']), /does not export class 'Log' which is depended on by existing Durable Objects.*10064/);
  await deployed({ classes: [], migrations: [V1, V2, V3, V4] });
  assert.deepEqual([await tag(), await namespaces(), await says()], ['v4', [], 'no objects']);
});

test('[G-10] wrangler deletes the Worker with its objects, and what comes after begins anew', async () => {
  succeeded(await ran(['delete']));
  await deployed({ classes: ['Room'], bound: 'Room', migrations: [V1] });
  assert.notEqual((await namespaces())[0]?.id, room);
  assert.equal(await says(), '1');
});
