import { callApi } from './api-client.ts';
import { comparisonText, type Compared } from './comparison-text.ts';
import { findServer } from './server.ts';
import { say, sayJson } from './terminal.ts';

interface Options {
  readonly version?: string;
  readonly baseline?: string;
  readonly since?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** What one version of a Worker does beside another. */
export const compare = async (worker: string, { version, baseline, since, data, json }: Options): Promise<void> => {
  const server = await findServer(data);
  const given = Object.entries({ version, baseline, since }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const path = `/switchback/v1/workers/${encodeURIComponent(worker)}/compare?${new URLSearchParams(given)}`;
  // The endpoint's contract is held by the control plane's own tests.
  const compared = (await callApi(server, 'GET', path)) as Compared;
  if (json) sayJson(compared);
  else say(comparisonText(compared));
};
