import { FormRefused } from './refusal.ts';

export type Bytes = AsyncIterable<Uint8Array>;

/**
 * The body up to a limit in bytes. Leaving early stops reading but does not cancel the body: cancelling would close the
 * connection under the answer that says why.
 */
export async function* bounded(body: Bytes, limit: number): AsyncGenerator<Uint8Array, void> {
  const chunks = body[Symbol.asyncIterator]();
  let total = 0;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    total += next.value.byteLength;
    if (total > limit) throw new FormRefused({ code: 'upload_too_large', limit });
    if (next.value.byteLength > 0) yield next.value;
  }
}

/** The first bytes of a body (at least `length`, if it has that many), and the body with them. */
export const peek = async (body: AsyncGenerator<Uint8Array, void>, length: number): Promise<{ head: Buffer; whole: Bytes }> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const next = await body.next();
    if (next.done === true) break;
    chunks.push(next.value);
    size += next.value.byteLength;
  }
  return { head: Buffer.concat(chunks), whole: rejoined(chunks, body) };
};

async function* rejoined(first: readonly Uint8Array[], rest: Bytes): AsyncGenerator<Uint8Array, void> {
  yield* first;
  yield* rest;
}
