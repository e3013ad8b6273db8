import { worldFault, WorldFault } from '../../files/index.ts';
import type { Drops } from '../drops.ts';
import type { InvocationRecord } from '../record.ts';
import type { CollectRule, Count, EdgeReportOfUse } from '../report.ts';
import { isDamage } from './archive-file.ts';
import { isFailure, rowOf, type RecordRow } from './records.ts';
import { Stores, type StoresOptions } from './stores.ts';

/** A report waits so long for others: its edge waits for the answer. */
const REPORT_WAITS_MS = 20;
const RECORDS_WAIT_MS = 500;
/** How often it is looked whether there is too much. */
const TRIM_EVERY_MS = 250;
/** What is stored cannot be used: so often it is tried again. */
const AGAIN_AFTER_MS = 5_000;
/** Of records that are not written yet, of those that failed until their exceptions are grouped, and of counts that no edge has. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;
const MOST_THROWN = 4_000;
const MOST_COUNTS = 20_000;
/** What a record takes in memory beside its text. */
const ROW_BYTES = 400;
/** What one transaction writes: whoever asks something meanwhile waits for it. */
const WRITTEN_AT_ONCE = 2_000;
const GROUPED_FOR_MS = 25;

type Doing = 'opening' | 'counts' | 'records' | 'size' | 'reading';

interface Thrown {
  readonly record: InvocationRecord;
  /** Whether the record may be kept as what its group looks like. */
  readonly hasSample: boolean;
  readonly bytes: number;
}

interface WaitingReport {
  readonly report: EdgeReportOfUse;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

export interface ArchiveOptions extends Omit<StoresOptions, 'onForgottenGroup' | 'isDamaged'> {
  readonly drops: Drops;
  readonly ruleOf: (script: string) => CollectRule | undefined;
}

/**
 * What was observed, on disk, within its size. Writes are gathered and made together. Where the disk lets nothing be written it says
 * so, counts what is lost, refuses reports, which edges then keep, and goes on trying.
 */
export class Archive {
  readonly #options: ArchiveOptions;
  readonly #trimming: NodeJS.Timeout;
  #stores: Stores | undefined;
  /** Why something could not be done the last time, by what it was. */
  readonly #faults = new Map<Doing, string>();
  #reports: WaitingReport[] = [];
  #counts: Count[] = [];
  #thrown: Thrown[] = [];
  #records: RecordRow[] = [];
  /** When they are to be written, by the clock of `performance.now()`. */
  #recordsDueAt = 0;
  #waitingBytes = 0;
  #timer: { readonly at: number; readonly timeout: NodeJS.Timeout } | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#trimming = setInterval(() => this.#trim(), TRIM_EVERY_MS);
  }

  static async open(options: ArchiveOptions): Promise<Archive> {
    const archive = new Archive(options);
    await archive.#open(false);
    return archive;
  }

