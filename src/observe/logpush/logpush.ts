import { mkdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { replaceFile } from '../../files/index.ts';
import type { ObservePart } from '../part.ts';
import type { InvocationRecord } from '../record.ts';
import type { DestinationRules } from './destinations/index.ts';
import { keptFrom, type Kept } from './kept.ts';
import { FIRST_PAUSE_MS, Pusher } from './pusher.ts';
import { rowOf } from './row.ts';
import type { LogpushOrder, LogpushState, OrderedJob } from './wire.ts';

export interface LogpushOptions {
  /** Where rows wait to be sent. */
  readonly folder: string;
  /** Bytes that may wait, of all jobs together. */
  readonly spoolBytes: number;
  readonly rules: DestinationRules;
  readonly log: (detail: Readonly<Record<string, unknown>>, sentence: string) => void;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly firstPauseMs?: number;
}

/**
 * Sends invocations of Workers with `logpush = true` on, each job for itself. What to send it keeps on disk, where to in memory only:
 * after a start rows wait on disk until the control plane has told the destinations.
 */
export class Logpush implements ObservePart {
  readonly name = 'logpush';
  readonly routes: Hono;
  readonly #options: LogpushOptions;
  readonly #pushers = new Map<number, Pusher>();
  #scripts: ReadonlyMap<string, readonly string[]> = new Map();
  #revision: string | null = null;
  #hasEnabled = false;
  /** Orders are carried out one after the other. */
  #carryingOut: Promise<void> = Promise.resolve();

  constructor(options: LogpushOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const { jobs, scripts } = this.#kept();
    this.#scripts = new Map(Object.entries(scripts));
    for (const job of jobs) this.#pushers.set(job.id, this.#pusher(job));
    this.#hasEnabled = jobs.some(({ isEnabled }) => isEnabled);
    this.routes = new Hono()
      .get('/state', (c) => c.json(this.state()))
      .put('/order', async (c) => {
        await this.order(await c.req.json<LogpushOrder>());
        return c.json(this.state());
      });
  }

  wantsAll(script: string): boolean {
    return this.#hasEnabled && this.#scripts.has(script);
  }

  take(record: InvocationRecord): void {
    const tags = this.#scripts.get(record.script);
    if (tags === undefined || !this.#hasEnabled) return;
    const row = rowOf(record, tags);
    for (const pusher of this.#pushers.values()) pusher.take(record.id, row);
  }

  state(): LogpushState {
    const jobs = [...this.#pushers].map(([id, pusher]) => [String(id), pusher.status()] as const);
    return { revision: this.#revision, jobs: Object.fromEntries(jobs) };
  }

  /** Does as it is told from now on. A job that is not named any more ends, and what waited for it goes. */
  order(order: LogpushOrder): Promise<void> {
    this.#carryingOut = this.#carryingOut.catch(() => undefined).then(() => this.#carryOut(order));
    return this.#carryingOut;
  }

  async close(): Promise<void> {
    await this.#carryingOut.catch(() => undefined);
    await Promise.all([...this.#pushers.values()].map((pusher) => pusher.close({ isGone: false })));
  }

  /** What ends and what leads elsewhere comes first, and needs no room; then what may find a disk full, upon which it is told again. */
  async #carryOut({ revision, jobs, scripts }: LogpushOrder): Promise<void> {
    const named = new Set(jobs.map(({ id }) => id));
    const gone = [...this.#pushers].filter(([id]) => !named.has(id));
    for (const [id] of gone) this.#pushers.delete(id);
    for (const job of jobs) this.#pushers.get(job.id)?.order(job);
    this.#hasEnabled = jobs.some(({ isEnabled }) => isEnabled);
    this.#scripts = new Map(Object.entries(scripts));
    await Promise.all(gone.map(([, pusher]) => pusher.close({ isGone: true })));
    await this.#removeOthers(named);
    for (const job of jobs.filter(({ id }) => !this.#pushers.has(id))) {
      const pusher = this.#pusher(job);
      this.#pushers.set(job.id, pusher);
      pusher.order(job);
    }
    const kept: Kept = { jobs: jobs.map(({ id, plan, isEnabled }) => ({ id, plan, isEnabled })), scripts };
    await replaceFile(this.#keptFile(), JSON.stringify(kept));
    this.#revision = revision;
  }

  /** What jobs left that ended while this process was away. */
  async #removeOthers(named: ReadonlySet<number>): Promise<void> {
    const { folder } = this.#options;
    const others = (await readdir(folder)).filter((name) => /^\d+$/.test(name) && !named.has(Number(name)));
    for (const name of others) await rm(join(folder, name), { recursive: true, force: true });
  }

  #pusher(job: Pick<OrderedJob, 'id' | 'plan' | 'isEnabled'>): Pusher {
    const { id } = job;
    const { folder, rules, spoolBytes, log, now = Date.now, random = Math.random, firstPauseMs = FIRST_PAUSE_MS } = this.#options;
    // Each has its part, so that one whose destination is away takes no room from the others.
    const mostBytes = (): number => spoolBytes / Math.max(1, [...this.#pushers.values()].filter(({ isHolding }) => isHolding).length);
    return new Pusher({ id, folder: join(folder, String(id)), rules, mostBytes, now, random, log, firstPauseMs }, job);
  }

  #keptFile(): string {
    return join(this.#options.folder, 'order.json');
  }

  #kept(): Kept {
    try {
      return keptFrom(readFileSync(this.#keptFile(), 'utf8'));
    } catch (error) {
      const isNone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isNone) this.#options.log({ error: String(error) }, 'what Logpush was told before cannot be read; it is told anew');
      return { jobs: [], scripts: {} };
    }
  }
}
