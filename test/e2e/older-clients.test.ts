/** A short walk-through with each older wrangler that knows versions, under the flags it needs for them. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Client } from '../support/client.ts';
import { idAfter, idsIn } from '../support/printed.ts';
import { answering, makeProject } from '../support/project.ts';
import { succeeded } from '../support/run.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());

type Case = {
  readonly client: Client;
  /** What turns versions on. */
  readonly flags?: readonly string[];
  /** What `rollback` needs beside its message where nobody can be asked. */
  readonly rollbackFlags?: readonly string[];
  /** What stands in front of the id of a version that was just deployed. */
  readonly deployedId?: string;
};

const CASES: readonly Case[] = [
  { client: '4.125' },
  { client: '4.60' },
  { client: '3.last' },
  { client: '3.40', flags: ['--experimental-versions'], rollbackFlags: ['--yes'], deployedId: 'Current Deployment ID:' },
  { client: '3.40', flags: ['--experimental-gradual-rollouts'], rollbackFlags: ['--yes'], deployedId: 'Current Deployment ID:' },
  // It rolls back by the older way, whatever the flag.
  { client: '3.34', flags: ['--experimental-gradual-rollouts'], deployedId: 'Current Deployment ID:' },
];

for (const { client, flags = [], rollbackFlags = [], deployedId = 'Current Version ID:' } of CASES) {
  test(`wrangler ${[client, ...flags].join(' ')} deploys, splits, rolls back, sets a secret and deletes`, async () => {
    const name = `by-${client.replace('.', '-')}${flags.includes('--experimental-versions') ? '-x' : ''}`;
    const project = server.projectFolder(name);
    const wrangler = async (args: readonly string[], input?: string): Promise<string> =>
      succeeded(await server.client(client, args, input === undefined ? { project } : { project, input })).combined;
    const write = (text: string) => makeProject({ dir: project, name, code: answering(text) });

    write('one');
    const one = idAfter(deployedId, await wrangler(['deploy', ...flags]));
    assert.deepEqual(await server.tally(name, 5), { one: 5 });

    write('two');
    const two = idAfter('Worker Version ID:', await wrangler(['versions', 'upload', '--tag', 'v2', '--message', 'Second', ...flags]));
    assert.deepEqual(await server.tally(name, 5), { one: 5 });

    await wrangler(['versions', 'deploy', `${one}@60`, `${two}@40`, '--message', 'Half way', '--yes', ...flags]);
    const { one: ones = 0, two: twos = 0 } = await server.tally(name, 200);
    assert.ok(ones + twos === 200 && ones > 60 && twos > 30, `one ${ones}, two ${twos}`);

    const versions = await wrangler(['versions', 'list', ...flags]);
    assert.deepEqual(new Set(idsIn(versions)), new Set([one, two]));
    assert.match(versions, /Tag: +v2\nMessage: +Second/);
    const deployments = await wrangler(['deployments', 'list', ...flags]);
    assert.match(deployments, /Half way/);
    assert.match(deployments, /\(60%\)[^]*\(40%\)/);

    await wrangler(['versions', 'deploy', `${two}@100`, '--yes', ...flags]);
    assert.deepEqual(await server.tally(name, 5), { two: 5 });
    await wrangler(['rollback', '--message', 'Too slow', ...(client === '3.34' ? [one] : []), ...rollbackFlags, ...flags]);
    assert.deepEqual(await server.tally(name, 5), { one: 5 });

    await wrangler(['secret', 'put', 'PASSWORD'], 'hidden');
    assert.match(await wrangler(['secret', 'list']), /PASSWORD/);
    await wrangler(['delete', '--force']);
    assert.equal((await server.visit(name)).status, 404);
  });
}
