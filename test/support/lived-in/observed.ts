import { join } from 'node:path';
import { Archive } from '../../../src/observe/archive/archive.ts';
import { rowOf } from '../../../src/observe/archive/records.ts';
import { Drops } from '../../../src/observe/drops.ts';
import type { Count, CpuCount, InvocationRecord } from '../../../src/observe/index.ts';
import { aRecord, aReport } from '../../../src/observe/testing.ts';
import { chance, type Chance } from './chance.ts';
import { SpreadOfTimes } from './spread-of-times.ts';
import { LOADS, type Fault, type Load } from './loads.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAYS_OBSERVED = 5;
/** What is older was observed at one minute of ten, for ten: nobody looks closer, and it takes a tenth of the time to make. */
const CLOSE_MINUTES = 26 * HOUR_MINUTES;
const COARSE = 10;
/** As far back as the overview looks; each failure is a record to be made. */
const FAILURES_MINUTES = 8.5 * HOUR_MINUTES;
/** The shop does not stand still while its pictures are taken. */
const AHEAD_MINUTES = 30;
const SHARE_OF_4XX = 0.021;
const AT_ONCE = 2_000;

/** Which version served how much from when on, newest first. */
export interface Served {
  readonly from: number;
  readonly shares: readonly { readonly id: string; readonly number: number; readonly share: number }[];
}

/** Writes what an observe process would have written about each Worker, by its own archive. */
export const observe = async (data: string, now: number, served: ReadonlyMap<string, readonly Served[]>): Promise<void> => {
  const archive = await Archive.open({
    dataDir: join(data, 'observe'),
    mostBytes: 2048 * 1024 * 1024,
    drops: new Drops(),
    log: () => {},
    ruleOf: () => undefined,
  });
  try {
    for (const load of LOADS) await observeOne(archive, load, served.get(load.script) ?? [], Math.floor(now / MINUTE_MS));
  } finally {
    await archive.close();
  }
};

interface Slice {
  readonly minute: number;
  /** Minutes that it stands for. */
  readonly minutes: number;
  readonly id: string;
  readonly number: number;
  readonly requests: number;
}

const observeOne = async (archive: Archive, load: Load, served: readonly Served[], nowMinute: number): Promise<void> => {
  const random = chance(load.script);
  const times = new SpreadOfTimes(random);
  const counts: Count[] = [];
  const cpu: CpuCount[] = [];
  const thrown: InvocationRecord[] = [];
  const kept: InvocationRecord[] = [];
  const due = dueFaults(random);
  for (const slice of slicesOf(load, served, nowMinute, random)) {
    const { minute, id: versionId, number, requests } = slice;
    const base = { minute, script: load.script, versionId, kind: load.kind ?? 'fetch' } as const;
    const faults = load.faults.map((fault) => ({ fault, times: due(fault, number, requests) }));
    const failed = Math.min(
      requests,
      faults.reduce((sum, each) => sum + each.times, 0),
    );
    const refused = load.kind === undefined ? random.about((requests - failed) * SHARE_OF_4XX) : 0;
    const speed = load.speed(number);
    const parts = [
      { statusClass: load.kind === undefined ? 2 : 0, outcome: 'ok', requests: requests - failed - refused },
      { statusClass: 4, outcome: 'ok', requests: refused },
      { statusClass: load.kind === undefined ? 5 : 0, outcome: 'exception', requests: failed },
    ] as const;
    for (const part of parts) if (part.requests > 0) counts.push({ ...base, ...part, latency: times.of(speed, part.requests) });
    cpu.push({ minute, script: load.script, versionId, cpuMs: requests * speed.cpuMs });
    if (minute < nowMinute && minute >= nowMinute - FAILURES_MINUTES) thrown.push(...failures(load, slice, faults, random));
    if (minute < nowMinute && minute >= nowMinute - 2 * HOUR_MINUTES) kept.push(...successes(load, slice, random));
  }
  for (let at = 0; at < counts.length; at += AT_ONCE) {
    const part = { boot: `past ${load.script}`, sequence: at, counts: counts.slice(at, at + AT_ONCE), cpu: at === 0 ? cpu : [] };
    await archive.takeReport(aReport(part));
  }
  for (let at = 0; at < thrown.length; at += AT_ONCE) {
    archive.stores.changeCounts(() => thrown.slice(at, at + AT_ONCE).forEach((record) => archive.stores.exceptions.add(record, true)));
  }
  const records = [...thrown.slice(-KEPT_FAILURES), ...kept].toSorted((one, other) => one.at - other.at);
  archive.stores.changeRecords(() => archive.stores.records.add(records.map(rowOf)));
};

