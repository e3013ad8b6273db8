import sketches from '@datadog/sketches-js';

/** Quantiles are within this share of the truth. */
const RELATIVE_ACCURACY = 0.01;

const MAPPING = new sketches.DDSketch({ relativeAccuracy: RELATIVE_ACCURACY }).mapping;

/** A sketch as data. */
export interface SketchBins {
  /** Of each bin that holds values its key, then how many: `[12, 5, 13, 1]`. */
  readonly bins: readonly number[];
  /** How many values were too small for any bin. */
  readonly zeros: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Many values in little room, of which quantiles are known to 1 % (DDSketch, https://arxiv.org/abs/1908.10693). Merging two gives
 * what one would have that had seen all the values.
 */
export class Sketch {
  /** About how large the values of a bin are. */
  static readonly valueOfBin = (key: number): number => MAPPING.value(key);

  readonly #sketch = new sketches.DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

  get count(): number {
    return this.#sketch.count;
  }

  get sum(): number {
    return this.#sketch.sum;
  }

  /** What is below 0 counts as 0: clocks may step back. */
  accept(value: number): void {
    this.#sketch.accept(Math.max(0, value));
  }

  add({ bins, zeros, sum, min, max }: SketchBins): void {
    const sketch = this.#sketch;
    let added = zeros;
    for (let at = 0; at + 1 < bins.length; at += 2) {
      const count = bins[at + 1] ?? 0;
      sketch.store.add(bins[at] ?? 0, count);
      added += count;
    }
    if (added === 0) return;
    sketch.zeroCount += zeros;
    sketch.count += added;
    sketch.sum += sum;
    sketch.min = Math.min(sketch.min, min);
    sketch.max = Math.max(sketch.max, max);
  }

  /** Undefined where there are no values. */
  quantile(share: number): number | undefined {
    return this.#sketch.count === 0 ? undefined : this.#sketch.getValueAtQuantile(share);
  }

  /** How many values there are of about each size, the smallest first. */
  buckets(): { readonly value: number; readonly count: number }[] {
    const { zeroCount, mapping } = this.#sketch;
    const buckets = zeroCount === 0 ? [] : [{ value: 0, count: zeroCount }];
    this.#eachBin((key, count) => buckets.push({ value: mapping.value(key), count }));
    return buckets;
  }

  toBins(): SketchBins {
    const { zeroCount: zeros, sum, min, max, count } = this.#sketch;
    const bins: number[] = [];
    this.#eachBin((key, bin) => bins.push(key, bin));
    return { bins, zeros, sum, min: count === 0 ? 0 : min, max: count === 0 ? 0 : max };
  }

  #eachBin(visit: (key: number, count: number) => void): void {
    const { bins, offset } = this.#sketch.store;
    for (let at = 0; at < bins.length; at += 1) {
      const count = bins[at] ?? 0;
      if (count > 0) visit(at + offset, count);
    }
  }
}
