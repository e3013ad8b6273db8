import { Sketch, type SketchBins } from '../../../src/observe/index.ts';
import type { Chance } from './chance.ts';

/** How long a version takes, in milliseconds. */
export interface Speed {
  readonly median: number;
  readonly p99: number;
  readonly cpuMs: number;
}

const STRATA = 48;
const VARIANTS = 32;

/** Sketches of as many times as are asked for, spread as times of answers are (log-normal), without drawing each of millions. */
export class SpreadOfTimes {
  readonly #random: Chance;
  /** Of one value from each of equal strata. */
  readonly #variants = new Map<string, readonly SketchBins[]>();

  constructor(random: Chance) {
    this.#random = random;
  }

  of(speed: Speed, count: number): SketchBins {
    const whole = new Sketch();
    const times = Math.floor(count / STRATA);
    const variants = this.#of(speed);
    const variant = variants[Math.floor(this.#random.next() * variants.length)];
    if (times > 0 && variant !== undefined) {
      const { bins, sum, ...rest } = variant;
      whole.add({ ...rest, sum: sum * times, bins: bins.map((value, index) => (index % 2 === 0 ? value : value * times)) });
    }
    for (let left = count % STRATA; left > 0; left -= 1) whole.accept(quantile(speed, this.#random.next()));
    return whole.toBins();
  }

  #of(speed: Speed): readonly SketchBins[] {
    const key = JSON.stringify(speed);
    const known = this.#variants.get(key);
    if (known !== undefined) return known;
    const made = Array.from({ length: VARIANTS }, () => {
      const sketch = new Sketch();
      for (let stratum = 0; stratum < STRATA; stratum += 1) sketch.accept(quantile(speed, (stratum + this.#random.next()) / STRATA));
      return sketch.toBins();
    });
    this.#variants.set(key, made);
    return made;
  }
}

/** How many standard deviations the 99th percentile is from the median. */
const P99_DEVIATIONS = 2.326;

const quantile = ({ median, p99 }: Speed, share: number): number =>
  median * Math.exp((Math.log(p99 / median) / P99_DEVIATIONS) * deviations(Math.min(0.9999, Math.max(0.0001, share))));

/** The quantile of a normal distribution to 5 parts in 10,000 (Abramowitz and Stegun, 26.2.23). */
const deviations = (share: number): number => {
  const tail = Math.sqrt(-2 * Math.log(Math.min(share, 1 - share)));
  const value =
    tail - (2.515517 + 0.802853 * tail + 0.010328 * tail ** 2) / (1 + 1.432788 * tail + 0.189269 * tail ** 2 + 0.001308 * tail ** 3);
  return share < 0.5 ? -value : value;
};
