/** A project as `npm create cloudflare` makes it, linked to this server, and deployed by its own script and its own wrangler. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { runCreateCloudflare } from '../support/client.ts';
import { installingEnvironment } from '../support/environment.ts';
import { run, succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

/** With everything of npm's, and nothing that leads wrangler anywhere. */
const environment = Object.fromEntries(
  Object.entries(installingEnvironment({ home: join(server.folder, 'home'), connection: server.connection, isCi: true })).filter(
    ([name]) => !name.startsWith('CLOUDFLARE_'),
  ),
);

test('create-cloudflare makes a Hello World, `switchback link` links it, and its deploy script deploys it here', async () => {
  const projects = server.projectFolder('.');
  const args = ['greeter', '--type', 'hello-world', '--lang', 'js', '--no-deploy', '--no-git', '--no-agents', '--accept-defaults'];
  succeeded(await runCreateCloudflare(args, { cwd: projects, env: environment }));
  const project = join(projects, 'greeter');
  assert.ok(existsSync(join(project, 'node_modules', 'wrangler')));

  const linked = succeeded(await server.cli(['link', project]));
  assert.match(linked.combined, /wrangler dev/);
  assert.match(readFileSync(join(project, '.env'), 'utf8'), /^CLOUDFLARE_API_TOKEN=/m);
  assert.equal(statSync(join(project, '.env')).mode & 0o777, 0o600);

  const deployed = succeeded(await run('npm', ['run', 'deploy'], { cwd: project, env: environment, timeoutMs: 120_000 }));
  assert.match(deployed.stdout, /greeter\.switchback\.localhost/);
  assert.match((await server.visit('greeter')).text, /Hello World!/);

  const again = succeeded(await server.cli(['wrangler', 'deploy'], { cwd: project }));
  assert.match(again.combined, new RegExp(`http://greeter\\.switchback\\.localhost:${new URL(server.edgeUrl).port}`));
});
