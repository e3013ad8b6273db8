import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aBody, aFile, EDGE, formType, readBack, recorded } from './test-kit.ts';

const BODIES = ['wrangler-deploy', 'wrangler-no-bundle', 'curl', 'sdk-update', 'sdk-version'].map(recorded);
const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
const aRecordedBody = fc.constantFrom(...BODIES);
const runs = { numRuns: 300 };

test('however a real body is cut into chunks, it reads the same', async () => {
  const whole = new Map(await Promise.all(BODIES.map(async (body) => [body, await readBack(formType(body), body)] as const)));
  await fc.assert(
    fc.asyncProperty(aRecordedBody, sizes, async (body, cuts) => {
      assert.deepEqual(await readBack(formType(body), body, cuts), whole.get(body));
    }),
    runs,
  );
});

// A writer picks a boundary that stands in no part, so neither does this one.
test('modules full of near-boundaries come through byte for byte', async () => {
  const piece = fc.constantFrom('\r', '\n', '\r\n', '-', '--', '\r\n-', '\r\n--', '\r\n--edg', '--edg', 'x', '\0', 'edge--');
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('').replaceAll('--edge', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), sizes, async (texts, cuts) => {
      const body = aBody(...texts.map((content, index) => aFile(`${index}.js`, content)));
      const read = await readBack(EDGE, body, cuts);
      assert.ok(read.ok, JSON.stringify(read));
      assert.deepEqual(
        read.value.files.map((file) => file.text),
        texts,
      );
    }),
    { numRuns: 1000 },
  );
});

// 64 KiB wait in a part until it is read; the parser pauses above. A bundle with its source map is larger.
test('modules larger than what a part buffers come through, however they are cut', async () => {
  const length = fc.oneof(fc.integer({ min: 65_000, max: 66_000 }), fc.nat(200_000));
  const cut = fc.oneof(fc.constant(65_536), fc.integer({ min: 500, max: 300_000 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(length, { minLength: 1, maxLength: 4 }),
      fc.array(cut, { minLength: 1, maxLength: 4 }),
      async (lengths, cuts) => {
        const body = aBody(...lengths.map((bytes, index) => aFile(`${index}.js`, 'x'.repeat(bytes))));
        const read = await readBack(EDGE, body, cuts);
        assert.ok(read.ok, JSON.stringify(read));
        assert.deepEqual(
          read.value.files.map((file) => file.text?.length),
          lengths,
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('a real body that ends early is refused, wherever it ends', async () => {
  await fc.assert(
    fc.asyncProperty(aRecordedBody, fc.double({ min: 0, max: 1, noNaN: true }), sizes, async (body, share, cuts) => {
      const closing = body.lastIndexOf('--');
      const read = await readBack(formType(body), body.subarray(0, Math.floor(share * closing)), cuts);
      assert.equal(read.ok, false);
    }),
    runs,
  );
});

test('a real body with bytes changed, doubled or lost is read or refused, and nothing is thrown', async () => {
  const change = fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(aRecordedBody, fc.array(change, { minLength: 1, maxLength: 6 }), sizes, async (body, changes, cuts) => {
      const changed = changes.reduce((bytes, [at, lost, put]) => {
        const start = at % bytes.length;
        return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + lost)]);
      }, body);
      assert.equal(typeof (await readBack(formType(body), changed, cuts)).ok, 'boolean');
    }),
    runs,
  );
});

test('any sequence of delimiters, headers and junk is read or refused, and nothing is thrown', async () => {
  const piece = fc.constantFrom(
    '--edge',
    '--edge--',
    '--edge\r\n',
    '\r\n--edge',
    '\r\n--edge\r\n',
    '\r\n--edge--',
    '\r\n',
    '\r\n\r\n',
    '-',
    '--',
    'x',
    ':',
    'Content-Disposition: form-data; name="a"',
    '; filename="b"',
    'Content-Disposition: form-data; name="metadata"\r\n\r\n{}',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 25 }), sizes, async (pieces, cuts) => {
      assert.equal(typeof (await readBack(EDGE, Buffer.from(pieces.join('')), cuts)).ok, 'boolean');
    }),
    { numRuns: 2000 },
  );
});

test('random bytes under any media type are read or refused, and nothing is thrown', async () => {
  const contentType = fc.oneof(
    fc.constantFrom(EDGE, 'application/javascript', 'multipart/form-data', 'text/plain', ''),
    fc.string().map((text) => text.replace(/[^\x20-\x7e]/g, '')),
  );
  await fc.assert(
    fc.asyncProperty(contentType, fc.uint8Array({ maxLength: 600 }), sizes, async (type, bytes, cuts) => {
      assert.equal(typeof (await readBack(type, Buffer.from(bytes), cuts)).ok, 'boolean');
    }),
    runs,
  );
});
