/**
 * Records what a real client sends, for tests that replay it without the client:
 *
 *     bin/node test/support/record.ts CLIENT SCENARIO PROJECT [--continue] -- ARGUMENTS OF WRANGLER
 *     bin/node test/support/record.ts 3.34 rollback ./my-project --continue -- rollback -m 'too slow'
 *
 * The API is the one that `bin/switchback env` names, given in the environment. The recording is test/recorded/CLIENT/SCENARIO.ndjson;
 * `--continue` adds another command of the same scenario to it. Read it before it is committed: it holds whatever the project holds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CLIENTS, runClient } from './client.ts';
import { clientEnvironment, type Connection } from './environment.ts';
import { startRecorder } from './recorder.ts';

const USAGE = `Usage: record.ts ${CLIENTS.join('|')} SCENARIO PROJECT [--continue] -- ARGUMENTS`;

const separator = process.argv.indexOf('--');
if (separator === -1) stop(USAGE);
const own = process.argv.slice(2, separator);
const [wanted, scenario, project] = own.filter((word) => !word.startsWith('--'));
const client = CLIENTS.find((name) => name === wanted);
if (client === undefined || scenario === undefined || project === undefined) stop(USAGE);

const api = connection();
const home = mkdtempSync(join(tmpdir(), 'switchback-record-'));
const file = join(import.meta.dirname, '..', 'recorded', client, `${scenario}.ndjson`);
try {
  await using recorder = await startRecorder({
    upstream: api.baseUrl,
    accountId: api.accountId,
    file,
    isContinued: own.includes('--continue'),
  });
  const env = clientEnvironment({ home, connection: { ...api, baseUrl: recorder.baseUrl } });
  const ran = await runClient(client, process.argv.slice(separator + 1), { cwd: resolve(project), env });
  process.stdout.write(ran.combined);
  process.exitCode = ran.code;
} finally {
  rmSync(home, { recursive: true, force: true });
}

function connection(): Connection {
  const { CLOUDFLARE_API_BASE_URL: baseUrl, CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_ACCOUNT_ID: accountId } = process.env;
  if (baseUrl === undefined || token === undefined || accountId === undefined) {
    return stop('CLOUDFLARE_API_BASE_URL, CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID must be set: `bin/switchback env` prints them.');
  }
  return { baseUrl, token, accountId };
}

function stop(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
