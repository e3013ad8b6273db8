/** What wrangler does with secrets and variables, and what the Worker then sees. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { idAfter } from '../support/printed.ts';
import { makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const SAYS_ITS_TEXTS = `export default {
  fetch(request, env) { return Response.json(Object.fromEntries(Object.entries(env).sort())); },
};
`;
const project = makeProject({
  dir: server.projectFolder('vault'),
  name: 'vault',
  code: SAYS_ITS_TEXTS,
  config: { vars: { COLOUR: 'red' } },
});
const wrangler = async (args: readonly string[], input?: string): Promise<string> =>
  succeeded(await server.client('4.164', args, input === undefined ? { project } : { project, input })).combined;
const texts = async (): Promise<unknown> => JSON.parse((await server.visit('vault')).text);

/** Before anything was secret. */
let plain = '';
let first = '';

test('[S-2] `secret put` makes a version with the secret, deploys it, and the Worker sees it at once', async () => {
  plain = idAfter('Current Version ID:', await wrangler(['deploy']));
  assert.deepEqual(await texts(), { COLOUR: 'red' });
  assert.match(await wrangler(['secret', 'put', 'PASSWORD'], 'first'), /Success! Uploaded secret PASSWORD/);
  assert.deepEqual(await texts(), { COLOUR: 'red', PASSWORD: 'first' });
  const { deployments } = (await server.api('GET', 'workers/scripts/vault/deployments')) as {
    deployments: readonly { versions: readonly { version_id: string }[] }[];
  };
  first = deployments[0]?.versions[0]?.version_id ?? '';
  assert.deepEqual(JSON.parse(await wrangler(['secret', 'list'])), [{ name: 'PASSWORD', type: 'secret_text' }]);
});

test('`secret bulk` sets several in one version, and `secret delete` takes one away', async () => {
  assert.match(await wrangler(['secret', 'bulk'], JSON.stringify({ PASSWORD: 'second', TOKEN: 'abc' })), /2 secrets successfully/);
  assert.deepEqual(await texts(), { COLOUR: 'red', PASSWORD: 'second', TOKEN: 'abc' });
  await wrangler(['secret', 'delete', 'TOKEN']);
  assert.deepEqual(await texts(), { COLOUR: 'red', PASSWORD: 'second' });
});

test('[S-5] `versions secret put` makes a version that serves only once it is deployed', async () => {
  const said = await wrangler(['versions', 'secret', 'put', 'PASSWORD', '--message', 'Rotated'], 'third');
  assert.deepEqual(await texts(), { COLOUR: 'red', PASSWORD: 'second' });
  await wrangler(['versions', 'deploy', `${idAfter('Created version', said)}@100`, '-y']);
  assert.deepEqual(await texts(), { COLOUR: 'red', PASSWORD: 'third' });
});

test('[R-2] `rollback` over a change of secrets names them, and goes on once it was confirmed; to before they came it asks nothing', async () => {
  const said = await wrangler(['rollback', first, '--message', 'Back']);
  assert.match(said, /PASSWORD/);
  assert.deepEqual(await texts(), { COLOUR: 'red', PASSWORD: 'first' });
  assert.doesNotMatch(await wrangler(['rollback', plain, '--message', 'Further back']), /PASSWORD/);
  assert.deepEqual(await texts(), { COLOUR: 'red' });
});

test('[V-11] `deploy` keeps the newest secrets, adds those of --secrets-file, and keeps foreign variables only with --keep-vars', async () => {
  writeFileSync(join(project, 'secrets.json'), JSON.stringify({ FROM_FILE: 'told' }));
  await wrangler(['deploy', '--secrets-file', 'secrets.json', '--var', 'SHAPE:round']);
  assert.deepEqual(await texts(), { COLOUR: 'red', FROM_FILE: 'told', PASSWORD: 'third', SHAPE: 'round' });
  await wrangler(['deploy', '--keep-vars']);
  assert.deepEqual(await texts(), { COLOUR: 'red', FROM_FILE: 'told', PASSWORD: 'third', SHAPE: 'round' });
  await wrangler(['deploy']);
  assert.deepEqual(await texts(), { COLOUR: 'red', FROM_FILE: 'told', PASSWORD: 'third' });
});

test('`secret put` for a Worker that does not exist yet makes it, and its first deployment has the secret', async () => {
  const name = 'unborn';
  const folder = makeProject({ dir: server.projectFolder(name), name, code: SAYS_ITS_TEXTS });
  const asked = await server.client('4.164', ['secret', 'put', 'EARLY'], { project: folder, input: 'bird' });
  assert.match(succeeded(asked).combined, /Success! Uploaded secret EARLY/);
  succeeded(await server.client('4.164', ['deploy'], { project: folder }));
  assert.deepEqual(JSON.parse((await server.visit(name)).text), { EARLY: 'bird' });
});

test('[S-1] no secret stands in what the server printed', () => {
  for (const secret of ['first', 'second', 'third', 'told', 'bird']) assert.ok(!server.output.includes(secret), secret);
});
