import { spawn } from 'node:child_process';
import { callApi } from './api-client.ts';
import { findServer, type Credentials } from './server.ts';
import { note, say, sayJson } from './terminal.ts';

interface SignInLink {
  readonly url: string;
  readonly expires_on: string;
}

/** A link that opens the dashboard and signs in there once, as the one whose token asks. */
export const signInLink = async (server: Credentials): Promise<SignInLink> =>
  (await callApi(server, 'POST', '/switchback/v1/session/codes')) as SignInLink;

export const printDashboard = async ({ data, json, open }: { data?: string; json?: boolean; open?: boolean }): Promise<void> => {
  const link = await signInLink(await findServer(data));
  const isOpened = open === true && (await opened(link.url));
  if (json) return sayJson(link);
  if (isOpened) return say('The dashboard opens in your browser.');
  if (open === true) note('No browser could be started here; open this yourself.');
  note('The dashboard. This link signs in once, within 10 minutes:');
  say(link.url);
};

/** Whether there is a program that opens addresses, and it says that it did. */
const opened = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const opener = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], { stdio: 'ignore' });
    opener.once('error', () => resolve(false));
    opener.once('exit', (code) => resolve(code === 0));
  });
