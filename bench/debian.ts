import { execFile } from 'node:child_process';
import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { newFolder } from './scratch.ts';

/** A program of the machine's, or of a Debian package that was unpacked for this run alone. */
export interface Program {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
}

/** Why it is not there, for people. */
export interface Missing {
  readonly missing: string;
}

const found = new Map<string, Promise<Program | Missing>>();

/** `name` is that of the package and of its program. `-v` makes each of those used here tell its version. */
export const findProgram = (name: string): Promise<Program | Missing> => {
  const search = found.get(name) ?? find(name);
  found.set(name, search);
  return search;
};

const find = async (name: string): Promise<Program | Missing> => {
  const installed = installedAs(name);
  try {
    return await (installed === undefined ? unpacked(name) : asked(name, installed, {}));
  } catch (error) {
    return {
      missing: `${name} ${installed === undefined ? 'is not installed, nor to be had with apt-get' : 'does not run'}: ${firstLine(error)}`,
    };
  }
};

/** Where Debian puts servers is not in everybody's PATH. */
const installedAs = (name: string): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].map((folder) => join(folder, name)).find(isProgram);

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Fetches the package and what the machine lacks of what it needs, verified by apt as always; nothing is installed. */
const unpacked = async (name: string): Promise<Program> => {
  const folder = newFolder(name);
  // apt sorts out itself what is missing; a simulation changes nothing and needs no rights.
  const plan = await run('apt-get', ['--simulate', '--no-install-recommends', 'install', name], folder);
  const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, each = '']) => each);
  await run('apt-get', ['download', ...packages], folder);
  for (const archive of globSync('*.deb', { cwd: folder })) await run('dpkg', ['-x', archive, 'root'], folder);
  const [program] = globSync(`root/usr/{bin,sbin}/${name}`, { cwd: folder });
  if (program === undefined) throw new Error(`the package has no program ${name}`);
  const libraries = globSync('root/{,usr/}lib/*-linux-*', { cwd: folder }).map((each) => join(folder, each));
  return asked(name, join(folder, program), libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(delimiter) });
};

const run = async (command: string, args: readonly string[], cwd: string): Promise<string> =>
  (await promisify(execFile)(command, args, { cwd, env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' } })).stdout;

const asked = async (name: string, path: string, env: NodeJS.ProcessEnv): Promise<Program> => {
  const version = await new Promise<string>((resolve, reject) => {
    // wrk tells its version and ends with 1 all the same, so what counts is that it said one.
    execFile(path, ['-v'], { env }, (error, stdout, stderr) => {
      const said = /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0];
      if (said === undefined) reject(error ?? new Error(`${name} -v says no version`));
      else resolve(said);
    });
  });
  return { path, env, version };
};

const firstLine = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message?: string }; // execFile's errors carry what was written.
  const lines = (stderr || message || String(error)).split('\n');
  return lines.find((line) => line.startsWith('E: ')) ?? lines[0] ?? '';
};
