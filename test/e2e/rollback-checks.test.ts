/** What stands between a rollback and traffic, as the real wrangler meets it. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { refused, succeeded, type Ran } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const name = 'careful';
const projectWith = (text: string, config: Readonly<Record<string, unknown>> = {}): string =>
  makeProject({
    dir: server.projectFolder(name),
    name,
    code: `export default { fetch: (_, env) => new Response(${JSON.stringify(text)} + ' ' + Object.keys(env).sort()) };\n`,
    config: { compatibility_date: '2026-11-01', ...config },
    format: 'jsonc',
  });
const project = projectWith('zero');
const ran = (args: readonly string[], input?: string): Promise<Ran> =>
  server.client('4.164', args, input === undefined ? { project } : { project, input });
const wrangler = async (args: readonly string[], input?: string): Promise<string> => succeeded(await ran(args, input)).combined;
const refusedWords = async (args: readonly string[]): Promise<string> => refused(await ran(args)).combined.replaceAll(/\s+/g, ' ');
const deployed = async (text: string, config?: Readonly<Record<string, unknown>>): Promise<string> => {
  projectWith(text, config);
  return idAfter('Current Version ID:', await wrangler(['deploy']));
};
const says = async (): Promise<string> => (await server.visit(name)).text;
const count = async (): Promise<number> =>
  ((await server.api('GET', `workers/scripts/${name}/deployments?per_page=100`)) as { deployments: readonly unknown[] }).deployments.length;

const warnings = async (version: string): Promise<readonly { readonly message: string }[]> => {
  const asked = await server.api('GET', `workers/scripts/${name}/deployments/preflight?rollback_to=${version}`);
  return (asked as { warnings: { message: string }[] }).warnings;
};

let namespace = '';
let bound = '';
let database = '';

test('[R-12] a namespace that a serving version binds is not deleted: who uses it is named, and the call that does it all the same', async () => {
  namespace = /"id": "([0-9a-f]{32})"/.exec(await wrangler(['kv', 'namespace', 'create', 'cache']))?.[1] ?? '';
  bound = await deployed('one', { kv_namespaces: [{ binding: 'CACHE', id: namespace }] });
  const said = await refusedWords(['kv', 'namespace', 'delete', '--namespace-id', namespace, '-y']);
  assert.match(said, new RegExp(`"cache" is in use.*${bound} of careful serves and binds it as CACHE`));
  assert.ok(said.includes(`DELETE /accounts/<account id>/storage/kv/namespaces/${namespace}?force=true`), said);
});

test('[R-5] once no serving version binds it wrangler deletes it, and a rollback to the one that did is refused by name', async () => {
  const free = await deployed('two');
  await wrangler(['kv', 'namespace', 'delete', '--namespace-id', namespace, '-y']);
  const before = await count();
  for (const args of [
    ['rollback', bound, '-y'],
    ['versions', 'deploy', `${bound}@100`, '-y'],
    ['versions', 'deploy', `${bound}@10`, `${free}@90`, '-y'],
  ]) {
    const said = await refusedWords(args);
    assert.match(said, /CACHE binds the KV namespace "cache"/, args.join(' '));
    assert.match(said, /100341/);
  }
  assert.deepEqual([await says(), await count()], ['two ', before], 'and traffic stays');
});

test('[R-6] a database that exists holds no rollback back', async () => {
  database = /"database_id": "([0-9a-f-]{36})"/.exec(await wrangler(['d1', 'create', 'orders']))?.[1] ?? '';
  const withDatabase = await deployed('three', { d1_databases: [{ binding: 'DB', database_name: 'orders', database_id: database }] });
  await deployed('four');
  await wrangler(['rollback', withDatabase, '-y']);
  assert.equal(await says(), 'three DB');
});

test('[R-13] tables that changed since a version served are told before a rollback, and hold it back as little', async () => {
  const withDatabase = { d1_databases: [{ binding: 'DB', database_name: 'orders', database_id: database }] };
  const sql = (command: string) => wrangler(['d1', 'execute', 'orders', '--remote', '-y', '--command', command]);
  await sql('CREATE TABLE orders (id INTEGER PRIMARY KEY)');
  const knows = await deployed('tables', withDatabase);
  await deployed('no tables');
  await sql('INSERT INTO orders VALUES (1)');
  assert.deepEqual(await warnings(knows), [], 'rows are no tables');
  await sql('ALTER TABLE orders ADD COLUMN price INTEGER');
  const [changed, ...more] = await warnings(knows);
  assert.match(changed?.message ?? '', /tables of the D1 database .* binds as DB were changed at .*, after that version was there last/);
  assert.deepEqual(more, []);
  await wrangler(['rollback', knows, '-y']);
  assert.equal(await says(), 'tables DB');
  await deployed('no tables');
  assert.deepEqual(await warnings(knows), [], 'it has served with them now');
});

test('[R-2] `versions deploy` over a changed secret is told to use `rollback`, which asks and then goes', async () => {
  const before = await deployed('five');
  await wrangler(['secret', 'put', 'TOKEN'], 'old');
  const old = await deployed('six');
  await wrangler(['secret', 'put', 'TOKEN'], 'new');
  // What knows nothing of it has nothing to bring back.
  await wrangler(['versions', 'deploy', `${before}@100`, '-y']);
  assert.equal(await says(), 'five ');
  await deployed('seven');
  const said = await refusedWords(['versions', 'deploy', `${old}@100`, '-y']);
  assert.ok(said.includes(`wrangler rollback ${old}`), said);
  assert.match(said, /The following secrets have changed: TOKEN/);
  assert.match(await wrangler(['rollback', old, '-y']), /TOKEN/);
  assert.equal(await says(), 'six TOKEN');
});

test('[R-7] where something else forbids it too, wrangler does not ask about secrets in vain: all reasons are printed at once', async () => {
  const said = await refusedWords(['rollback', bound, '-y']);
  assert.match(said, /CACHE binds the KV namespace "cache"/);
  const id = /"id": "([0-9a-f]{32})"/.exec(await wrangler(['kv', 'namespace', 'create', 'late']))?.[1] ?? '';
  const late = await deployed('eight', { kv_namespaces: [{ binding: 'LATE', id }] });
  await deployed('nine');
  await wrangler(['kv', 'namespace', 'delete', '--namespace-id', id, '-y']);
  await wrangler(['secret', 'put', 'TOKEN'], 'newer');
  const both = await refusedWords(['rollback', late, '-y']);
  assert.match(both, /100341.*The following secrets have changed: TOKEN.*10220/);
});
