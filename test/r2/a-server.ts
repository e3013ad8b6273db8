import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const INDEX = join(import.meta.dirname, '..', '..', 'src', 'data', 'index.ts');
const FILES = join(import.meta.dirname, '..', '..', 'src', 'files', 'index.ts');

/** R2 in a process of its own, to be killed and measured; `dieAt` names the failpoint at which it kills itself. */
export const anR2Process = async (folder: string, dieAt?: string) => {
  const options = { dataDir: join(folder, 'resources'), runtimeDir: join(folder, 'run') };
  const source = `
    const { R2 } = await import(${JSON.stringify(INDEX)});
    const { armFailpoint } = await import(${JSON.stringify(FILES)});
    const r2 = await R2.open({ ...${JSON.stringify(options)}, log: (detail) => console.error(detail) });
    await r2.tidied;
    ${dieAt === undefined ? '' : `armFailpoint(${JSON.stringify(dieAt)}, () => process.kill(process.pid, 'SIGKILL'));`}
    console.log('ready');`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited.then(() => Promise.reject(new Error('R2 did not start')))]);
  return {
    runtimeDir: options.runtimeDir,
    exited,
    /** The most memory it ever had, in MB. */
    peakMb: (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    kill: async (): Promise<void> => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
