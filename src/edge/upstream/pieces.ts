const PIECE_BYTES = 64 * 1024;
/** What is less has memory of its own size: a visitor who takes nothing holds no more than what waits for it, and a third. */
const LEAST_BYTES = 48 * 1024;
const MOST_FREE = 64;

const free: Buffer[] = [];
const lent = new WeakMap<ArrayBufferLike, Buffer>();

/**
 * Room for what came of an answer in one read, at most so many bytes. Large ones are lent: memory that is new for each is outside of the
 * heap, and every 64 MB of it make V8 look through all of that, which took half of the time of a large answer.
 */
export const pieceOf = (mostBytes: number): Buffer => {
  if (mostBytes < LEAST_BYTES || mostBytes > PIECE_BYTES) return Buffer.allocUnsafe(mostBytes);
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  lent.set(buffer.buffer, buffer);
  return buffer;
};

/** Whoever has it may say, once, that nobody will read it again; one that is not given back is collected as anything is. */
export const giveBack = (piece: Buffer): void => {
  const buffer = lent.get(piece.buffer);
  if (buffer === undefined) return;
  lent.delete(piece.buffer);
  if (free.length < MOST_FREE) free.push(buffer);
};

export const isLent = (piece: Buffer): boolean => lent.has(piece.buffer);
