import type { Readable } from 'node:stream';

/** The first bytes of a stream, fewer where it has fewer; the others are left in it. */
export const readPrefix = async (stream: Readable, size: number): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let left = size;
  // Not destroyed by whoever stops reading it.
  for await (const chunk of left === 0 ? [] : (stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>)) {
    chunks.push(chunk.subarray(0, left));
    if (chunk.byteLength > left) stream.unshift(chunk.subarray(left));
    left -= Math.min(left, chunk.byteLength);
    if (left === 0) break;
  }
  return Buffer.concat(chunks);
};
