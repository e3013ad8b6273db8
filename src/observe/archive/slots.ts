import { setImmediate as yielded } from 'node:timers/promises';
import type { Count } from '../report.ts';
import { isError } from '../words.ts';
import type { ArchiveFile } from './archive-file.ts';

/** Minutes that are added up beside the minutes themselves: a day of thousands of Workers is read at once. */
export const SLOT_MINUTES = 30;

const FAILED = `outcome not in ('ok', 'canceled', 'responseStreamDisconnected') or status >= 5`;

export const SLOTS_STEP = `create table slots (
     script text not null, slot integer not null, version text not null, requests integer not null, errors integer not null,
     primary key (script, slot, version)
   ) without rowid;
   create index slots_by_age on slots (slot);
   insert into slots (script, slot, version, requests, errors)
     select script, minute / 30, version, sum(requests), sum(case when ${FAILED} then requests else 0 end) from minutes group by 1, 2, 3`;

/** Scripts that are read before others get a turn. */
const SCRIPTS_AT_ONCE = 50;

/** What a version did, without how long it took. */
export interface VersionCounts {
  readonly versionId: string;
  readonly requests: number;
  readonly errors: number;
}

/** `since` and `until` are slots since 1970, those of `recent` minutes; the second of each is not included. */
export interface GlanceQuestion {
  readonly scripts: readonly string[];
  readonly since: number;
  readonly until: number;
  readonly recent: { readonly since: number; readonly until: number };
}

/** How one Worker does. */
export interface Glance {
  readonly script: string;
  /** With the requests of the recent minutes. */
  readonly versions: readonly (VersionCounts & { readonly recent: number })[];
  /** Requests of each slot from `since` on. */
  readonly series: readonly number[];
}

/** Minutes since 1970, the second not included. */
export interface CountsWindow {
  readonly script: string;
  readonly since: number;
  readonly until: number;
}

/** To be called in a transaction. */
export const addToSlots = (file: ArchiveFile, counts: readonly Count[]): void => {
  const sums = new Map<string, { readonly count: Count; requests: number; errors: number }>();
  for (const count of counts) {
    const key = `${slotOf(count.minute)} ${count.versionId} ${count.script}`;
    const sum = sums.get(key) ?? { count, requests: 0, errors: 0 };
    sum.requests += count.requests;
    if (isError(count.outcome, count.statusClass * 100)) sum.errors += count.requests;
    sums.set(key, sum);
  }
  const add = file.prepared(
    `insert into slots (script, slot, version, requests, errors) values (?, ?, ?, ?, ?)
     on conflict do update set requests = requests + excluded.requests, errors = errors + excluded.errors`,
  );
  for (const { count, requests, errors } of sums.values()) add.run(count.script, slotOf(count.minute), count.versionId, requests, errors);
};

/** To be called in a transaction: slots no minute of which is left. */
export const removeSlotsBefore = (file: ArchiveFile, minute: number): void => {
  file.prepared('delete from slots where slot < ?').run(slotOf(minute));
};

/** In the order of the scripts. Whatever runs beside it goes on between some of them. */
export const glancesAt = async (file: () => ArchiveFile, { scripts, ...times }: GlanceQuestion): Promise<readonly Glance[]> => {
  const glances: Glance[] = [];
  for (const [at, script] of scripts.entries()) {
    if (at % SCRIPTS_AT_ONCE === SCRIPTS_AT_ONCE - 1) await yielded();
    glances.push(glanceAt(file(), script, times));
  }
  return glances;
};

const glanceAt = (file: ArchiveFile, script: string, { since, until, recent }: Omit<GlanceQuestion, 'scripts'>): Glance => {
  const series = Array.from({ length: until - since }, () => 0);
  const counted = new Map<string, Omit<Glance['versions'][number], 'versionId'>>();
  // One row for each version: rows cost more than what is in them.
  const rows = file
    .prepared(
      `select version, sum(requests) as requests, sum(errors) as errors, json_group_array(slot) as slots, json_group_array(requests) as each
       from slots where script = ? and slot >= ? and slot < ? group by version`,
    )
    .all(script, since, until);
  for (const row of rows) {
    const { versionId, requests, errors } = countsFrom(row);
    const each = numbersIn(row['each']);
    for (const [at, slot] of numbersIn(row['slots']).entries()) series[slot - since] = (series[slot - since] ?? 0) + (each[at] ?? 0);
    counted.set(versionId, { requests, errors, recent: 0 });
  }
  for (const { versionId, requests } of minutesOf(file, { script, ...recent })) {
    counted.set(versionId, { ...(counted.get(versionId) ?? NOTHING), recent: requests });
  }
  return { script, series, versions: Array.from(counted, ([versionId, counts]) => Object.assign({ versionId }, counts)) };
};

const NOTHING = { requests: 0, errors: 0 };

const numbersIn = (json: unknown): readonly number[] => JSON.parse(String(json)) as readonly number[];

/** What each version of a Worker did in a window: whole slots, and the minutes at its ends. */
export const countsIn = (file: ArchiveFile, window: CountsWindow): readonly VersionCounts[] => {
  const { script, since, until } = window;
  const [first, last] = [Math.ceil(since / SLOT_MINUTES), Math.floor(until / SLOT_MINUTES)];
  if (first >= last) return minutesOf(file, window);
  const slots = file.prepared(
    'select version, sum(requests) as requests, sum(errors) as errors from slots where script = ? and slot >= ? and slot < ? group by version',
  );
  const parts = [
    ...minutesOf(file, { script, since, until: first * SLOT_MINUTES }),
    ...slots.all(script, first, last).map(countsFrom),
    ...minutesOf(file, { script, since: last * SLOT_MINUTES, until }),
  ];
  return Array.from(
    Map.groupBy(parts, ({ versionId }) => versionId),
    ([versionId, each]) => ({
      versionId,
      requests: each.reduce((sum, { requests }) => sum + requests, 0),
      errors: each.reduce((sum, { errors }) => sum + errors, 0),
    }),
  );
};

const minutesOf = (file: ArchiveFile, { script, since, until }: CountsWindow): readonly VersionCounts[] =>
  file
    .prepared(
      `select version, sum(requests) as requests, sum(case when ${FAILED} then requests else 0 end) as errors
       from minutes where script = ? and minute >= ? and minute < ? group by version`,
    )
    .all(script, since, until)
    .map(countsFrom);

const countsFrom = (row: Readonly<Record<string, unknown>>): VersionCounts => ({
  versionId: String(row['version']),
  requests: Number(row['requests']),
  errors: Number(row['errors']),
});

const slotOf = (minute: number): number => Math.floor(minute / SLOT_MINUTES);
