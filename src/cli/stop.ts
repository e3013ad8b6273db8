import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EXIT, Failure, notRunning } from './failure.ts';
import { isStillRunning, runningServers, type RunningServer } from './running.ts';
import { note, say, sayJson } from './terminal.ts';

const LOOK_EVERY_MS = 100;
/** A server takes a second signal for impatience only a second after the first. */
const INSIST_EVERY_MS = 1100;
/** Where `start` keeps its data unless told otherwise. */
const USUAL_DATA = '.switchback';

interface Options {
  readonly data?: string;
  readonly now?: boolean;
  readonly json?: boolean;
}

/** Ends a server and waits until it has: it first finishes what is in flight. */
export const stop = async ({ data, now, json }: Options): Promise<void> => {
  const server = await serverToStop(data).catch((error: unknown) => {
    if (json && error instanceof Failure && error.exitCode === EXIT.notRunning) sayJson({ stopped: false });
    throw error;
  });
  if (!json) note(`Stopping the server on ${server.data} (pid ${server.pid})${now ? '.' : ': requests in flight are finished first.'}`);
  await ended(server, now === true);
  if (json) sayJson({ stopped: true, data: server.data, pid: server.pid });
  else say('Stopped.');
};

/** The one that is named, else the one of this folder, else the only one: never one of several that somebody did not mean. */
const serverToStop = async (data: string | undefined): Promise<RunningServer> => {
  const named = data ?? (process.env['SWITCHBACK_DATA'] || undefined);
  const servers = await stillRunning();
  const wanted = servers.find((server) => server.data === resolve(named ?? USUAL_DATA));
  if (wanted !== undefined) return wanted;
  if (named !== undefined) throw notRunning(`No Switchback server of yours runs on ${resolve(named)}.`);
  const [only, ...others] = servers;
  if (only === undefined) throw notRunning('No Switchback server of yours is running.');
  if (others.length === 0) return only;
  const list = servers.map((server) => `  switchback stop --data ${server.data}`).join('\n');
  throw new Failure(`Several servers run; say which one:\n${list}`, EXIT.usage);
};

const stillRunning = async (): Promise<RunningServer[]> => {
  const servers = await runningServers();
  const areRunning = await Promise.all(servers.map(isStillRunning));
  return servers.filter((_, at) => areRunning[at]);
};

const ended = async (server: RunningServer, isHurried: boolean): Promise<void> => {
  terminate(server);
  let insistAt = Date.now() + INSIST_EVERY_MS;
  while (await isStillRunning(server)) {
    await wait(LOOK_EVERY_MS);
    if (!isHurried || Date.now() < insistAt) continue;
    terminate(server);
    insistAt = Date.now() + INSIST_EVERY_MS;
  }
};

const terminate = ({ pid, data }: RunningServer): void => {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // It ended by itself meanwhile, which is what was asked for.
    if (code !== 'ESRCH') throw new Failure(`The server on ${data} (pid ${pid}) could not be told to stop: ${message}.`);
  }
};
