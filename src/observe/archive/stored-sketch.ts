import { Sketch, type SketchBins } from '../sketch.ts';

/** Sums, the least and the largest come first, as doubles. */
const HEAD_BYTES = 24;
const MOST_VARINT_BYTES = 8;

/** A sketch in few bytes: keys as steps from the one before, and numbers as long as they need to be. */
export const sketchBytes = ({ bins, zeros, sum, min, max }: SketchBins): Buffer => {
  const bytes = Buffer.alloc(HEAD_BYTES + (2 + bins.length) * MOST_VARINT_BYTES);
  bytes.writeDoubleLE(sum, 0);
  bytes.writeDoubleLE(min, 8);
  bytes.writeDoubleLE(max, 16);
  let at = writeVarint(bytes, HEAD_BYTES, zeros);
  let before = 0;
  for (let index = 0; index + 1 < bins.length; index += 2) {
    const key = bins[index] ?? 0;
    at = writeVarint(bytes, at, zigzag(key - before));
    at = writeVarint(bytes, at, bins[index + 1] ?? 0);
    before = key;
  }
  return bytes.subarray(0, at);
};

/** Sketches that are added up without being made: of thousands of minutes one is asked for. */
export class SketchSum {
  readonly #bins = new Map<number, number>();
  #zeros = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  count = 0;

  addBytes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader = { bytes, at: HEAD_BYTES };
    const zeros = readVarint(reader);
    let added = zeros;
    let key = 0;
    while (reader.at < bytes.length) {
      key += unzigzag(readVarint(reader));
      const count = readVarint(reader);
      this.#bins.set(key, (this.#bins.get(key) ?? 0) + count);
      added += count;
    }
    this.#added(added, zeros, view.getFloat64(0, true), view.getFloat64(8, true), view.getFloat64(16, true));
  }

  addBins({ bins, zeros, sum, min, max }: SketchBins): void {
    let added = zeros;
    for (let index = 0; index + 1 < bins.length; index += 2) {
      const key = bins[index] ?? 0;
      const count = bins[index + 1] ?? 0;
      this.#bins.set(key, (this.#bins.get(key) ?? 0) + count);
      added += count;
    }
    this.#added(added, zeros, sum, min, max);
  }

  addSum(other: SketchSum): void {
    for (const [key, count] of other.#bins) this.#bins.set(key, (this.#bins.get(key) ?? 0) + count);
    this.#added(other.count, other.#zeros, other.#sum, other.#min, other.#max);
  }

  /** Undefined where there are no values. Shares must rise. */
  quantiles(shares: readonly number[]): readonly number[] | undefined {
    if (this.count === 0) return undefined;
    const keys = this.#keys();
    let [next, below] = [0, this.#zeros];
    let value = 0;
    return shares.map((share) => {
      for (; below <= share * (this.count - 1) && next < keys.length; next += 1) {
        const key = keys[next] ?? 0;
        below += this.#bins.get(key) ?? 0;
        value = Sketch.valueOfBin(key);
      }
      return value;
    });
  }

  toBins(): SketchBins {
    const bins: number[] = [];
    for (const key of this.#keys()) bins.push(key, this.#bins.get(key) ?? 0);
    const isEmpty = this.count === 0;
    return { bins, zeros: this.#zeros, sum: this.#sum, min: isEmpty ? 0 : this.#min, max: isEmpty ? 0 : this.#max };
  }

  #keys(): Int32Array {
    return Int32Array.from(this.#bins.keys()).toSorted();
  }

  #added(count: number, zeros: number, sum: number, min: number, max: number): void {
    if (count === 0) return;
    this.count += count;
    this.#zeros += zeros;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** Seven bits a byte, the lowest first. By arithmetic, because counts may be larger than 32 bits. */
const writeVarint = (bytes: Buffer, from: number, value: number): number => {
  let at = from;
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes[at++] = (left % 128) + 128;
  bytes[at++] = left;
  return at;
};

const readVarint = (reader: { readonly bytes: Uint8Array; at: number }): number => {
  let value = 0;
  for (let unit = 1; ; unit *= 128) {
    const byte = reader.bytes[reader.at++] ?? 0;
    value += (byte % 128) * unit;
    if (byte < 128) return value;
  }
};
