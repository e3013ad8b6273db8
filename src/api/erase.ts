import type { Result } from '../base/index.ts';
import { emptyKv, eraseD1, r2Bucket, remoteQueue, type DataClient } from '../data/index.ts';
import type { Refusal, Resource } from '../domain/index.ts';
import type { Erasure } from '../store/index.ts';
import type { Api } from './api.ts';

type Eraser = Pick<Api, 'store' | 'data' | 'lanes' | 'log'>;

/** Content that goes by its resource's name: whoever makes, changes or deletes those of one name does so in turn. */
const laneOf = ({ kind, name }: Erasure): string | undefined => (kind === 'queue' || kind === 'r2_bucket' ? `${kind}/${name}` : undefined);

/**
 * Brings the content in line with whether the resource exists, in its turn, and forgets that this was owed. A queue or bucket of its name
 * may have been made since: that one's content stays, and a bucket has its place again.
 */
const settle = async ({ store, data }: Eraser, erasure: Erasure): Promise<void> => {
  const { kind, name } = erasure;
  const heir = laneOf(erasure) === undefined ? undefined : await store.read.resources.byName(kind, name);
  if (heir === undefined) await eraseContent(data, erasure);
  else if (kind === 'r2_bucket') await r2Bucket(data, name).create(storageClassOf(heir));
  await store.note((queries) => queries.erasures.delete(erasure));
};

export const storageClassOf = ({ settings }: Resource): string => String(settings['storageClass'] ?? 'Standard');

const eraseContent = async (data: DataClient, { kind, id, name }: Erasure): Promise<void> => {
  switch (kind) {
    case 'kv_namespace':
      return emptyKv(data, id);
    case 'd1':
      return eraseD1(data, { kind, id, name });
    case 'r2_bucket':
      return done(await r2Bucket(data, name).delete());
    case 'queue':
      return done(await remoteQueue(data, name).delete());
  }
};

const done = (erased: Result<unknown, Refusal>): void => {
  if (!erased.ok) throw new Error('What holds it refused to erase it.', { cause: erased.refusal });
};

/** Settles at once, in the turn of whoever asks. Where it fails the deletion stands all the same: the answer says what is left. */
export const erasedNow = async (api: Eraser, erasure: Erasure): Promise<readonly string[]> => {
  try {
    await settle(api, erasure);
    return [];
  } catch (error) {
    api.log('content could not be erased; it is tried again', { ...erasure, error: String(error) });
    return ['Deleted. What it held could not be erased yet, and is erased as soon as that is possible.'];
  }
};

/** Settles what was left when a process ended, or what could not be reached. Throws where something is left again. */
export const sweepErasures = async (api: Eraser): Promise<void> => {
  let left = 0;
  for (const erasure of await api.store.read.erasures.all()) {
    const lane = laneOf(erasure);
    const work = () => erasedNow(api, erasure);
    left += (await (lane === undefined ? work() : api.lanes.take(lane, work))).length;
  }
  if (left > 0) throw new Error(`What ${left} deleted resources held could not be erased.`);
};
