import { accept, refuse, type Result } from '../../base/index.ts';
import type { r2Endpoints } from '../../contract/index.ts';
import { r2Bucket, type RemoteBucket } from '../../data/index.ts';
import type { Refusal } from '../../domain/index.ts';
import type { Api, Handlers } from '../api.ts';
import { byteAnswer } from '../byte-body.ts';
import { r2ListInfo, r2ObjectHeaders, r2ObjectView, r2StoredView } from '../views/index.ts';
import { bucketCalled } from './r2-buckets.ts';

const contentOf = async (api: Api, name: string): Promise<Result<RemoteBucket, Refusal>> => {
  const found = await bucketCalled(api, name);
  return found.ok ? accept(r2Bucket(api.data, found.value.name)) : found;
};

type Names = 'listR2Objects' | 'getR2Object' | 'putR2Object' | 'deleteR2Object';

export const r2Objects: Handlers<Pick<typeof r2Endpoints, Names>> = {
  listR2Objects: async (api, { params, query }) => {
    const bucket = await contentOf(api, params.bucket_name);
    if (!bucket.ok) return bucket;
    const { cursor, per_page: limit, prefix, delimiter, start_after: startAfter } = query;
    const page = await bucket.value.list(given({ cursor, limit, prefix, delimiter, startAfter, include: [0, 1] }));
    if (!page.ok) return page;
    return accept({ result: page.value.objects.map(r2ObjectView), resultInfo: r2ListInfo(page.value) });
  },
  getR2Object: async (api, { params, headers, client }) => {
    const bucket = await contentOf(api, params.bucket_name);
    if (!bucket.ok) return bucket;
    const found = await bucket.value.get(
      params.object_key,
      given({ rangeHeader: headers.get('range') ?? undefined, onlyIf: onlyIf(headers) }),
    );
    if (!found.ok) return found;
    if (found.value === undefined)
      return refuse({ code: 'r2_refused', status: 404, number: 10007, reason: 'The specified key does not exist.' });
    const { object, bytes } = found.value;
    const shown = r2ObjectHeaders(object);
    if (bytes === undefined) return accept({ result: null, raw: new Response(null, { status: 304, headers: shown }) });
    client.addEventListener('abort', () => bytes.destroy());
    const { offset = 0, length = object.size } = object.range ?? {};
    const isPart = headers.has('range') && length < object.size;
    const about = {
      ...shown,
      'content-length': String(length),
      ...(isPart ? { 'content-range': `bytes ${offset}-${offset + length - 1}/${object.size}` } : {}),
    };
    return accept({ result: null, raw: byteAnswer(bytes, about, isPart ? 206 : 200) });
  },
  putR2Object: async (api, { params, headers, body }) => {
    const bucket = await contentOf(api, params.bucket_name);
    if (!bucket.ok) return bucket;
    const described = given({ httpFields: httpFields(headers), storageClass: headers.get('cf-r2-storage-class') ?? undefined });
    const stored = await bucket.value.put(params.object_key, described, body.bytes, body.length);
    return stored.ok ? accept({ result: r2StoredView(stored.value) }) : stored;
  },
  deleteR2Object: async (api, { params }) => {
    const bucket = await contentOf(api, params.bucket_name);
    if (!bucket.ok) return bucket;
    const deleted = await bucket.value.deleteObject(params.object_key);
    return deleted.ok ? accept({ result: { key: params.object_key } }) : deleted;
  },
};

type Given<Values> = { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** Without what was not said. */
const given = <Values extends Readonly<Record<string, unknown>>>(values: Values): Given<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;

const onlyIf = (headers: Headers) => {
  const etags = [...(headers.get('if-none-match') ?? '').matchAll(/(?:W\/)?"([^"]*)"|\*/g)].map(([whole, value = '']) =>
    whole === '*' ? ({ type: 'wildcard' } as const) : ({ type: 'strong', value } as const),
  );
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  if (etags.length > 0) return { etagDoesNotMatch: etags };
  return Number.isNaN(since) ? undefined : { uploadedAfter: since, secondsGranularity: true };
};

const httpFields = (headers: Headers) => {
  const expires = Date.parse(headers.get('expires') ?? '');
  return given({
    contentType: headers.get('content-type') ?? undefined,
    contentLanguage: headers.get('content-language') ?? undefined,
    contentDisposition: headers.get('content-disposition') ?? undefined,
    contentEncoding: headers.get('content-encoding') ?? undefined,
    cacheControl: headers.get('cache-control') ?? undefined,
    cacheExpiry: Number.isNaN(expires) ? undefined : expires,
  });
};
