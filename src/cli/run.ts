import { CommanderError } from 'commander';
import { EXIT, Failure } from './failure.ts';
import { buildProgram } from './program.ts';
import { note } from './terminal.ts';

/** Runs one command line and answers the exit code: 0 done, 1 failed, 2 not understood, 3 no server is running. */
export const runCli = async (args: readonly string[]): Promise<number> => {
  // Whoever reads our output may stop early (`| head`); that is no reason to fall over, least of all for a server.
  process.stdout.on('error', ignoreClosedPipe);
  try {
    await (await buildProgram(args)).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error);
  }
};

const exitCodeOf = (error: unknown): number => {
  // Commander has printed its sentence already; help and version are no faults.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (!(error instanceof Failure)) throw error;
  note(`switchback: ${error.message}`);
  return error.exitCode;
};

const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};
