import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EXIT, Failure } from './failure.ts';
import { findOwnServer, type Credentials } from './server.ts';
import { say } from './terminal.ts';

export interface DemoServer {
  readonly credentials: Credentials;
  close(): Promise<void>;
}

/** The running server, else a private one that goes again with the demo. */
export const serverForDemo = async (data: string | undefined): Promise<DemoServer> => {
  try {
    return { credentials: await findOwnServer(data), close: async () => undefined };
  } catch (error) {
    const isNotRunning = error instanceof Failure && error.exitCode === EXIT.notRunning;
    if (!isNotRunning || data !== undefined) throw error;
    say('No server is running, so the demo starts one of its own.');
    return privateServer();
  }
};

/** It records itself in a state folder of its own, so that no other command takes it for the user's. */
const privateServer = async (): Promise<DemoServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'switchback-demo-server-'));
  const data = join(folder, 'data');
  const ports = ['--control-port', '0', '--edge-port', '0', '--edge-admin-port', '0'];
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'start', '--json', '--data', data, ...ports], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const isReady = await Promise.race([
    new Promise<boolean>((resolve) => createInterface(child.stdout).once('line', () => resolve(true))),
    ended.then(() => false),
  ]);
  // A clean stop gives every Worker time for work after its last response. The demo's has none: so it insists.
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const insisting = setInterval(() => child.kill('SIGTERM'), 300);
    await ended;
    clearInterval(insisting);
    await rm(folder, { recursive: true, force: true });
  };
  if (!isReady) {
    await close();
    throw new Failure("The demo's own server did not start; see above.");
  }
  return { credentials: await findOwnServer(data), close };
};
