import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Credentials } from './server.ts';

/** The server that the .env of this folder, or of one above it, names since `switchback link`. */
export const linkedServer = async (folder: string): Promise<Credentials | undefined> => {
  const path = join(folder, '.env');
  const found = serverIn(await readFile(path, 'utf8').catch(() => ''));
  if (found !== undefined) return { ...found, linked_by: path };
  const above = dirname(folder);
  return above === folder ? undefined : linkedServer(above);
};

const PATH = '/client/v4';

/** Cloudflare's own address is none of ours: a project may well be linked to that. */
const serverIn = (text: string): Credentials | undefined => {
  const { CLOUDFLARE_API_BASE_URL: base = '', CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_ACCOUNT_ID: account } = parseEnv(text);
  if (!base.endsWith(PATH) || !URL.canParse(base) || /(^|\.)cloudflare\.com$/.test(new URL(base).hostname)) return undefined;
  if (token === undefined || account === undefined) return undefined;
  return { api_token: token, account_id: account, control_url: base.slice(0, -PATH.length) };
};
