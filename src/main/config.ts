import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { accept, refuse, type Result } from '../base/index.ts';
import { nearest } from './nearest.ts';
import { fileKeyOf, flagOf, SETTING_NAMES, settingOf, variableOf, type SettingName, type Settings } from './settings.ts';

/** One thing wrong with the configuration: under which name it was written, and what to do. */
export interface ConfigFault {
  /** `--edge-port`, `SWITCHBACK_EDGE_PORT` or `edge_port in switchback.json`. */
  readonly name: string;
  readonly problem: string;
}

export interface ConfigSources {
  /** What stood on the command line, by setting; text as typed. */
  readonly flags: Partial<Record<SettingName, string | readonly string[] | true>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configFile: string | undefined;
  readonly workingFolder: string;
}

/** A value as someone wrote it, and where. */
interface Written {
  readonly name: string;
  readonly value: unknown;
  /** What relative paths hang on. */
  readonly folder: string;
}

/** The settings in force: a flag, else the environment, else the file, else the default. Every fault is reported, not the first. */
export const readSettings = (sources: ConfigSources): Result<Settings, readonly ConfigFault[]> => {
  const file = readConfigFile(sources);
  const faults = [...file.faults];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const written = writtenValue(name, sources, file.values);
    const read = valueOf(name, written);
    if (read.ok) values[name] = read.value;
    else faults.push(read.refusal);
  }
  // Every name was read above, each by the schema its type comes from.
  const settings = values as Settings;
  if (faults.length === 0) faults.push(...contradictions(settings));
  return faults.length === 0 ? accept(settings) : refuse(faults);
};

const writtenValue = (name: SettingName, sources: ConfigSources, file: ReadonlyMap<string, Written>): Written => {
  const flag = sources.flags[name];
  if (flag !== undefined) return { name: flagOf(name), value: flag, folder: sources.workingFolder };
  const variable = sources.environment[variableOf(name)];
  // An empty variable is how many systems say "not set".
  if (variable !== undefined && variable !== '') return { name: variableOf(name), value: variable, folder: sources.workingFolder };
  return file.get(fileKeyOf(name)) ?? { name: flagOf(name), value: settingOf(name).fallback, folder: sources.workingFolder };
};

const valueOf = (name: SettingName, { name: writtenAs, value, folder }: Written): Result<unknown, ConfigFault> => {
  const setting = settingOf(name);
  const parsed = setting.schema.safeParse(value);
  if (!parsed.success) {
    const problem = [...new Set(parsed.error.issues.map(({ message }) => message))].join(' and ');
    return refuse({ name: writtenAs, problem: `${problem}, not ${JSON.stringify(value)}` });
  }
  const isPath = setting.isPath === true && typeof parsed.data === 'string';
  return accept(isPath ? resolve(folder, String(parsed.data)) : parsed.data);
};

/** The keys of the configuration file, as JSON with the same names as the environment, in small letters without the prefix. */
const readConfigFile = ({ configFile, workingFolder }: ConfigSources): { values: Map<string, Written>; faults: ConfigFault[] } => {
  if (configFile === undefined) return { values: new Map(), faults: [] };
  const path = resolve(workingFolder, configFile);
  const fault = (problem: string) => ({ values: new Map<string, Written>(), faults: [{ name: `--config ${configFile}`, problem }] });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fault(error instanceof SyntaxError ? `is not JSON: ${error.message}` : `cannot be read: ${(error as Error).message}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return fault('must hold one JSON object of settings');
  const known = new Set(SETTING_NAMES.map(fileKeyOf));
  const entries = Object.entries(content);
  return {
    values: new Map(entries.map(([key, value]) => [key, { name: `${key} in ${configFile}`, value, folder: dirname(path) }])),
    faults: entries
      .filter(([key]) => !known.has(key))
      .map(([key]) => ({ name: `${key} in ${configFile}`, problem: `is not a setting${suggestion(key, known)}` })),
  };
};

const suggestion = (word: string, known: ReadonlySet<string>): string => {
  const near = nearest(word, known);
  return near === undefined ? '; see switchback start --help' : `; did you mean ${near}?`;
};

/** What no single setting is wrong about, but two together are. */
const contradictions = (settings: Settings): ConfigFault[] => {
  const faults: ConfigFault[] = [];
  if (settings.role === 'edge') {
    if (settings.control === undefined) faults.push(needed('control', 'the address of the control plane, such as http://10.0.0.1:7450'));
    if (settings.edgeToken === undefined) faults.push(needed('edgeToken', 'the token the control plane was started with'));
  } else if (settings.control !== undefined) {
    faults.push({ name: flagOf('control'), problem: `belongs to --role edge; with --role ${settings.role} leave it out` });
  }
  if (settings.role === 'control' && settings.edgeToken === undefined) {
    faults.push({
      name: flagOf('edgeToken'),
      problem: 'is needed with --role control, so that edges can prove who they are: any secret of 16 characters',
    });
  }
  if (settings.tlsDir !== undefined && !isFolder(settings.tlsDir)) {
    faults.push({ name: flagOf('tlsDir'), problem: `must be a folder with certificates, and ${settings.tlsDir} is none` });
  }
  if (settings.logpushDir !== undefined && !isFolder(settings.logpushDir)) {
    faults.push({ name: flagOf('logpushDir'), problem: `must be a folder, and ${settings.logpushDir} is none` });
  }
  return [...faults, ...sharedPorts(settings)];
};

const needed = (name: SettingName, what: string): ConfigFault => ({
  name: flagOf(name),
  problem: `is needed with --role edge: ${what} (or ${variableOf(name)})`,
});

const sharedPorts = (settings: Settings): ConfigFault[] => {
  const used = (['controlPort', 'edgePort', 'edgeAdminPort'] as const).filter(
    (name) => settings[name] !== 0 && (name === 'controlPort' ? settings.role !== 'edge' : settings.role !== 'control'),
  );
  return used.flatMap((name, index) => {
    const other = used.slice(0, index).find((earlier) => settings[earlier] === settings[name]);
    return other === undefined ? [] : [{ name: flagOf(name), problem: `must differ from ${flagOf(other)}: both are ${settings[name]}` }];
  });
};

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
