import { startServer, type Server } from './server.ts';

const TOKEN = 'a token only for the edges of a test';

/** Control plane and edge as two servers, as on two machines: either's launcher can be held while the other goes on. */
export interface Halves extends AsyncDisposable {
  readonly control: Server;
  readonly edge: Server;
}

export const startHalves = async (): Promise<Halves> => {
  await using starting = new AsyncDisposableStack();
  const env = { SWITCHBACK_EDGE_TOKEN: TOKEN };
  const control = starting.use(await startServer({ args: ['--role', 'control'], env }));
  const { control_url: url = '' } = control.started;
  const edge = starting.use(await startServer({ args: ['--role', 'edge', '--control', url], env }));
  const started = starting.move();
  return { control, edge, [Symbol.asyncDispose]: () => started.disposeAsync() };
};

/** Kills a half of a server and keeps its launcher from starting it again; the answer lets it, at the latest when disposed. */
export const holdDown = (server: Server, name: 'control' | 'edge'): Disposable => {
  const { pid } = server.started;
  process.kill(pid, 'SIGSTOP');
  killHalf(server, name);
  return { [Symbol.dispose]: () => void process.kill(pid, 'SIGCONT') };
};

/** Kills a half of a server, whose launcher then starts it again. */
export const killHalf = (server: Server, name: 'control' | 'edge'): number => {
  const pid = server.half(name);
  if (pid === undefined) throw new Error(`There is no ${name} process of this server.`);
  process.kill(pid, 'SIGKILL');
  return pid;
};
