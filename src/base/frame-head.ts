/** Heads of WebSocket frames (RFC 6455 5.2): opcode and length; the length's second form; its third; the mask. */
export const MOST_FRAME_HEAD = 2 + 8 + 4;

const lengthMark = (head: Buffer): number => (head[1] ?? 0) % 128;

export const isFrameMasked = (head: Buffer): boolean => (head[1] ?? 0) >= 128;

/** Undefined before the second byte, which says it. */
export const frameHeadLength = (head: Buffer, known: number): number | undefined => {
  if (known < 2) return undefined;
  const mark = lengthMark(head);
  const extended = mark === 127 ? 8 : mark === 126 ? 2 : 0;
  return 2 + extended + (isFrameMasked(head) ? 4 : 0);
};

export const framePayloadLength = (head: Buffer): number => {
  const mark = lengthMark(head);
  if (mark === 127) return Number(head.readBigUInt64BE(2));
  return mark === 126 ? head.readUInt16BE(2) : mark;
};
