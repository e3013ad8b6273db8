import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, notRunning } from './failure.ts';
import { linkedServer } from './linked.ts';
import { runningServers } from './running.ts';
import { note } from './terminal.ts';

/** What a command needs to talk to a server: DATA/credentials, which the control plane writes for its operator. */
export interface Credentials {
  readonly api_token: string;
  readonly account_id: string;
  readonly control_url: string;
  /** The .env they stand in, where a project's link named the server. */
  readonly linked_by?: string;
}

/** The server a command means: that of `--data` or SWITCHBACK_DATA, else the one the project here is linked to, else the one started last. */
export const findServer = async (data: string | undefined): Promise<Credentials> => {
  if (namedData(data) === undefined) {
    const linked = await linkedServer(process.cwd());
    if (linked !== undefined) return linked;
  }
  return findOwnServer(data);
};

/** The same whatever the project here is linked to; which server it is, is said where there are several. */
export const findOwnServer = async (data: string | undefined): Promise<Credentials> => {
  const wanted = namedData(data);
  if (wanted !== undefined) return readCredentials(resolve(wanted));
  const [newest, ...others] = (await runningServers()).filter(({ control_url: url }) => url !== undefined);
  if (newest === undefined) throw notRunning('No Switchback server of yours is running.');
  if (others.length > 0) note(`Several servers run; this goes to the one started last, on ${newest.data}. Choose another with --data.`);
  return readCredentials(newest.data);
};

const namedData = (data: string | undefined): string | undefined => data ?? (process.env['SWITCHBACK_DATA'] || undefined);

/** Those of the server of a data directory. */
export const readCredentials = async (data: string): Promise<Credentials> => {
  const path = join(data, 'credentials');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw notRunning(`No Switchback server has run on ${data} yet.`);
    throw new Failure(`${path} cannot be read (${code}): run this as the user who started the server.`);
  }
  try {
    return JSON.parse(text) as Credentials;
  } catch {
    throw new Failure(`${path} is damaged: restart the server, which writes it again.`);
  }
};
