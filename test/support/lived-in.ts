import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_HOURS, liveThrough } from './lived-in/shop.ts';
import { observe, type Served } from './lived-in/observed.ts';
import { Past } from './lived-in/past.ts';

export { traffic } from './lived-in/traffic.ts';

export interface LivedIn {
  /** For `signIn`: the person whom the pictures show. */
  readonly token: string;
}

/**
 * Makes the data directory of a shop that has been in use for months: 14 Workers, 470 versions, five people, a rollout under way, and
 * five days of what was observed. Everything came to be by the product's own API and archive, only that the clock was another.
 *
 *     const shop = await aLivedInData(folder);
 *     await using server = await startServer({ folder });
 */
export const aLivedInData = async (folder: string, now = Date.now()): Promise<LivedIn> => {
  const data = join(folder, 'data');
  await using past = await Past.open(data, now, FIRST_HOURS);
  await liveThrough(past);
  await observe(data, now, await servedBy(past));
  const token = past.tokenOf('Mara Lindqvist');
  writeFileSync(tokenFile(folder), token);
  return { token };
};

const tokenFile = (folder: string): string => join(folder, 'token-of-mara');

/** That token again, of a folder that was kept. */
export const livedInToken = (folder: string): string => readFileSync(tokenFile(folder), 'utf8');

const servedBy = async (past: Past): Promise<ReadonlyMap<string, readonly Served[]>> => {
  const served = new Map<string, readonly Served[]>();
  for (const script of await past.scripts()) served.set(script, await past.served(script));
  return served;
};
