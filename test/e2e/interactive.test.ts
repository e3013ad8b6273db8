/** `versions deploy` as a person at a terminal meets it, with the first wrangler that had it and with the current one. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { deployInteractively34, deployInteractively4164 } from '../support/interactive-deploy.ts';
import { idAfter } from '../support/printed.ts';
import { answering, makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

const cases = [
  { client: '4.164', deploy: deployInteractively4164, flags: [] },
  { client: '3.34', deploy: deployInteractively34, flags: ['--experimental-gradual-rollouts'] },
] as const;

for (const { client, deploy, flags } of cases) {
  test(`wrangler ${client} asks for two versions and their percentages, then for one`, async () => {
    const name = `asked-${client.replace('.', '-')}`;
    const project = server.projectFolder(name);
    const env = server.environment();
    const upload = async (text: string, command: readonly string[]): Promise<string> => {
      makeProject({ dir: project, name, code: answering(text) });
      return succeeded(await server.client(client, command, { project })).stdout;
    };
    await upload('one', ['deploy']);
    const list = (await server.api('GET', `workers/scripts/${name}/versions`)) as { items: [{ id: string }] };
    const one = list.items[0].id;
    const two = idAfter('Worker Version ID:', await upload('two', ['versions', 'upload', ...flags]));

    const shares = [
      { versionId: one, percentage: '70' },
      { versionId: two, percentage: '30' },
    ];
    await deploy({ cwd: project, env, shares, message: 'A first look' });
    const [active] = (
      (await server.api('GET', `workers/scripts/${name}/deployments`)) as { deployments: { annotations: Record<string, string> }[] }
    ).deployments;
    assert.equal(active?.annotations['workers/message'], 'A first look');
    const { one: ones = 0, two: twos = 0 } = await server.tally(name, 200);
    assert.equal(ones + twos, 200);
    assert.ok(twos > 10 && ones > 90, `one ${ones}, two ${twos}`);

    await deploy({ cwd: project, env, shares: [{ versionId: two, percentage: '100' }] });
    assert.deepEqual(await server.tally(name, 20), { two: 20 });
  });
}
