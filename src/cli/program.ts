import { Command } from 'commander';
import { limitOf, pageOf, printAudit, sinceOf } from './audit.ts';
import { compare } from './compare.ts';
import { completionScript, type Shell, SHELLS } from './completion.ts';
import { printDashboard } from './dashboard.ts';
import { printEnv } from './env.ts';
import { Failure, EXIT } from './failure.ts';
import { link } from './link.ts';
import { printLogs } from './logs.ts';
import { printMetrics } from './metrics.ts';
import { preflight } from './preflight.ts';
import { printStatus } from './print-status.ts';
import { stop } from './stop.ts';
import { createToken, listTokens, revokeToken } from './token.ts';
import { printVersion, switchbackVersion } from './version.ts';
import { wrangler } from './wrangler.ts';
import { addZone, deleteZone, listZones } from './zone.ts';

const DATA = ['--data <dir>', 'the server of this data directory, instead of the one started last'] as const;
const JSON_OUTPUT = ['--json', 'print JSON for programs'] as const;

/** The whole command line. `args` only tells which of its heavier parts are needed. */
export const buildProgram = async (args: readonly string[]): Promise<Command> => {
  const program = new Command('switchback')
    .description('Versions & Deployments for Workers on your own machines')
    .version(switchbackVersion(), '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('(switchback --help lists what there is)')
    .configureOutput({ outputError: (message, write) => write(`switchback: ${message.replace(/^error: /, '')}`) })
    .addHelpText(
      'after',
      '\nThe first minute:\n  switchback start                 in one terminal\n  switchback wrangler deploy       in the folder of a Worker\n  switchback status',
    );
  for (const command of await commands(args)) program.addCommand(inherit(command, program));
  return program;
};

const commands = async (args: readonly string[]): Promise<Command[]> => [
  await start(args),
  stopCommand(),
  wranglerCommand(),
  envCommand(),
  linkCommand(),
  statusCommand(),
  dashboardCommand(),
  preflightCommand(),
  metricsCommand(),
  logsCommand(),
  compareCommand(),
  auditCommand(),
  zoneCommand(),
  tokenCommand(),
  demoCommand(),
  completionCommand(args),
  versionCommand(),
];

/** The flags of `start` come from the table of settings, which is read only when they matter. */
const start = async (args: readonly string[]): Promise<Command> => {
  const isNeeded = args.some((word) => word === 'start' || word === 'completion');
  if (isNeeded) return (await import('./start.ts')).startCommand();
  return new Command('start').description('Run the server: API and edge, until Ctrl-C or `switchback stop`');
};

const stopCommand = (): Command =>
  new Command('stop')
    .description('End the server that runs here, once requests in flight are finished')
    .option('--data <dir>', 'the server of this data directory; needed where several run')
    .option('--now', 'without waiting for requests in flight')
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nEnds with 3 when no server is running.')
    .action(stop);

const wranglerCommand = (): Command =>
  new Command('wrangler')
    .description('Run the real wrangler against this server: your project’s own, else the bundled one')
    .argument('[args...]', 'everything after it goes to wrangler as it is')
    .option(...DATA)
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[], options: { data?: string }) => {
      process.exitCode = await wrangler(args, options);
    });

const envCommand = (): Command =>
  new Command('env')
    .description('Print what wrangler and the SDKs need, as lines for a .env')
    .option(...DATA)
    .addHelpText('after', '\nExample:\n  switchback env > .env.switchback')
    .action(printEnv);

const linkCommand = (): Command =>
  new Command('link')
    .description('Write those lines into a project’s .env, so that any wrangler in it deploys here')
    .argument('[project]', 'folder of the project', '.')
    .option(...DATA)
    .addHelpText('after', '\nExample:\n  cd my-worker && switchback link && npx wrangler deploy')
    .action(link);

const statusCommand = (): Command =>
  new Command('status')
    .description('Show what runs: Workers, their addresses, versions, shares and processes')
    .argument('[worker]', 'only this one, with its processes on every edge, their breakers and the last changes')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nEnds with 3 when no server is running.')
    .action(printStatus);

const dashboardCommand = (): Command =>
  new Command('dashboard')
    .description('Print a link that opens the dashboard in a browser and signs in there, once')
    .option('--open', 'open it in the browser of this machine')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nEnds with 3 when no server is running.')
    .action(printDashboard);

const preflightCommand = (): Command =>
  new Command('preflight')
    .description('Ask what a deployment or a rollback would meet and change, without making it')
    .argument('<worker>', 'the name of the Worker')
    .argument('<versions...>', 'one version, or two as wrangler takes them: <version>@90 <version>@10; the first 8 digits will do')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nEnds with 1 when it would be refused whatever is forced, and with 3 when no server is running.')
    .action(preflight);