const KEPT_FAILURES = 150;

/** What is rare comes as often as it should also in the minutes of a version that gets few requests: what was not due yet is so later. */
const dueFaults = (random: Chance) => {
  const owed = new Map<string, number>();
  return ({ name, perTenThousand }: Fault, version: number, requests: number): number => {
    const key = `${name} ${version}`;
    const due = (owed.get(key) ?? random.next()) + requests * (perTenThousand(version) / 10_000) * (0.6 + 0.8 * random.next());
    const times = due < 20 ? Math.floor(due) : random.about(due);
    owed.set(key, Math.max(0, due - times));
    return times;
  };
};

const slicesOf = function* (load: Load, served: readonly Served[], nowMinute: number, random: Chance): Generator<Slice> {
  const first = nowMinute - DAYS_OBSERVED * 24 * HOUR_MINUTES;
  const close = nowMinute - CLOSE_MINUTES;
  const nowCurve = curve(load, 0);
  for (let minute = first - (first % COARSE); minute <= nowMinute + AHEAD_MINUTES; minute += minute < close ? COARSE : 1) {
    const minutes = minute < close ? COARSE : 1;
    const shares = served.find(({ from }) => from <= minute * MINUTE_MS)?.shares ?? [];
    const rate = load.perMinute * minutes * (curve(load, minute - nowMinute) / nowCurve) * (0.97 + 0.06 * random.next());
    for (const { id, number, share } of shares) {
      const requests = random.about(rate * share);
      if (requests > 0) yield { minute, minutes, id, number, requests };
    }
  }
};

/** It is always early in the afternoon, whenever the pictures are taken. */
const HOUR_OF_NOW = 14.6;

/** More at the peak of the day than at night; by minutes from now. */
const curve = ({ peakHour = 15, swing = 0.45 }: Load, minute: number): number =>
  1 + swing * Math.cos(((minute / HOUR_MINUTES + HOUR_OF_NOW - peakHour) / 24) * 2 * Math.PI);

type Faults = readonly { readonly fault: Fault; readonly times: number }[];

const failures = (load: Load, slice: Slice, faults: Faults, random: Chance): InvocationRecord[] =>
  faults.flatMap(({ fault, times }) =>
    Array.from({ length: times }, () => {
      const record = invocation(load, slice, random);
      const { name, message, frame } = fault;
      const exception = { name, message, stack: `${name}: ${message}\n    at ${frame}`, timestamp: record.at + 12 };
      return { ...record, ...answered(record, 500), outcome: 'exception' as const, exceptions: [exception] };
    }),
  );

/** Some of each minute, as sampling keeps them. */
const successes = (load: Load, slice: Slice, random: Chance): InvocationRecord[] =>
  Array.from({ length: Math.min(2, slice.requests) }, () => {
    const record = invocation(load, slice, random);
    const logs = load.logs.map((message) => ({ message: [message(random)], level: 'log' as const, timestamp: record.at + 3 }));
    return { ...record, ...answered(record, 200), logs };
  });

const invocation = (load: Load, { minute, id, number }: Slice, random: Chance): InvocationRecord => {
  const at = minute * MINUTE_MS + Math.floor(random.next() * MINUTE_MS);
  const path = load.paths[Math.floor(random.next() * load.paths.length)] ?? '/';
  const { median, p99 } = load.speed(number);
  const wallMs = Math.round(10 * (median + (p99 - median) * random.next() ** 6)) / 10;
  const isFetch = load.kind === undefined;
  return aRecord({
    id: `${random.hex(16)}-TXL`,
    at,
    script: load.script,
    version: { id },
    kind: load.kind ?? 'fetch',
    wallMs,
    cpuMs: load.speed(number).cpuMs,
    ...(isFetch
      ? { method: 'GET', url: `${load.host}${path}`, clientIp: `203.0.113.${1 + Math.floor(random.next() * 250)}`, why: 'random' }
      : {}),
    event: isFetch
      ? { request: { url: `https://${load.host}${path}`, method: 'GET', headers: { host: load.host, accept: '*/*' } } }
      : { cron: '0 2 * * *', scheduledTime: at },
  });
};

const answered = ({ kind, event }: InvocationRecord, status: number): Partial<InvocationRecord> =>
  kind === 'fetch' ? { status, event: { ...event, response: { status } } } : {};
