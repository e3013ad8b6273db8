import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that is soon full: tmpfs, which only root may mount. */
export class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'sb-disk-'));

  constructor(megabytes: number) {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path], { stdio: 'pipe' });
    } catch (error) {
      rmSync(this.path, { recursive: true });
      throw error;
    }
  }

  /** Whether this machine lets us: Linux, as root, in a container with the right to mount. */
  static get isPossible(): boolean {
    try {
      using _disk = new SmallDisk(1);
      return true;
    } catch {
      return false;
    }
  }

  /** Takes all the room that is left. */
  fill(): void {
    const file = openSync(this.#filler, 'w');
    try {
      for (let size = 1 << 20; size >= 1;) {
        try {
          if (writeSync(file, Buffer.alloc(size)) < size) size = Math.floor(size / 2);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          size = Math.floor(size / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filler);
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }

  [Symbol.dispose](): void {
    // Lazy: a process that is ending may have a file of it open for a moment.
    execFileSync('umount', ['--lazy', this.path]);
    rmSync(this.path, { recursive: true });
  }
}
