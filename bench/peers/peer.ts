import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Program } from '../debian.ts';
import { descendantsOf } from '../processes.ts';
import { spawnOwned } from '../scratch.ts';
import { until } from '../until.ts';
import { visit } from '../visit.ts';

/** Another proxy that splits traffic over the sockets of the same workerd processes. */
export interface Peer extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly pids: readonly number[];
}

/** What a peer is told to stand in front of: two sockets, half of the requests each. */
export type Sockets = readonly [string, string];

/** How one is started that has its configuration on disk. */
export interface Start {
  readonly name: string;
  readonly program: Program;
  readonly args: readonly string[];
  readonly port: number;
  readonly host: string;
}

/** Started, and asked until both versions have answered through it. */
export const startPeer = async ({ name, program, args, port, host }: Start): Promise<Peer> => {
  const child = spawnOwned(program.path, args, { env: program.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = outputOf(child);
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const answers = new Set<string>();
  await until(`${name} splits over two versions`, async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${said()}`);
    await visit(url, host).then(
      (answer) => answers.add(answer),
      () => undefined,
    );
    return answers.size === 2;
  });
  return {
    name,
    url,
    pids: [child.pid ?? 0, ...descendantsOf(child.pid ?? 0).map(({ pid }) => pid)],
    [Symbol.asyncDispose]: async () => {
      // Both end at once when asked, and nginx its worker with it.
      child.kill('SIGTERM');
      await exited;
    },
  };
};

const outputOf = ({ stdout, stderr }: ChildProcess): (() => string) => {
  let text = '';
  for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text.trim();
};

/** Neither nginx nor HAProxy can say which port it was given. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // It listens on an address, not on a path.
  server.close();
  await once(server, 'close');
  return port;
};
