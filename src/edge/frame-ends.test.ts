import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FrameEnds } from './frame-ends.ts';

/** A binary frame, with the shortest form of its length; what it carries looks like the beginning of a close frame. */
const aFrame = (length: number, isMasked: boolean): Buffer => {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x82;
  head[1] = (isMasked ? 0x80 : 0) + (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0, 0x88), Buffer.alloc(length, 0x88)]);
};

test('[E-35] a close frame fits exactly where one frame has ended and the next has not begun', () => {
  const frame = fc.record({ length: fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000), isMasked: fc.boolean() });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 20 }), (frames, cuts) => {
      const all = frames.map(({ length, isMasked }) => aFrame(length, isMasked));
      const ends = new Set(all.map((_, at) => Buffer.concat(all.slice(0, at + 1)).length).concat(0));
      const bytes = Buffer.concat(all);
      const places = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted((a, b) => a - b);
      const following = new FrameEnds();
      let from = 0;
      for (const to of places) {
        following.take(bytes.subarray(from, to));
        from = to;
        assert.equal(following.areBetween, ends.has(to), `after ${to} bytes of ${bytes.length}`);
      }
    }),
  );
});

test('[E-35] after the last frame of a version there is no place for ours', () => {
  const following = new FrameEnds();
  following.take(Buffer.from([0x88, 0]));
  assert.ok(!following.areBetween);
});
