import { execFileSync } from 'node:child_process';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replaceFile } from '../files/index.ts';
import { defines, ignoringDotenv, mergeDotenv } from './dotenv.ts';
import { wranglerVariables } from './env.ts';
import { Failure } from './failure.ts';
import { findOwnServer } from './server.ts';
import { note, say } from './terminal.ts';

/** Makes every wrangler and SDK that runs in the project's folder talk to this server. */
export const link = async (project: string, { data }: { data?: string }): Promise<void> => {
  const folder = resolve(project);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new Failure(`${folder} is not a folder: name the folder of a Worker's project.`);
  const server = await findOwnServer(data);
  const path = await whereItIs(join(folder, '.env'));
  const text = mergeDotenv(await contentOf(path), wranglerVariables(server));
  await ignore(join(folder, '.gitignore'));
  await replaceFile(path, text);
  say(`Linked ${folder} to ${server.control_url}: its .env names this server, and .gitignore leaves .env out.`);
  for (const warning of await warnings(folder, text)) note(`Mind: ${warning}`);
  say(DEV_ADVICE);
};

/**
 * wrangler dev makes every line of .env a binding of the local Worker, the token among them, unless .dev.vars exists or this
 * variable is false, which may stand in .env itself (wrangler 4.164, getVarsForDev).
 */
const DEV_ADVICE = [
  '',
  'wrangler dev hands the values of .env to your local code, this token among them. To stop that, do one of:',
  '  add the line CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV=false to .env',
  '  keep the values for local code in .dev.vars (an empty file is enough): wrangler then ignores .env for them',
].join('\n');

const ignore = async (path: string): Promise<void> => {
  const target = await whereItIs(path);
  const before = await contentOf(target);
  const after = ignoringDotenv(before);
  if (after !== before) await replaceFile(target, after, 0o644);
};

/** What else would keep wrangler from the linked server, or give its token away. */
const warnings = async (folder: string, text: string): Promise<string[]> => {
  const found: string[] = [];
  if (defines(text, 'CLOUDFLARE_API_KEY') || defines(text, 'CF_API_KEY')) {
    found.push('.env also holds an API key, which wrangler prefers to the token: take CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL out of it.');
  }
  const local = await contentOf(join(folder, '.env.local'));
  if (defines(local, 'CLOUDFLARE_API_TOKEN') || defines(local, 'CLOUDFLARE_API_BASE_URL')) {
    found.push('.env.local holds Cloudflare variables of its own, and wrangler prefers them: take them out of it.');
  }
  if (isTracked(folder)) found.push('.env is under version control, so its token would be committed: git rm --cached .env');
  return found;
};

const isTracked = (folder: string): boolean => {
  try {
    execFileSync('git', ['-C', folder, 'ls-files', '--error-unmatch', '.env'], { stdio: 'ignore' });
    return true;
  } catch {
    // Not tracked, no repository, or no git.
    return false;
  }
};

/** The file behind a symbolic link, so that replacing it keeps the link. */
const whereItIs = async (path: string): Promise<string> => realpath(path).catch(() => path);

const contentOf = async (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new Failure(`${path} cannot be read (${error.code}): make it readable and run this again.`);
  });