const metricsCommand = (): Command =>
  new Command('metrics')
    .description('Show requests, errors and latency of a Worker, by version')
    .argument('<worker>', 'the name of the Worker')
    .option('--since <time>', 'from then on: 90m, 12h, 1d, 2w, or a date; the last hour, if not given', (text) => sinceOf(text))
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nExample:\n  switchback metrics hello --since 1d\n\nEnds with 3 when no server is running.')
    .action(printMetrics);

const logsCommand = (): Command =>
  new Command('logs')
    .description('Show what was kept of a Worker’s invocations: logs and exceptions, the newest last')
    .argument('<worker>', 'the name of the Worker')
    .option('--since <time>', 'only what is no older: 90m, 12h, 1d, 2w, or a date; the last hour, if not given', (text) => sinceOf(text))
    .option('--until <time>', 'only what is older: the same', (text) => sinceOf(text))
    .option('--version <id>', 'only of this version; the first 8 digits will do')
    .option('--errors', 'only what failed or threw')
    .option('--search <text>', 'only what has this text in it')
    .option('--limit <n>', 'how many at most, from 1 to 100', pageOf, 50)
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nExample:\n  switchback logs hello --errors --since 1d\n\nEnds with 3 when no server is running.')
    .action(printLogs);

const compareCommand = (): Command =>
  new Command('compare')
    .description('Show whether one version fails more, throws something new or is slower than another')
    .argument('<worker>', 'the name of the Worker')
    .option('--version <id>', 'the version in question; the newer of those that serve, if not given. The first 8 digits will do')
    .option('--baseline <id>', 'what it is compared with; the other one that serves, or that did before, if not given')
    .option('--since <time>', 'from then on, in place of since the deployment: 90m, 12h, 1d, 2w, or a date', (text) => sinceOf(text))
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nExample:\n  switchback compare hello\n\nEnds with 3 when no server is running.')
    .action(compare);

const auditCommand = (): Command =>
  new Command('audit')
    .description('Show who changed what and when, newest first')
    .option('--worker <name>', 'only what was done to this Worker')
    .option('--action <action>', 'only this, such as deployment.create, or all that begins with a word: deployment')
    .option('--actor <who>', 'only what this e-mail address or token did')
    .option('--since <time>', 'only what is no older: 90m, 12h, 1d, 2w, or a date', (text) => sinceOf(text))
    .option('--limit <n>', 'how many at most, from 1 to 1000', limitOf, 50)
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .addHelpText('after', '\nExample:\n  switchback audit --worker hello --since 1d\n\nEnds with 3 when no server is running.')
    .action(printAudit);

const zoneCommand = (): Command => {
  const zone = new Command('zone').description('Domains whose routes and custom domains Workers may have');
  zone
    .command('add <name>')
    .description('Add a zone')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .action(addZone);
  zone
    .command('list')
    .description('List the zones')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .action(listZones);
  zone
    .command('delete <name>')
    .description('Delete a zone, by name or id')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .action(deleteZone);
  return zone.addHelpText('after', '\nExample:\n  switchback zone add example.com');
};

const tokenCommand = (): Command => {
  const token = new Command('token').description('API tokens, one for each person or program that deploys');
  token
    .command('create <name>')
    .description('Make a token; it is shown once')
    .option('--email <address>', 'whom lists show as the author of what it deploys')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .action(createToken);
  token
    .command('list')
    .description('List the tokens')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .action(listTokens);
  token
    .command('revoke <name>')
    .description('Revoke a token, by name or id')
    .option(...DATA)
    .option(...JSON_OUTPUT)
    .action(revokeToken);
  return token.addHelpText('after', '\nExample:\n  switchback token create ci --email ci@example.com');
};

const demoCommand = (): Command =>
  new Command('demo')
    .description('Watch a canary live: deploy, split, shift, roll back, on an example Worker')
    .option(...DATA)
    .option('--fast', 'fewer requests and no pauses')
    .action(async (options: { data?: string; fast?: boolean }) => (await import('./demo.ts')).demo(options));

const completionCommand = (args: readonly string[]): Command =>
  new Command('completion')
    .description('Print a completion script for bash, zsh or fish')
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'after',
      '\nExamples:\n  eval "$(switchback completion bash)"\n  switchback completion fish > ~/.config/fish/completions/switchback.fish',
    )
    .action(async (shell: string) => {
      if (!SHELLS.includes(shell as Shell)) throw new Failure(`There is no completion for ${shell}: use ${SHELLS.join(', ')}.`, EXIT.usage);
      process.stdout.write(completionScript(await buildProgram(args), shell as Shell));
    });

const versionCommand = (): Command =>
  new Command('version')
    .description('Show the versions of Switchback and of what it runs on')
    .option(...JSON_OUTPUT)
    .action(printVersion);

/** Commands made apart from the program take over how it ends and how it reports. */
const inherit = (command: Command, parent: Command): Command => {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, parent);
  return command;
};
