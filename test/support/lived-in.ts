import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_HOURS, liveThrough } from './lived-in/shop.ts';
import { observe, type Served } from './lived-in/observed.ts';
import { Past } from './lived-in/past.ts';
import { openReceiver } from './lived-in/receiver.ts';
import { MARA, PEOPLE } from './lived-in/uploads.ts';
import { startServer, type Server } from './server.ts';

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
  await using receiver = await openReceiver(folder);
  await using past = await Past.open(data, now, FIRST_HOURS);
  await liveThrough(past, receiver.url);
  await observe(data, now, await servedBy(past));
  const tokens = Object.fromEntries(PEOPLE.map((who) => [who, past.tokenOf(who)]));
  writeFileSync(tokensFile(folder), JSON.stringify(tokens));
  return { token: past.tokenOf(MARA[0]) };
};

const tokensFile = (folder: string): string => join(folder, 'tokens');

/** Somebody's token, of a folder that was made before. */
export const livedInToken = (folder: string, who = MARA[0]): string => {
  const tokens = JSON.parse(readFileSync(tokensFile(folder), 'utf8')) as Readonly<Record<string, string>>;
  const token = tokens[who];
  assert.ok(token !== undefined, `${who} is none of the people`);
  return token;
};

/** A server of such a folder; what Logpush sends on is taken, or refused, for as long as it runs. */
export const startLivedIn = async (folder: string, ends: AsyncDisposableStack): Promise<Server> => {
  ends.use(await openReceiver(folder));
  return ends.adopt(await startServer({ folder, args: ['--allow-private-destinations'] }), async (started) => void (await started.stop()));
};

const servedBy = async (past: Past): Promise<ReadonlyMap<string, readonly Served[]>> => {
  const served = new Map<string, readonly Served[]>();
  for (const script of await past.scripts()) served.set(script, await past.served(script));
  return served;
};
