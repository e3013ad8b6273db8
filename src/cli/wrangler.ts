import { spawn, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import { callableUrls } from './opened-urls.ts';
import { wranglerVariables } from './env.ts';
import { EXIT, Failure } from './failure.ts';
import { findServer, type Credentials } from './server.ts';
import { readStatus, type Status } from './status.ts';
import { note, say, styled } from './terminal.ts';
import { chooseWrangler } from './wrangler-binary.ts';
import { listenToWrangler } from './wrangler-output.ts';

/** Runs the real wrangler against this server and answers its exit code. */
export const wrangler = async (args: readonly string[], { data }: { data?: string }): Promise<number> => {
  const { wrangler: chosen, remark } = chooseWrangler(flagValue(args, '--cwd') ?? '.');
  if (remark !== undefined) note(`${remark}: using the bundled ${chosen.version}.`);
  const server = await serverFor(args, data);
  const output = listenToWrangler(process.env);
  try {
    const isTold = server !== undefined && mayChangeTraffic(args);
    // Versions of wrangler before 3.60 write no output file: what changed shows in the status before and after.
    const before = isTold ? await readStatus(server) : undefined;
    const exitCode = await runScript(chosen.script, args, { ...wranglerEnvironment(process.env, server), ...output.variables });
    if (exitCode === 0 && isTold && before !== undefined) {
      // What wrangler did is done: that its address cannot be told does not make it a failure.
      await tellUrls(server, before, output.entries()).catch((error: Error) => note(`Where it opens is not known: ${error.message}`));
    }
    return exitCode;
  } finally {
    output.close();
  }
};

/** Commands that work on the project alone; without a server they run as they would anywhere. */
const LOCAL_COMMANDS = new Set(['dev', 'types', 'init', 'docs', 'check', 'complete', 'help', '--help', '-h', '--version', '-v']);

const serverFor = async (args: readonly string[], data: string | undefined): Promise<Credentials | undefined> => {
  try {
    return await findServer(data);
  } catch (error) {
    const isNotRunning = error instanceof Failure && error.exitCode === EXIT.notRunning;
    if (isNotRunning && args.some((word) => LOCAL_COMMANDS.has(word))) return undefined;
    throw error;
  }
};

/** Names by which wrangler would be led elsewhere: an API key wins over the token, an environment over the base URL. */
const LEADS_ELSEWHERE = new Set([
  'CLOUDFLARE_API_KEY',
  'CLOUDFLARE_EMAIL',
  'CLOUDFLARE_API_ENVIRONMENT',
  'CLOUDFLARE_COMPLIANCE_REGION',
  'WRANGLER_API_ENVIRONMENT',
  'CF_API_BASE_URL',
  'CF_API_TOKEN',
  'CF_API_KEY',
  'CF_EMAIL',
  'CF_ACCOUNT_ID',
]);

/** The environment for a wrangler that talks to this server. */
export const wranglerEnvironment = (environment: NodeJS.ProcessEnv, server: Credentials | undefined): NodeJS.ProcessEnv =>
  server === undefined
    ? environment
    : {
        ...Object.fromEntries(Object.entries(environment).filter(([name]) => !LEADS_ELSEWHERE.has(name))),
        ...Object.fromEntries(wranglerVariables(server)),
      };

const stayUntilItEnds = (): void => undefined;

/** Ctrl-C reaches wrangler from the terminal itself; we only outlive it to pass its exit code on. */
export const runScript = async (
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stdio: StdioOptions = 'inherit',
): Promise<number> => {
  const child = spawn(process.execPath, [script, ...args], { stdio, env });
  const passOn = (signal: NodeJS.Signals): boolean => child.kill(signal);
  process.on('SIGINT', stayUntilItEnds).on('SIGTERM', passOn);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject).on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  try {
    return await promise;
  } finally {
    process.off('SIGINT', stayUntilItEnds).off('SIGTERM', passOn);
  }
};

const TRAFFIC_COMMANDS = new Set(['deploy', 'publish', 'upload', 'rollback']);

const mayChangeTraffic = (args: readonly string[]): boolean =>
  args.some((word) => TRAFFIC_COMMANDS.has(word)) && !args.some((word) => word === '--dry-run' || word === '--help' || word === '-h');

const tellUrls = async (server: Credentials, before: Status, entries: Parameters<typeof callableUrls>[2]): Promise<void> => {
  for (const { worker, url } of callableUrls(before, await readStatus(server), entries)) {
    say(
      url === undefined
        ? `\n${worker} has no address yet: enable workers_dev in its configuration, or add a route.`
        : `\n${worker} opens at ${styled('bold', url)}`,
    );
  }
};

const flagValue = (args: readonly string[], flag: string): string | undefined => {
  const at = args.indexOf(flag);
  return at >= 0 ? args[at + 1] : args.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
};