  /** What is stored. Throws a {@link WorldFault} where it cannot be read for now. */
  get stores(): Stores {
    if (this.#stores === undefined) throw new WorldFault(`What was observed cannot be read for now. ${this.#why}`.trimEnd());
    return this.#stores;
  }

  /** Rules that edges told before this start, so that nothing is lost until they tell them again. */
  get knownRules(): readonly (readonly [edge: string, rules: readonly CollectRule[]])[] {
    return this.#stores?.rules ?? [];
  }

  /** Resolves once the report is stored, by this call or by one before; throws where it cannot be. */
  takeReport(report: EdgeReportOfUse): Promise<void> {
    if (this.#stores === undefined) return Promise.reject(new WorldFault(`Nothing can be stored for now. ${this.#why}`.trimEnd()));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#reports.push({ report, stored: resolve, failed: reject });
    this.#writeWithin(REPORT_WAITS_MS);
    return promise;
  }

  /** Adds what no edge counts. */
  count(counts: readonly Count[]): void {
    const room = Math.max(0, MOST_COUNTS - this.#counts.length);
    this.#counts.push(...counts.slice(0, room));
    for (const { requests } of counts.slice(room)) this.#options.drops.add('counts_not_kept', requests);
    this.#writeWithin(RECORDS_WAIT_MS);
  }

  take(whole: InvocationRecord): void {
    const rule = this.#options.ruleOf(whole.script);
    const failed = isFailure(whole);
    const isKept = (rule?.isKept === true && whole.isSampled) || (rule?.isSplit === true && failed);
    if (!failed && !isKept) return;
    const hasRoom = this.#waitingBytes < MOST_WAITING_BYTES && this.#thrown.length < MOST_THROWN;
    if (this.#stores === undefined || !hasRoom) return this.#options.drops.add('records_not_written');
    const record = withoutQuery(whole);
    const row = rowOf(record);
    const bytes = row.text.length + ROW_BYTES;
    if (failed) this.#thrown.push({ record, hasSample: rule?.isKept === true || rule?.isSplit === true, bytes });
    if (isKept) {
      if (this.#records.length === 0) this.#recordsDueAt = performance.now() + RECORDS_WAIT_MS;
      this.#records.push(row);
    }
    this.#waitingBytes += bytes * (Number(failed) + Number(isKept));
    this.#writeWithin(RECORDS_WAIT_MS);
  }

  #writeWithin(ms: number): void {
    const at = performance.now() + ms;
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    clearTimeout(this.#timer?.timeout);
    this.#timer = { at, timeout: setTimeout(() => this.#write(), ms) };
  }

  /** Records wait for more of them, whatever else is written: together they take less time and room. */
  #write(isLast = false): void {
    clearTimeout(this.#timer?.timeout);
    this.#timer = undefined;
    const stores = this.#stores;
    if (stores === undefined) return;
    this.#writeCounts(stores);
    if (this.#stores !== undefined) this.#groupThrown(stores);
    const now = performance.now();
    if (isLast || now >= this.#recordsDueAt || this.#records.length >= WRITTEN_AT_ONCE) {
      this.#writeRecords(stores);
      this.#recordsDueAt = now + REPORT_WAITS_MS;
    }
    if (this.#thrown.length > 0) this.#writeWithin(REPORT_WAITS_MS);
    if (this.#records.length > 0) this.#writeWithin(Math.max(0, this.#recordsDueAt - now));
  }

  #writeCounts(stores: Stores): void {
    const [reports, counts] = [this.#reports, this.#counts];
    if (reports.length + counts.length === 0) return;
    [this.#reports, this.#counts] = [[], []];
    try {
      stores.changeCounts(() => {
        for (const { report } of reports) {
          stores.counts.addReport(report);
          if (report.rules !== undefined) stores.storeRules(report.edge, report.rules);
        }
        stores.counts.add(counts);
      });
      for (const { stored } of reports) stored();
      this.#worked('counts');
    } catch (error) {
      // An edge sends its counts again, and nobody these.
      this.count(counts);
      for (const { failed } of reports) failed(error);
      this.failed('counts', error);
    }
  }

  /** A little at once, apart from what edges wait for. */
  #groupThrown(stores: Stores): void {
    if (this.#thrown.length === 0) return;
    const enough = performance.now() + GROUPED_FOR_MS;
    let seen = 0;
    try {
      stores.changeCounts(() => {
        for (const { record, hasSample } of this.#thrown) {
          stores.exceptions.add(record, hasSample);
          seen += 1;
          if (performance.now() > enough) return;
        }
      });
      this.#worked('counts');
    } catch (error) {
      seen = this.#thrown.length;
      this.#options.drops.add('exceptions_not_grouped', seen);
      this.failed('counts', error);
    }
    for (const { bytes } of this.#thrown.splice(0, seen)) this.#waitingBytes -= bytes;
  }

  #writeRecords(stores: Stores): void {
    const records = this.#records.splice(0, WRITTEN_AT_ONCE);
    for (const { text } of records) this.#waitingBytes -= text.length + ROW_BYTES;
    if (records.length === 0 || this.#stores === undefined) return this.#options.drops.add('records_not_written', records.length);
    try {
      stores.changeRecords(() => stores.records.add(records));
      this.#worked('records');
    } catch (error) {
      this.#options.drops.add('records_not_written', records.length);
      this.failed('records', error);
    }
  }

  #trim(): void {
    try {
      this.#stores?.keepWithin();
      if (this.#stores !== undefined) this.#worked('size');
    } catch (error) {
      this.failed('size', error);
    }
  }

  /** Of whoever reads too. A full disk may get room, and what is stored can be read meanwhile; what is damaged has to be put aside. */
  failed(doing: Doing, error: unknown): void {
    const reason = worldFault(error) ?? String(error);
    const { log, dataDir } = this.#options;
    if (reason !== this.#faults.get(doing)) log({ error: reason, dataDir, doing }, `What is observed cannot be stored: ${reason}`);
    this.#faults.set(doing, reason);
    if (!isDamage(error) || this.#stores === undefined) return;
    this.#stores[Symbol.dispose]();
    this.#stores = undefined;
    void this.#open(true);
  }

  async #open(isDamaged: boolean): Promise<void> {
    try {
      const onForgottenGroup = (): void => this.#options.drops.add('exceptions_not_grouped');
      const stores = await Stores.open({ ...this.#options, onForgottenGroup, isDamaged });
      if (this.#isClosed) return stores[Symbol.dispose]();
      this.#stores = stores;
      for (const doing of this.#faults.keys()) this.#worked(doing);
      this.#writeWithin(0);
    } catch (error) {
      this.failed('opening', error);
      if (!this.#isClosed) this.#again = setTimeout(() => void this.#open(isDamaged), AGAIN_AFTER_MS);
    }
  }

  #worked(doing: Doing): void {
    if (this.#faults.delete(doing)) this.#options.log({ doing }, 'What is observed can be stored again.');
  }

  get #why(): string {
    return [...this.#faults.values()].at(-1) ?? '';
  }

  async close(): Promise<void> {
    clearInterval(this.#trimming);
    this.#write(true);
    while (this.#stores !== undefined && this.#thrown.length > 0) this.#groupThrown(this.#stores);
    while (this.#stores !== undefined && this.#records.length > 0) this.#writeRecords(this.#stores);
    clearTimeout(this.#timer?.timeout);
    clearTimeout(this.#again);
    this.#isClosed = true;
    this.#stores?.[Symbol.dispose]();
    this.#stores = undefined;
  }
}

/** What visitors put in queries is theirs, and may be secret: it is shown as it happens, and never kept. */
const withoutQuery = (record: InvocationRecord): InvocationRecord => {
  const { request } = (record.event ?? {}) as { readonly request?: { readonly url?: unknown } | null };
  const query = typeof request?.url === 'string' ? request.url.indexOf('?') : -1;
  if (query === -1) return record;
  return { ...record, event: { ...record.event, request: { ...request, url: String(request?.url).slice(0, query) } } };
};
