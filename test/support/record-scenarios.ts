/**
 * Makes the recordings under test/recorded anew, all of them or those of one client:
 *
 *     bin/node test/support/record-scenarios.ts [CLIENT]
 *
 * Read the difference before it is committed. `record.ts` records single commands.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Client, runClient } from './client.ts';
import { clientEnvironment } from './environment.ts';
import { idAfter } from './printed.ts';
import { answering, makeProject } from './project.ts';
import { startRecorder } from './recorder.ts';
import { succeeded } from './run.ts';
import { type Server, startServer } from './server.ts';

/** Stands for the Worker in every recording; a replay gives it another name. */
const WORKER = 'recorded-worker';
const RECORDED = join(import.meta.dirname, '..', 'recorded');

type Wrangler = (line: string, input?: string) => Promise<string>;
type Scenario = { readonly client: Client; readonly name: string; play(wrangler: Wrangler, write: (text: string) => void): Promise<void> };

/** Versions with the flags they need there. `rollback` has more of them where nobody can be asked. */
const versions = (client: Client, flags = '', rollbackFlags = '', deployedId = 'Current Version ID:'): Scenario => ({
  client,
  name: 'versions',
  async play(wrangler, write) {
    write('one');
    const one = idAfter(deployedId, await wrangler(`deploy ${flags}`));
    write('two');
    const two = idAfter('Worker Version ID:', await wrangler(`versions upload --tag v2 --message Second ${flags}`));
    await wrangler(`versions deploy ${one}@90 ${two}@10 --message Canary --yes ${flags}`);
    await wrangler(`versions list ${flags}`);
    await wrangler(`versions view ${two} ${flags}`);
    await wrangler(`deployments list ${flags}`);
    await wrangler(`versions deploy ${two}@100 --yes ${flags}`);
    await wrangler(`rollback ${one} --message Back ${rollbackFlags} ${flags}`);
    await wrangler('secret put PASSWORD', 'hidden');
    await wrangler('secret list');
    await wrangler('delete --force');
  },
});

const deploymentsOnly = (client: Client, deploy: string, deleteCommand = 'delete --force'): Scenario => ({
  client,
  name: 'deployments',
  async play(wrangler, write) {
    write('one');
    const one = idAfter('Current Deployment ID:', await wrangler(deploy));
    write('two');
    await wrangler(deploy);
    await wrangler('deployments list');
    await wrangler('deployments view');
    await wrangler(`deployments view ${one}`);
    await wrangler('rollback --message Back');
    await wrangler(`rollback ${one} --message Back`);
    await wrangler('secret put PASSWORD', 'hidden');
    await wrangler(deleteCommand);
  },
});

const SCENARIOS: readonly Scenario[] = [
  versions('4.164'),
  versions('4.125'),
  versions('4.60'),
  versions('3.last'),
  versions('3.40', '--experimental-versions', '--yes', 'Current Deployment ID:'),
  versions('3.34', '--experimental-gradual-rollouts', '', 'Current Deployment ID:'),
  deploymentsOnly('3.40', 'deploy'),
  deploymentsOnly('3.34', 'deploy'),
  deploymentsOnly('2.last', 'publish', 'delete'),
];

const [, , only] = process.argv;
await using server = await startServer();
for (const scenario of SCENARIOS) if (only === undefined || scenario.client === only) await record(server, scenario);

async function record(of: Server, { client, name, play }: Scenario): Promise<void> {
  const file = join(RECORDED, client, `${name}.ndjson`);
  const project = of.projectFolder(`${client} ${name}`);
  const { baseUrl: upstream, accountId } = of.connection;
  {
    await using recorder = await startRecorder({ upstream, accountId, file });
    const env = clientEnvironment({ home: of.folder, connection: { ...of.connection, baseUrl: recorder.baseUrl } });
    const wrangler: Wrangler = async (line, input = '') =>
      succeeded(await runClient(client, line.trim().split(/ +/), { cwd: project, env, input })).combined;
    await play(wrangler, (text) => makeProject({ dir: project, name: WORKER, code: answering(text) }));
  }
  writeFileSync(file, anonymous(readFileSync(file, 'utf8'), of));
  process.stdout.write(`${client}/${name}.ndjson\n`);
}

/** Who recorded, and on which ports, is of no interest, and would stand in every difference. */
function anonymous(recording: string, { edgeUrl }: Server): string {
  return recording.replaceAll(`${userInfo().username}@${hostname()}`, 'ada@example.com').replaceAll(`:${new URL(edgeUrl).port}`, ':7480');
}
