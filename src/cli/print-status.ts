import { EXIT, Failure } from './failure.ts';
import { findServer } from './server.ts';
import { readStatus, statusText } from './status.ts';
import { say, sayJson } from './terminal.ts';
import { detailsText, readWorkerDetails } from './worker-details.ts';

/** Everything that runs, or one Worker closer. */
export const printStatus = async (worker: string | undefined, { data, json }: { data?: string; json?: boolean }): Promise<void> => {
  try {
    const server = await findServer(data);
    const shown = worker === undefined ? await readStatus(server) : await readWorkerDetails(server, worker);
    if (json) sayJson(shown);
    else say('changes' in shown ? detailsText(shown) : statusText(shown));
  } catch (error) {
    if (!(json && error instanceof Failure && error.exitCode === EXIT.notRunning)) throw error;
    sayJson({ running: false });
    process.exitCode = EXIT.notRunning;
  }
};
