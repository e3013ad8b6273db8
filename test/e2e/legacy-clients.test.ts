/** The wranglers that know deployments only: each deployment is a version at 100 %, and a log of them can be gone back in. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Client } from '../support/client.ts';
import { idAfter, idsIn, linesOf } from '../support/printed.ts';
import { answering, makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const CASES: readonly { readonly client: Client; readonly deploy: string; readonly deleteCommand: readonly string[] }[] = [
  { client: '3.40', deploy: 'deploy', deleteCommand: ['delete', '--force'] },
  { client: '3.34', deploy: 'deploy', deleteCommand: ['delete', '--force'] },
  { client: '2.last', deploy: 'publish', deleteCommand: ['delete'] },
];

for (const { client, deploy, deleteCommand } of CASES) {
  const name = `by-${client.replace('.', '-')}`;
  const project = server.projectFolder(name);
  const wrangler = async (...args: string[]): Promise<string> => succeeded(await server.client(client, args, { project })).combined;
  const deployText = async (text: string): Promise<string> => {
    makeProject({ dir: project, name, code: answering(text) });
    return idAfter('Current Deployment ID:', await wrangler(deploy));
  };
  /** Every id this client printed, and what the Worker answered then. */
  const printed = new Map<string, string>();

  test(`[L-1] wrangler ${client} lists its deployments oldest first and marks the last as active`, async () => {
    printed.set(await deployText('one'), 'one');
    printed.set(await deployText('two'), 'two');
    const said = await wrangler('deployments', 'list');
    const ids = idsIn(said);
    assert.equal(ids.length, 2, said);
    assert.deepEqual(linesOf('Source', said), ['Upload from Wrangler 🤠', 'Upload from Wrangler 🤠']);
    assert.ok(
      linesOf('Author', said).every((author) => author.length > 1),
      said,
    );
    assert.ok(said.indexOf('🟩 Active') > said.indexOf(ids[1] ?? ''), said);
    for (const [index, id] of ids.entries()) printed.set(id, index === 0 ? 'one' : 'two');
  });

  test(`[L-2] wrangler ${client} rolls back to the deployment before, with a message, as a new deployment`, async () => {
    const said = await wrangler('rollback', '--message', 'Too slow');
    printed.set(idAfter('Current Deployment ID:', said), 'one');
    assert.deepEqual(await server.tally(name, 5), { one: 5 });
    const view = await wrangler('deployments', 'view');
    assert.equal(linesOf('Deployment ID', view)[0], idAfter('Current Deployment ID:', said));
    assert.match(view, /Rollback from Wrangler/);
    assert.match(view, /Message: +Too slow/);
    assert.match(view, /Compatibility Date: +2023-05-18/);
  });

  test(`[L-3] every id that wrangler ${client} printed can be viewed and rolled back to`, async () => {
    const [first] = printed.keys();
    const two = [...printed].find(([, text]) => text === 'two')?.[0] ?? '';
    assert.match(
      await wrangler('deployments', 'view', two),
      new RegExp(`Deployment ID: +${idsIn(await wrangler('deployments', 'list'))[1]}`),
    );
    await wrangler('rollback', two, '--message', 'Forward');
    assert.deepEqual(await server.tally(name, 5), { two: 5 });

    const { default_environment: environment } = (await server.api('GET', `workers/services/${name}`)) as {
      default_environment: { script: { tag: string } };
    };
    assert.ok(first !== undefined && printed.size >= 5, `${[...printed.keys()]}`);
    for (const [id, text] of printed) {
      for (const written of [id, id.replaceAll('-', '')]) {
        await server.api('GET', `workers/deployments/by-script/${environment.script.tag}/detail/${written}`);
        const form = new FormData();
        form.set('message', '');
        await server.api('PUT', `workers/scripts/${name}?rollback_to=${written}`, form);
        assert.equal((await server.visit(name)).text, text, `after a rollback to ${written}`);
      }
    }
  });

  test(`wrangler ${client} sets a secret, which is a deployment too, and deletes the Worker`, async () => {
    succeeded(await server.client(client, ['secret', 'put', 'PASSWORD'], { project, input: 'hidden' }));
    assert.match(await wrangler('secret', 'list'), /PASSWORD/);
    assert.equal(linesOf('Source', await wrangler('deployments', 'list')).at(-1), 'Secret Change from Wrangler 🤠');
    await wrangler(...deleteCommand);
    assert.equal((await server.visit(name)).status, 404);
  });
}
