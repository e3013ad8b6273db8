import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readParts } from './multipart.ts';

const BOUNDARY = 'boundary';
const LIMITS = { totalBytes: 10_000_000, parts: 10, metadataBytes: 1_000, partNameBytes: 100 };

async function* aBody(chunks: number): AsyncGenerator<Buffer> {
  yield Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="a.js"; filename="a.js"\r\n\r\n`);
  for (let count = 0; count < chunks; count += 1) yield Buffer.alloc(64 * 1024, 'x');
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}

for (const chunks of [1, 2, 50]) {
  test(`[A-8] a part of ${chunks} chunks that cannot be kept ends the upload with the reason why`, async () => {
    const full = new Error('no space left on device');
    const reading = readParts(aBody(chunks), BOUNDARY, LIMITS, async ({ body }) => {
      try {
        for await (const _ of body) throw full;
      } finally {
        // As the module store does, which closes its file before it says what went wrong.
        await nextTurn();
      }
    });
    await assert.rejects(reading, full);
  });
}
