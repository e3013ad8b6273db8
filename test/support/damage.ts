import { createHash } from 'node:crypto';

/** `SWITCHBACK_DAMAGES=1000 node --test src/edge/damage.test.ts src/main/credentials.test.ts` makes so many of each kind. */
export const DAMAGES = Number(process.env['SWITCHBACK_DAMAGES'] ?? 100);

/** Numbers below a bound that are the same in every run: a damage that is not noticed can be repeated by its round. */
export const numbersOf = (seed: string) => {
  let count = 0;
  return (below: number): number =>
    createHash('sha256')
      .update(`${seed} ${(count += 1)}`)
      .digest()
      .readUInt32BE(0) % below;
};

/** One bit turned round, the end cut off, or a piece overwritten with zeros: always other bytes than before. */
export const damaged = (bytes: Buffer, number: (below: number) => number): Buffer => {
  const at = number(bytes.length);
  const kind = number(3);
  if (kind === 0) return bytes.subarray(0, at);
  const copy = Buffer.from(bytes);
  if (kind === 1) copy[at] = (copy[at] ?? 0) ^ (1 << number(8));
  else copy.fill(0, at, Math.min(bytes.length, at + 1 + number(64)));
  return copy.equals(bytes) ? bytes.subarray(0, at) : copy;
};
