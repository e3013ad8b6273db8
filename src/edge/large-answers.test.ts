import assert from 'node:assert/strict';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { anEdge } from './testing.ts';

const HOST = 'hello.team.localhost';
/** Far more than the buffers of the operating system: what is written waits in the edge. */
const BYTES = 50_000_000;
const VISITORS = 8;
/** Until then what can wait on the way does. */
const FIRST_PAUSE_MS = 400;

/** `/<byte>/<bytes of a write>/<whether its length is told>`: the whole answer is of this byte. */
const uniform = (incoming: IncomingMessage, response: ServerResponse): void => {
  const [, byte = 0, size = 0, isSized] = (incoming.url ?? '').split('/').map(Number);
  if (isSized === 1) response.setHeader('content-length', BYTES);
  const piece = Buffer.alloc(size, byte);
  let left = BYTES;
  const more = (): void => {
    while (left > 0) {
      const part = piece.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
};

/** Reads at a pace of its own, and perhaps leaves in the middle. Answers how many bytes came, and how many reads had another's. */
const read = async (port: number, path: string, byte: number, isSlow: boolean, leavesAfter: number) => {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers: { host: HOST } }, resolve)
      .once('error', reject)
      .end();
  });
  let bytes = 0;
  let strange = 0;
  const own = Buffer.alloc(1 << 20, byte);
  if (isSlow) await wait(FIRST_PAUSE_MS);
  for await (const data of incoming as AsyncIterable<Buffer>) {
    bytes += data.length;
    strange += Number(!data.equals(own.subarray(0, data.length)));
    if (bytes > leavesAfter) break;
  }
  return { bytes, strange };
};

test('[E-7] large answers at once, to visitors who are slow, fast or leave, have each its own bytes and all of them', async () => {
  await using edge = await anEdge(uniform);
  const outcomes = await Promise.all(
    Array.from({ length: VISITORS }, (_, visitor) => {
      const path = `/${visitor}/${visitor % 3 === 0 ? 4_096 : 100_000}/${visitor % 2}`;
      return read(edge.port, path, visitor, visitor % 4 < 2, visitor === 3 ? BYTES / 3 : Infinity);
    }),
  );
  assert.deepEqual(
    outcomes.map(({ bytes, strange }, visitor) => [strange, visitor === 3 ? bytes > BYTES / 3 : bytes === BYTES]),
    outcomes.map(() => [0, true]),
  );
});
