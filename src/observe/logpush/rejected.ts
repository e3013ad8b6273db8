import { readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What no destination would take, kept for somebody to look at: the oldest goes where it becomes too much. */
export class Rejected {
  readonly #folder: string;
  #bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.look();
  }

  /** Of what is there since it was last looked. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Looks what is there: whoever has read it removes it. */
  look(): void {
    try {
      this.#bytes = readdirSync(this.#folder).reduce((sum, name) => sum + statSync(join(this.#folder, name)).size, 0);
    } catch {
      // Nothing was ever rejected, or it is being removed.
      this.#bytes = 0;
    }
  }

  async take(path: string, mostBytes: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await rename(path, join(this.#folder, basename(path)));
    let rest = mostBytes;
    // Their names begin with their numbers.
    for (const name of (await readdir(this.#folder)).toSorted().toReversed()) {
      rest -= (await stat(join(this.#folder, name))).size;
      if (rest < 0) await rm(join(this.#folder, name), { recursive: true, force: true });
    }
    this.look();
  }
}
