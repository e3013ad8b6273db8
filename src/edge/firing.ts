import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Firing } from '../domain/index.ts';
import { replaceFile } from '../files/index.ts';
import { messageOf, type Log } from './log.ts';

/** How long an edge fires on without the control plane where others may take its place; they take it after twice that. */
const WITHOUT_CONTROL_MS = 30_000;

interface Kept {
  readonly firing: Firing;
  /** Up to when ticks were fired. */
  readonly until: number | undefined;
}

/** Whether this edge fires crons, and how far it has; both are there again after a restart. */
export class FiringOffice {
  readonly #path: string;
  readonly #log: Log;
  #kept: Kept;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, log: Log, kept: Kept) {
    this.#path = path;
    this.#log = log;
    this.#kept = kept;
  }

  static async open(folder: string, log: Log): Promise<FiringOffice> {
    const path = join(folder, 'crons.json');
    const text = await readFile(path, 'utf8').catch(() => '{}');
    return new FiringOffice(path, log, keptFrom(text));
  }

  get until(): number | undefined {
    return this.#kept.until;
  }

  /** Whether it has the office, be it allowed to act at the moment or not. */
  get isHeld(): boolean {
    return this.#kept.firing !== 'never';
  }

  /** `heardAt`: when the control plane last said something. */
  mayFire(heardAt: number): boolean {
    const { firing } = this.#kept;
    return firing === 'always' || (firing === 'while_connected' && Date.now() - heardAt < WITHOUT_CONTROL_MS);
  }

  become(firing: Firing): void {
    if (firing !== this.#kept.firing) void this.#keep({ ...this.#kept, firing });
  }

  markFired(until: number): Promise<void> {
    return this.#keep({ ...this.#kept, until });
  }

  async written(): Promise<void> {
    await this.#writing;
  }

  /** A disk that takes nothing holds up no cron: at worst one is fired again after a restart. */
  #keep(kept: Kept): Promise<void> {
    this.#kept = kept;
    this.#writing = this.#writing
      .then(() => replaceFile(this.#path, JSON.stringify(kept)))
      .catch((error: unknown) =>
        this.#log.warn({ path: this.#path, error: messageOf(error) }, 'What was fired could not be written down.'),
      );
    return this.#writing;
  }
}

/** An edge that was told nothing takes itself for the only one. A damaged file says nothing. */
const keptFrom = (text: string): Kept => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { firing, until } = (typeof value === 'object' && value !== null ? value : {}) as { firing?: unknown; until?: unknown };
  return {
    firing: firing === 'never' || firing === 'while_connected' ? firing : 'always',
    until: typeof until === 'number' ? until : undefined,
  };
};
