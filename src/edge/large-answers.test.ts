import assert from 'node:assert/strict';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { anEdge } from './testing.ts';

const HOST = 'hello.team.localhost';
const BYTES = 3_000_000;
const VISITORS = 12;

/** `/<byte>/<chunk bytes, or 0 for an answer with its length>`: the whole answer is of this byte. */
const uniform = (incoming: IncomingMessage, response: ServerResponse): void => {
  const [, byte = 0, chunk = 0] = (incoming.url ?? '').split('/').map(Number);
  if (chunk === 0) return void response.setHeader('content-length', BYTES).end(Buffer.alloc(BYTES, byte));
  let left = BYTES;
  const more = (): void => {
    while (left > 0) {
      const piece = Buffer.alloc(Math.min(left, chunk), byte);
      left -= piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
};

/** Reads at a pace of its own, and perhaps leaves in the middle. Answers how many bytes came, and whether one of them was another's. */
const read = async (port: number, byte: number, chunk: number, pauseMs: number, leavesAfter: number) => {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: `/${byte}/${chunk}`, headers: { host: HOST } }, resolve)
      .once('error', reject)
      .end();
  });
  let bytes = 0;
  let strange = 0;
  for await (const data of incoming as AsyncIterable<Buffer>) {
    bytes += data.length;
    strange += data.length - data.filter((each) => each === byte).length;
    if (bytes > leavesAfter) break;
    if (pauseMs > 0) await wait(Math.random() * pauseMs);
  }
  return { bytes, strange };
};

test('[E-7] large answers at once, to visitors who are slow, fast or leave, have each its own bytes and all of them', async () => {
  await using edge = await anEdge(uniform);
  const read1 = (visitor: number, round: number) => {
    const leavesAfter = visitor % 4 === 3 ? BYTES / 3 : Infinity;
    return read(edge.port, visitor * 16 + round, [0, 4_096, 100_000][visitor % 3] ?? 0, (visitor % 4) * 3, leavesAfter);
  };
  for (let round = 0; round < 3; round += 1) {
    const outcomes = await Promise.all(Array.from({ length: VISITORS }, (_, visitor) => read1(visitor, round)));
    assert.deepEqual(
      outcomes.map(({ bytes, strange }, visitor) => [strange, visitor % 4 === 3 ? bytes > BYTES / 3 : bytes === BYTES]),
      outcomes.map(() => [0, true]),
    );
  }
});
