import type { ArchiveFile } from './archive-file.ts';

export interface KnownGroup {
  readonly id: number;
  hasSample: boolean;
}

/** Workers of which the groups are in memory. */
const MOST_SCRIPTS = 200;
/** Of one Worker in a second: code that throws something else each time is no reason to write all the time. */
const NEW_A_SECOND = 20;

/** Which groups of exceptions there are, so that one that is unlike all others is known as that without asking the disk. */
export class KnownGroups {
  readonly #file: ArchiveFile;
  readonly #byScript = new Map<string, Map<string, KnownGroup>>();
  readonly #made = new Map<string, number>();
  #second = 0;

  constructor(file: ArchiveFile) {
    this.#file = file;
  }

  /** By their fingerprints; whoever stores or removes one says so here. */
  of(script: string): Map<string, KnownGroup> {
    const known = this.#byScript.get(script) ?? this.#stored(script);
    this.#byScript.delete(script);
    this.#byScript.set(script, known);
    const [oldest] = this.#byScript.keys();
    if (this.#byScript.size > MOST_SCRIPTS && oldest !== undefined) this.#byScript.delete(oldest);
    return known;
  }

  /** Whether a Worker may have one more now. */
  admits(script: string): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) this.#made.clear();
    this.#second = second;
    const made = (this.#made.get(script) ?? 0) + 1;
    if (made > NEW_A_SECOND) return false;
    this.#made.set(script, made);
    return true;
  }

  forget(): void {
    this.#byScript.clear();
  }

  #stored(script: string): Map<string, KnownGroup> {
    const rows = this.#file.prepared('select id, fingerprint, length(sample) > 0 as sampled from exceptions where script = ?').all(script);
    return new Map(rows.map((row) => [String(row['fingerprint']), { id: Number(row['id']), hasSample: row['sampled'] === 1 }]));
  }
}
