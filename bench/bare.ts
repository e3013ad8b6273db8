import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { VersionSpec } from '../src/domain/index.ts';
import { planProcess, renderConfig, workerdBinary } from '../src/runtime/index.ts';
import { newFolder, spawnOwned } from './scratch.ts';
import { visit } from './visit.ts';

/** workerd by itself, with the configuration Switchback renders for the same code; only its main socket is on TCP. */
export interface BareWorkerd extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** From the spawn to the end of the first answer. */
  readonly startMs: number;
}

export const prepareBare = (source: string): (() => Promise<BareWorkerd>) => {
  const folder = newFolder('bare');
  const script = join(folder, 'worker.js');
  const config = join(folder, 'config.capnp');
  const mainSocket = join(folder, 'm');
  const probeSocket = join(folder, 'p');
  const eventSocket = join(folder, 'e');
  const where = {
    modulePath: () => script,
    mainSocket,
    probeSocket,
    eventSocket,
    heapLimitMb: 128,
    assetsSocket: '/dev/null',
    servicesSocket: '/dev/null',
    dataFolder: folder,
  };
  const text = renderConfig(planProcess(specOf(source), where)).replace(`unix:${mainSocket}`, '127.0.0.1:0');
  writeFileSync(script, source);
  writeFileSync(config, text);
  return () => {
    // What an earlier start left: workerd refuses a socket's path that exists.
    rmSync(probeSocket, { force: true });
    return startBare(folder, config);
  };
};

const startBare = async (folder: string, config: string): Promise<BareWorkerd> => {
  const startedAt = performance.now();
  // workerd reports the port it found on the descriptor it is given.
  const child = spawnOwned(workerdBinary(), ['serve', config, '-I/', '--control-fd=3'], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${await portFrom(child.stdio[3] as Readable)}`; // A pipe, as asked for above.
  await visit(url, 'bare.test');
  const startMs = performance.now() - startedAt;
  return {
    url,
    pid: child.pid ?? 0,
    startMs,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** The milliseconds of one start, which is then ended. */
export const bareStartMs = async (start: () => Promise<BareWorkerd>): Promise<number> => {
  await using bare = await start();
  return bare.startMs;
};

/** Read to its end: workerd counts a pipe that nobody reads as an error. */
const portFrom = async (control: Readable): Promise<number> => {
  let text = '';
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  control.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const port = /"socket":"main","port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  control.on('error', reject).on('end', () => reject(new Error(`workerd ended without reporting its port. It reported: ${text}`)));
  return promise;
};

const specOf = (source: string): VersionSpec => ({
  id: '11111111-1111-4111-8111-111111111111',
  script: 'bare',
  tag: undefined,
  createdOn: '2026-11-01T10:00:00.000000Z',
  syntax: 'modules',
  mainModule: 'worker.js',
  modules: [{ name: 'worker.js', kind: 'esm', contentType: 'application/javascript+module', digest: '', size: source.length }],
  bindings: [],
  compatibilityDate: COMPATIBILITY_DATE,
  compatibilityFlags: [],
  limits: {},
});

export const COMPATIBILITY_DATE = '2026-11-01';
