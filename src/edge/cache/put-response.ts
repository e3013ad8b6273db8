import { validateHeaderName, validateHeaderValue, type IncomingMessage } from 'node:http';
import { cacheLifetime } from '../../domain/index.ts';
import type { KeptResponse, KeptResponses } from './kept-responses.ts';

/** Nothing is kept: the response may not be, or there is no room for it. */
export class NotKept extends Error {
  override readonly name = 'NotKept';
}

/** As much of a response as Workers may send (src/edge/upstream). */
const MOST_HEAD_BYTES = 128 * 1024;

/** Said anew with each answer, or of the connection alone. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  'age',
  'cf-cache-status',
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * What a Worker puts: workerd sends the response in the body, head and all, its body not chunked again whatever the head says
 * (src/workerd/api/cache.c++). Throws {@link NotKept}, and what the connection throws when it breaks off.
 */
export const putResponse = async (request: IncomingMessage, kept: KeptResponses, now: number): Promise<KeptResponse> => {
  const announced = Number(request.headers['content-length'] ?? 0);
  const most = kept.mostOfOne + MOST_HEAD_BYTES;
  let whole = Buffer.alloc(0);
  let size = 0;
  let head: Head | undefined;
  try {
    // A request's bytes come as buffers.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const needed = size + chunk.length;
      if (needed > whole.length) {
        const room = Math.min(most, Math.max(needed, announced, whole.length * 2));
        if (announced > most || needed > room || !kept.arrive(room - whole.length)) throw new NotKept('There is no room for it.');
        whole = enlarged(whole, size, room);
      }
      chunk.copy(whole, size);
      size = needed;
      head ??= headIn(whole.subarray(0, size), request.headers.authorization !== undefined, now);
    }
    if (head === undefined) throw new NotKept('It has no head.');
    return { ...head.response, body: (size === whole.length ? whole : enlarged(whole, size, size)).subarray(head.bytes) };
  } finally {
    kept.arrived(whole.length);
  }
};

/** Room for as many bytes, with these in front. In memory of its own: a part of what others share would hold all of it. */
const enlarged = (bytes: Buffer, size: number, room: number): Buffer<ArrayBuffer> => {
  const larger = Buffer.allocUnsafeSlow(room);
  bytes.copy(larger, 0, 0, size);
  return larger;
};

interface Head {
  readonly response: Omit<KeptResponse, 'body'>;
  /** With the empty line behind it. */
  readonly bytes: number;
}

/** Once it is whole; nothing is waited for that will not be kept. */
const headIn = (begun: Buffer, isAuthorized: boolean, now: number): Head | undefined => {
  const end = begun.subarray(0, MOST_HEAD_BYTES).indexOf('\r\n\r\n');
  if (end === -1 && begun.length >= MOST_HEAD_BYTES) throw new NotKept('Its head is too long.');
  return end === -1 ? undefined : { response: readHead(begun.toString('latin1', 0, end), isAuthorized, now), bytes: end + 4 };
};

const readHead = (text: string, isAuthorized: boolean, now: number): Omit<KeptResponse, 'body'> => {
  const [first = '', ...lines] = text.split('\r\n');
  const [, status = '', statusText = ''] = /^HTTP\/\d(?:\.\d)? (\d{3}) ?(.*)$/.exec(first) ?? [];
  const fields = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const lifetime = cacheLifetime({ status: Number(status), headers: joined(fields) }, isAuthorized, now);
  if (lifetime === undefined) throw new NotKept('It says that it is not to be kept.');
  const { seconds, ageSeconds, without } = lifetime;
  if (!isSendable(statusText, fields)) throw new NotKept('Node would not send its head again.');
  const own = fields.filter(([name]) => !NOT_ITS_OWN.has(name.toLowerCase()) && !without.has(name.toLowerCase()));
  return { status: Number(status), statusText, headers: own.flat(), storedAt: now, expiresAt: now + seconds * 1000, ageSeconds };
};

/** A Worker's headers may hold control characters; answered by Node they would be an exception. */
const isSendable = (statusText: string, fields: readonly (readonly [string, string])[]): boolean => {
  try {
    validateHeaderValue('reason', statusText);
    for (const [name, value] of fields) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
};

const joined = (fields: readonly (readonly [string, string])[]): ReadonlyMap<string, string> => {
  const headers = new Map<string, string>();
  for (const [name, value] of fields) {
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
};
