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
  return { token: past.tokenOf('Mara Lindqvist') };
};

const servedBy = async (past: Past): Promise<ReadonlyMap<string, readonly Served[]>> => {
  const served = new Map<string, readonly Served[]>();
  for (const script of await past.scripts()) served.set(script, await past.served(script));
  return served;
};
