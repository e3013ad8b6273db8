import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import {
  flagOf,
  launch,
  readSettings,
  SETTING_NAMES,
  settingOf,
  variableOf,
  type Addresses,
  type ConfigSources,
  type Settings,
} from '../main/index.ts';
import { banner } from './banner.ts';
import { signInLink } from './dashboard.ts';
import { EXIT, Failure } from './failure.ts';
import { forgetServer, recordServer, type RunningServer } from './running.ts';
import { readCredentials } from './server.ts';
import { note, say } from './terminal.ts';

const EXECUTABLE = join(import.meta.dirname, '..', '..', 'bin', 'switchback');

type Flags = ConfigSources['flags'] & { readonly config?: string; readonly json?: boolean };

/** `start` with one flag for each setting. Its module is loaded only when it is called: it brings the whole configuration. */
export const startCommand = (): Command => {
  const command = new Command('start');
  for (const name of SETTING_NAMES) {
    const { value, help, fallback, isList, isSwitch } = settingOf(name);
    const standard = fallback === undefined || isList || isSwitch ? '' : ` (default ${String(fallback)})`;
    const option = new Option(
      `${flagOf(name)}${isSwitch ? '' : ` <${value}>`}`,
      `${help}${isList ? '; repeatable' : ''}${standard} [${variableOf(name)}]`,
    );
    if (isList) option.argParser((item: string, items: string[] | undefined) => [...(items ?? []), item]);
    command.addOption(option);
  }
  return command
    .description('Run the server: API and edge, until Ctrl-C or `switchback stop`')
    .option('--config <file>', 'settings as JSON, named like the environment variables in small letters without the prefix')
    .option('--json', 'print one line of JSON, once ready, instead of the banner')
    .addHelpText(
      'after',
      '\nA flag wins over the environment, the environment over the file.\n\nExamples:\n  switchback start\n  switchback start --data /var/lib/switchback --host 0.0.0.0 --base-domain workers.example.com\n  SWITCHBACK_EDGE_PORT=80 switchback start',
    )
    .action(async (flags: Flags) => {
      process.exitCode = await start(flags);
    });
};

const start = async (flags: Flags): Promise<number> => {
  const read = readSettings({ flags, environment: process.env, configFile: flags.config, workingFolder: process.cwd() });
  if (!read.ok)
    throw new Failure(
      `These settings cannot be used:\n${read.refusal.map(({ name, problem }) => `  ${name} ${problem}`).join('\n')}`,
      EXIT.usage,
    );
  const settings = read.value;
  let record: RunningServer | undefined;
  const exitCode = await launch(settings, {
    onReady: (addresses) => {
      record = recordOf(settings, addresses);
      void announce(settings, addresses, record, flags.json === true);
    },
    say: note,
  });
  if (record !== undefined) await forgetServer(record);
  return exitCode;
};

/** Recorded first: who reads that it is ready may at once call another command. */
const announce = async ({ data, baseDomain }: Settings, addresses: Addresses, record: RunningServer, asJson: boolean): Promise<void> => {
  // Node would write it when this ends, which a server does rarely and not always by itself.
  flushCompileCache();
  await recordServer(record).catch((error: Error) => note(`Other commands need --data ${data} to find this server: ${error.message}.`));
  const link = addresses.controlUrl === undefined ? {} : await linkTo(data);
  if (asJson) return say(JSON.stringify({ ...record, ...(link.signInUrl === undefined ? {} : { dashboard_url: link.signInUrl }) }));
  say(banner({ executable: EXECUTABLE, data, baseDomain, ...addresses, ...link }));
};

/** A server that runs and cannot make one now is still worth announcing; `switchback dashboard` says why. */
const linkTo = async (data: string): Promise<{ readonly signInUrl?: string }> => {
  try {
    return { signInUrl: (await signInLink(await readCredentials(data))).url };
  } catch {
    return {};
  }
};

const recordOf = ({ data }: Settings, { controlUrl, edgeUrl, edgeAdminUrl }: Addresses): RunningServer => ({
  data,
  ...(controlUrl === undefined ? {} : { control_url: controlUrl }),
  ...(edgeUrl === undefined ? {} : { edge_url: edgeUrl }),
  ...(edgeAdminUrl === undefined ? {} : { edge_admin_url: edgeAdminUrl }),
  pid: process.pid,
  started_on: new Date().toISOString(),
});
