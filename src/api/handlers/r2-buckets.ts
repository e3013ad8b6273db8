import { accept, refuse, type Result } from '../../base/index.ts';
import { changeResource, createResource, deleteResource, usersOf } from '../../control/index.ts';
import type { r2Endpoints } from '../../contract/index.ts';
import { r2Bucket } from '../../data/index.ts';
import { r2BucketName, r2StorageClass, type Refusal, type Resource } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { erasedNow } from '../erase.ts';
import { r2BucketView } from '../views/index.ts';

const KIND = 'r2_bucket';
const CLASS_HEADER = 'cf-r2-storage-class';

export const bucketCalled = async (api: Api, name: string): Promise<Result<Resource, Refusal>> => {
  const found = await api.store.read.resources.byName(KIND, name);
  return found === undefined ? refuse({ code: 'resource_not_found', kind: KIND, key: name }) : accept(found);
};

/** Whoever makes, changes or deletes buckets of one name does so in turn. */
const inTurn = <Value>(api: Api, name: string, work: () => Promise<Value>): Promise<Value> => api.lanes.take(`${KIND}/${name}`, work);

type Names = 'listR2Buckets' | 'createR2Bucket' | 'getR2Bucket' | 'patchR2Bucket' | 'deleteR2Bucket';

export const r2Buckets: Handlers<Pick<typeof r2Endpoints, Names>> = {
  listR2Buckets: async (api, { query }) => {
    const { name_contains: part = '', start_after: after = '', cursor = '', per_page: size = 1000, direction = 'asc' } = query;
    const all = (await api.store.read.resources.ofKind(KIND)).filter(({ name }) => name.includes(part));
    const ordered = direction === 'asc' ? all : all.toReversed();
    const from = [after, cursor].filter((name) => name !== '');
    const left = ordered.filter(({ name }) => from.every((start) => (direction === 'asc' ? name > start : name < start)));
    const shown = left.slice(0, size);
    const last = left.length > shown.length ? shown.at(-1)?.name : undefined;
    const resultInfo = { count: shown.length, ...(last === undefined ? {} : { cursor: last }) };
    return accept({ result: { buckets: shown.map(r2BucketView) }, resultInfo });
  },
  createR2Bucket: async (api, { body, headers, actor }) => {
    const name = r2BucketName(body.name);
    if (!name.ok) return name;
    const storageClass = r2StorageClass(body.storageClass ?? 'Standard');
    if (!storageClass.ok) return storageClass;
    return inTurn(api, name.value, async () => {
      const present = await api.store.read.resources.byName(KIND, name.value);
      if (present !== undefined) return refuse({ code: 'resource_exists', kind: KIND, name: name.value });
      // Content first: a bucket that is known has a place for it. One that is only there is nobody's, and empty.
      const made = await r2Bucket(api.data, name.value).create(storageClass.value);
      if (!made.ok) return made;
      const settings = { storageClass: storageClass.value, jurisdiction: headers.get('cf-r2-jurisdiction') ?? 'default' };
      const created = await createResource(api, actor, { kind: KIND, id: api.ids.hex32(), name: name.value, settings });
      return created.ok ? accept({ result: r2BucketView(created.value) }) : created;
    });
  },
  getR2Bucket: async (api, { params }) => {
    const found = await bucketCalled(api, params.bucket_name);
    return found.ok ? accept({ result: r2BucketView(found.value) }) : found;
  },
  patchR2Bucket: (api, { params, headers, actor }) =>
    inTurn(api, params.bucket_name, async () => {
      const found = await bucketCalled(api, params.bucket_name);
      if (!found.ok) return found;
      const storageClass = r2StorageClass(headers.get(CLASS_HEADER) ?? '');
      if (!storageClass.ok) return storageClass;
      const changed = await changeResource(api, actor, found.value, { settings: { storageClass: storageClass.value } });
      if (!changed.ok) return changed;
      const made = await r2Bucket(api.data, found.value.name).create(storageClass.value);
      return made.ok ? accept({ result: r2BucketView(changed.value) }) : made;
    }),
  deleteR2Bucket: (api, { params, query, actor }) =>
    inTurn(api, params.bucket_name, async () => {
      const found = await bucketCalled(api, params.bucket_name);
      if (!found.ok) return found;
      const { id, name } = found.value;
      const isForced = query.force === true;
      const users = await usersOf(api.store.read, found.value);
      if (users.length > 0 && !isForced) return refuse({ code: 'resource_in_use', kind: KIND, id, name, users });
      const owed = { kind: KIND, id, name } as const;
      // Only its place knows whether it is empty, so that goes first; whatever stops us in between, a bucket that is still known gets it back.
      await api.store.note((queries) => queries.erasures.insert(owed));
      try {
        const emptied = await r2Bucket(api.data, name).delete();
        if (!emptied.ok) return emptied;
        const deleted = await deleteResource(api, actor, owed, isForced);
        return deleted.ok ? accept({ result: {} }) : deleted;
      } finally {
        await erasedNow(api, owed);
      }
    }),
};
