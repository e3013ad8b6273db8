import { once } from 'node:events';
import { join } from 'node:path';
import { descendantsOf } from '../processes.ts';
import { killTree, newFolder, spawnOwned } from '../scratch.ts';

/** The bindings' Worker in Miniflare. */
export interface MiniflarePeer extends AsyncDisposable {
  readonly url: string;
  readonly pids: readonly number[];
}

export const startMiniflare = async (): Promise<MiniflarePeer> => {
  const args = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'miniflare-main.ts'), newFolder('miniflare')];
  const child = spawnOwned(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const line = once(child.stdout ?? process.stdin, 'data') as Promise<[Buffer]>; // Its only line.
  const [said] = await Promise.race([line, exited.then(([code]) => Promise.reject(new Error(`Miniflare ended with ${String(code)}.`)))]);
  const { url } = JSON.parse(said.toString()) as { url: string };
  return {
    url,
    pids: [child.pid ?? 0, ...descendantsOf(child.pid ?? 0).map(({ pid }) => pid)],
    [Symbol.asyncDispose]: async () => {
      killTree(child);
      await exited;
    },
  };
};
