import { Neighbours } from './neighbours.ts';

/** A round counts as quiet when others used less than this much of one core. */
const QUIET_CORES = 0.08;

export interface RunOptions {
  /** The shortest honest form is asked for. */
  readonly isQuick: boolean;
  /** How long a row may go on repeating rounds that others disturbed. */
  readonly patienceMs: number;
  readonly say: (progress: string) => void;
}

/** The measuring of one row: its rounds, and what others did to them. */
export class Run implements Disposable {
  readonly isQuick: boolean;
  readonly say: (progress: string) => void;
  readonly #patienceMs: number;
  readonly #whole = new Neighbours();
  readonly #told: string[] = [];
  #keptOthers: number | undefined;

  constructor({ isQuick, patienceMs, say }: RunOptions) {
    this.isQuick = isQuick;
    this.say = say;
    this.#patienceMs = patienceMs;
  }

  /** With what the row was measured, or what it had to leave out; stands beside its figures. */
  tell(condition: string): void {
    this.#told.push(condition);
  }

  get told(): readonly string[] {
    return this.#told;
  }

  /** Cores that others used: during the rounds that were kept, else during the whole row. */
  othersUsed(): number | undefined {
    return this.#keptOthers ?? this.#whole.coresUsed();
  }

  /**
   * So many rounds. On a machine that is shared, more are made while there is patience, and the quietest are kept: chosen by
   * what others used alone, never by what came out.
   */
  async rounds<Value>(count: number, once: () => Promise<Value>): Promise<readonly Value[]> {
    const made: { readonly value: Value; readonly others: number }[] = [];
    const deadline = performance.now() + this.#patienceMs;
    const quiet = (): number => made.filter(({ others }) => others <= QUIET_CORES).length;
    while (made.length < count || (quiet() < count && performance.now() < deadline)) {
      this.say(`round ${made.length + 1}, ${quiet()} of ${count} quiet so far`);
      using neighbours = new Neighbours();
      made.push({ value: await once(), others: neighbours.coresUsed() ?? 0 });
    }
    const kept = made.toSorted((a, b) => a.others - b.others).slice(0, count);
    this.#keptOthers = kept.reduce((sum, { others }) => sum + others, 0) / count;
    return kept.map(({ value }) => value);
  }

  [Symbol.dispose](): void {
    this.#whole[Symbol.dispose]();
  }
}
