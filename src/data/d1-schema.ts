import { text } from 'node:stream/consumers';
import type { Resource } from '../domain/index.ts';
import type { DataClient } from './data-client.ts';

/** A question beside a deployment, which waits for no restart of the data process. */
const ASK_WITHIN_MS = 2_000;

/** ISO time at which the tables of a database changed last, undefined where they never did. Throws where nobody answers in time. */
export const schemaChangedOn = async (data: DataClient, { id, name }: Pick<Resource, 'id' | 'name'>): Promise<string | undefined> => {
  const call = { method: 'GET', path: '/schema', signal: AbortSignal.timeout(ASK_WITHIN_MS) } as const;
  const { status, body } = await data.ask({ kind: 'd1', id, name }, call);
  const said = await text(body);
  if (status !== 200) throw new Error(`The database ${id} answered ${status}: ${said}`);
  // As `fetch` in d1-entry.ts makes it.
  return (JSON.parse(said) as { readonly changedOn: string | null }).changedOn ?? undefined;
};
