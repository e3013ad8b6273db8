import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MaskMender } from './mask-mender.ts';

interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly key: Uint8Array | undefined;
  /** With a longer form of the length than it needs. */
  readonly isLong: boolean;
}

const bytesOf = ({ opcode, payload, key, isLong }: Frame): Buffer => {
  const { length } = payload;
  const head = Buffer.alloc(length > 65_535 || (isLong && length > 125) ? 10 : length > 125 || isLong ? 4 : 2);
  head[0] = 0x80 | opcode;
  head[1] = (key === undefined ? 0 : 0x80) | (head.length === 10 ? 127 : head.length === 4 ? 126 : length);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, key ?? Buffer.alloc(0), payload.map((byte, at) => byte ^ (key?.[at % 4] ?? 0))]);
};

const frame: fc.Arbitrary<Frame> = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(125, 126, 127, 65_535, 65_536).map((size) => new Uint8Array(size).fill(0x81)),
  ),
  key: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
  isLong: fc.boolean(),
});

const mendedInPieces = (bytes: Buffer, cuts: readonly number[]): Buffer => {
  const mender = new MaskMender();
  const places = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted((a, b) => a - b);
  return Buffer.concat(places.map((to, index) => mender.mend(bytes.subarray(places[index - 1] ?? 0, to))));
};

test('[TL-2] each frame comes out masked, with the same payload, however the stream was cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 30 }), (frames, cuts) => {
      const expected = frames.map((each) => bytesOf({ ...each, key: each.key ?? new Uint8Array(4) }));
      assert.deepEqual(mendedInPieces(Buffer.concat(frames.map(bytesOf)), cuts), Buffer.concat(expected));
    }),
  );
});

test('[TL-2] whatever bytes come, what goes out grows by no more than the masks, and nothing is kept but a head', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.nat(), { maxLength: 30 }), (noise, cuts) => {
      const bytes = Buffer.from(noise);
      const mended = mendedInPieces(bytes, cuts);
      assert.ok(mended.length <= bytes.length * 3 && mended.length >= bytes.length - 13, `${mended.length} of ${bytes.length}`);
      assert.deepEqual(mended, mendedInPieces(bytes, []));
    }),
  );
});
