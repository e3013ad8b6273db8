import { dotenvLines, type Variables } from './dotenv.ts';
import { findServer, type Credentials } from './server.ts';

/** What the real wrangler and the Cloudflare SDKs read to talk to this server instead of Cloudflare. */
export const wranglerVariables = (server: Credentials): Variables => [
  ['CLOUDFLARE_API_BASE_URL', `${server.control_url}/client/v4`],
  ['CLOUDFLARE_API_TOKEN', server.api_token],
  ['CLOUDFLARE_ACCOUNT_ID', server.account_id],
  ['WRANGLER_SEND_METRICS', 'false'],
];

export const printEnv = async ({ data }: { data?: string }): Promise<void> => {
  process.stdout.write(dotenvLines(wranglerVariables(await findServer(data))));
};
