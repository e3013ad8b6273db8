import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../files/index.ts';

/** A server of this user that runs, or did when it wrote this. */
export interface RunningServer {
  readonly data: string;
  readonly control_url?: string;
  readonly edge_url?: string;
  readonly edge_admin_url?: string;
  readonly pid: number;
  readonly started_on: string;
}

/** One file for each data directory, so that servers that start at the same time do not write over each other. */
const folder = (): string => join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'switchback', 'running');

const fileOf = (data: string): string => join(folder(), `${createHash('sha256').update(data).digest('hex').slice(0, 16)}.json`);

/** Lets every other command of this user find the server from any folder. */
export const recordServer = async (server: RunningServer): Promise<void> => {
  await mkdir(folder(), { recursive: true, mode: 0o700 });
  await replaceFile(fileOf(server.data), `${JSON.stringify(server, undefined, 2)}\n`);
};

/** Takes the record back, unless another server has written its own there since. */
export const forgetServer = async (server: RunningServer): Promise<void> => {
  const recorded = await readServer(fileOf(server.data));
  if (recorded?.pid === server.pid) await rm(fileOf(server.data), { force: true });
};

/** The servers whose process lives, the newest first. */
export const runningServers = async (): Promise<RunningServer[]> => {
  const names = await readdir(folder()).catch(() => []);
  const servers = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => readServer(join(folder(), name))));
  return servers
    .filter((server) => server !== undefined)
    .filter(({ pid }) => isAlive(pid))
    .toSorted((a, b) => (a.started_on < b.started_on ? 1 : -1));
};

const readServer = async (path: string): Promise<RunningServer | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as RunningServer;
  } catch {
    // Gone, or not ours: either way it tells of no server.
    return undefined;
  }
};

/** The newest command line of a process; undefined once it has ended, also while nobody has collected it. */
const commandOf = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'linux') {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return words.replaceAll('\0', ' ').trim() || undefined;
  }
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'args=', '-p', String(pid)], (_error, stdout) => resolve(stdout.trim() || undefined));
  });
};

/** Whether this is the process that wrote the record: a server that was killed leaves it, and its number may be another's by now. */
export const isStillRunning = async ({ pid }: RunningServer): Promise<boolean> =>
  /main\.ts start\b/.test((isAlive(pid) && (await commandOf(pid))) || '');

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
