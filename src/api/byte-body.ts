import type { Readable } from 'node:stream';
import { accept, refuse, type Result } from '../base/index.ts';
import type { ByteBody } from '../contract/index.ts';
import type { Refusal } from '../domain/index.ts';

/** Thrown to whoever reads a body at the byte that is too many. */
export class BodyTooLarge extends Error {
  readonly limit: number;
  readonly meaning: string | undefined;

  constructor(limit: number, meaning: string | undefined) {
    super(`The request's body is larger than ${limit} bytes.`);
    this.limit = limit;
    this.meaning = meaning;
  }
}

/** The body of a request for the handler to read, once. One that says that it is too large is refused unread. */
export const byteBody = ({ headers, body }: Request, maxBytes: number, meaning?: string): Result<ByteBody, Refusal> => {
  const declared = headers.get('content-length');
  const length = declared === null ? undefined : Number(declared);
  if (length !== undefined && length > maxBytes) return refuse({ code: 'body_too_large', limit: maxBytes, meaning });
  return accept({ bytes: upTo(body, maxBytes, meaning), length, contentType: headers.get('content-type') ?? '' });
};

/** To stop reading does not cancel the body: that would close the connection under the answer that says why. */
async function* upTo(body: ReadableStream<Uint8Array> | null, maxBytes: number, meaning?: string): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  let total = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    total += next.value.byteLength;
    if (total > maxBytes) throw new BodyTooLarge(maxBytes, meaning);
    if (next.value.byteLength > 0) yield next.value;
  }
}

/** The body that turned out too large, where that is why a handler failed: what read it may have wrapped the cause. */
export const tooLarge = (error: unknown): BodyTooLarge | undefined => {
  for (let current = error; current instanceof Error; current = current.cause) if (current instanceof BodyTooLarge) return current;
  return undefined;
};

/** An answer of bytes as they come from `source`, which ends with its client. */
export const byteAnswer = (source: Readable, headers: Readonly<Record<string, string>>, status = 200): Response => {
  const chunks = source[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: () => void source.destroy(),
    },
    // What nobody has asked for is not read.
    { highWaterMark: 0 },
  );
  return new Response(body, { status, headers });
};
