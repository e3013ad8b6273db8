import { once } from 'node:events';
import { join } from 'node:path';
import { descendantsOf } from '../processes.ts';
import { killTree, newFolder, spawnOwned } from '../scratch.ts';

/** A Worker in Miniflare. */
export interface MiniflarePeer extends AsyncDisposable {
  readonly url: string;
  readonly pids: readonly number[];
}

/** `main` says its address; it is given a folder of its own, and what else is given here. */
export const startMiniflare = async (main = 'miniflare-main.ts', ...more: readonly string[]): Promise<MiniflarePeer> => {
  const args = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, main), newFolder('miniflare'), ...more];
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
