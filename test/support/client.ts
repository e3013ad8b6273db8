import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, run, type RunOptions } from './run.ts';

/** Each wrangler the tests drive, and the package under test/clients that holds it. */
const WRANGLERS = {
  '4.164': 'wrangler-4-164',
  '4.125': 'wrangler-4-125',
  '4.60': 'wrangler-4-60',
  '3.last': 'wrangler-3-last',
  '3.40': 'wrangler-3-40',
  '3.34': 'wrangler-3-34',
  '2.last': 'wrangler-2-last',
} as const;

export type Client = keyof typeof WRANGLERS;

export const CLIENTS = Object.keys(WRANGLERS) as readonly Client[]; // The keys of a constant are its type's.

const PACKAGES = join(import.meta.dirname, '..', 'clients', 'node_modules');

/** Runs one wrangler command without a terminal, as a script or a build machine does. */
export function runClient(client: Client, args: readonly string[], options: RunOptions): Promise<Ran> {
  return run(process.execPath, [wranglerScript(client), ...args], options);
}

/** The JavaScript file that is this wrangler's command line; run it with Node. */
export function wranglerScript(client: Client): string {
  return installed(WRANGLERS[client], 'bin/wrangler.js');
}

/** create-cloudflare installs packages with npm: give it `installingEnvironment` and minutes. */
export function runCreateCloudflare(args: readonly string[], options: RunOptions): Promise<Ran> {
  return run(process.execPath, [installed('create-cloudflare', 'dist/cli.js'), ...args], { timeoutMs: 300_000, ...options });
}

function installed(name: string, file: string): string {
  const path = join(PACKAGES, name, file);
  if (!existsSync(path)) throw new Error(`${name} is not installed: run \`npm test\`, which installs test/clients first.`);
  return path;
}
