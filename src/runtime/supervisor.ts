import type { ProcessReport, VersionSpec } from '../domain/index.ts';
import { backOffMs, DEFAULT_LIFECYCLE, nextStep, STEADY_AFTER_MS, type LifecycleSettings, type Situation } from './lifecycle.ts';
import { reportOf, type Entry, type Told } from './entry.ts';
import { StartFailure } from './start-failure.ts';
import { Turns } from './turns.ts';
import { verifiedModules, type VerifiedModules } from './verified-modules.ts';
import { VersionProcess, type DrainOptions, type RunningVersion } from './version-process.ts';
import { describeEnding } from './child.ts';

export interface SupervisorSettings extends LifecycleSettings {
  /** How many processes may be starting at the same time. */
  readonly startsAtOnce: number;
  /** Above the trial's limit: a version that passed it must not fail on a busier day. */
  readonly startupCpuMs: number;
  readonly startupDeadlineMs: number;
  readonly heapLimitMb: number;
  /** How long a process that is being stopped may finish its requests. */
  readonly drainDeadlineMs: number;
  readonly killAfterMs: number;
  readonly deniedNetworks: readonly string[];
}

export const DEFAULT_SETTINGS: SupervisorSettings = {
  ...DEFAULT_LIFECYCLE,
  startsAtOnce: 4,
  startupCpuMs: 3000,
  startupDeadlineMs: 30_000,
  heapLimitMb: 128,
  drainDeadlineMs: 60_000,
  killAfterMs: 5000,
  deniedNetworks: [],
};

export interface SupervisorOptions {
  readonly runtimeDir: string;
  readonly loadSpec: (versionId: string) => Promise<VersionSpec>;
  readonly modules: VerifiedModules;
  readonly settings?: Partial<SupervisorSettings>;
  /** What happened to a version, for the log. */
  readonly log: (event: { readonly versionId: string; readonly message: string }) => void;
  /** A version's console, line by line. */
  readonly onConsole?: (versionId: string, line: string) => void;
  /** Some process changed its state: there is something new to report. */
  readonly onChange: () => void;
}

/**
 * Runs versions, each in its own process: starts one when asked, keeps what is needed, stops what is not, and replaces
 * what crashed, hangs or grew too large. What to do when is decided in lifecycle.ts; here it is done.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #settings: SupervisorSettings;
  readonly #turns: Turns;
  readonly #closing = new AbortController();
  readonly #entries = new Map<string, Entry>();
  /** The entries that are ready: one lookup for each request. */
  readonly #ready = new Map<string, VersionProcess>();
  readonly #draining = new Map<VersionProcess, Promise<void>>();
  #active: ReadonlySet<string> = new Set();
  #scripts: ReadonlyMap<string, string> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#turns = new Turns(this.#settings.startsAtOnce);
  }

  running(versionId: string): RunningVersion | undefined {
    return this.#ready.get(versionId);
  }

  /** The version once it answers. Calls for one version share one start. Throws {@link StartFailure}. */
  async start(versionId: string): Promise<RunningVersion> {
    const entry = this.#entries.get(versionId);
    switch (entry?.state) {
      case 'ready':
        return entry.process;
      case 'starting':
        return entry.started;
      case 'backing_off':
        if (Date.now() < entry.retryAt) throw backingOff(entry);
    }
    return this.#begin(versionId);
  }

  /** Makes these ready, and answers for each whether it is. */
  async warm(versionIds: readonly string[]): Promise<Map<string, 'ready' | StartFailure>> {
    const warmed = versionIds.map(async (versionId) => {
      const outcome = await this.start(versionId).then(() => 'ready' as const, asStartFailure);
      return [versionId, outcome] as const;
    });
    return new Map(await Promise.all(warmed));
  }

  /** Which versions are in active deployments (`scripts`: of which Worker each is, for the reports). Started by their first request. */
  want({ active, scripts }: { readonly active: ReadonlySet<string>; readonly scripts?: ReadonlyMap<string, string> }): void {
    this.#active = active;
    this.#scripts = scripts ?? this.#scripts;
    this.#look();
  }

  states(): ProcessReport[] {
    const scriptOf = (versionId: string) => this.#scripts.get(versionId) ?? '';
    const cold = [...this.#active].filter((versionId) => !this.#entries.has(versionId));
    return [
      ...[...this.#entries].map(([versionId, entry]) => reportOf(versionId, entry, scriptOf(versionId))),
      ...cold.map((versionId): ProcessReport => ({ versionId, script: scriptOf(versionId), state: 'cold', restarts: 0 })),
      ...[...this.#draining.keys()].map(({ versionId, spec, pid }): ProcessReport => ({
        versionId,
        script: spec.script,
        state: 'draining',
        pid,
        restarts: 0,
      })),
    ];
  }

  /** Starts nothing more and drains all there is, within the settings' limits or tighter ones. */
  async close(limits: Partial<DrainOptions> = {}): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    const starting = [...this.#entries.values()].flatMap((entry) => (entry.state === 'starting' ? [entry.started] : []));
    await Promise.allSettled(starting);
    for (const process of this.#ready.values()) this.#drain(process, limits);
    await Promise.all(this.#draining.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(versionId: string): Promise<VersionProcess> {
    const told = toldOf(this.#entries.get(versionId));
    const started = this.#turns
      .take(() => this.#launch(versionId))
      .then(
        (process) => this.#becameReady(process, told),
        (failure: unknown) => this.#failed(versionId, asStartFailure(failure), told),
      );
    this.#enter(versionId, { state: 'starting', started, ...told });
    return started;
  }

  async #launch(versionId: string): Promise<VersionProcess> {
    const { runtimeDir, loadSpec, modules, onConsole } = this.#options;
    this.#closing.signal.throwIfAborted();
    const spec = await loadSpec(versionId);
    return VersionProcess.start(spec, {
      ...this.#settings,
      runtimeDir,
      modulePath: await verifiedModules(spec, modules),
      signal: this.#closing.signal,
      ...(onConsole === undefined ? {} : { onLog: (line: string) => onConsole(versionId, line) }),
    });
  }

  #becameReady(process: VersionProcess, told: Told): VersionProcess {
    this.#ready.set(process.versionId, process);
    this.#enter(process.versionId, { state: 'ready', process, ...told });
    void process.exited.then((ending) => this.#ended(process, `Its process ${describeEnding(ending)}.`));
    this.#look();
    return process;
  }

  #failed(versionId: string, failure: StartFailure, told: Told): never {
    if (failure.kind === 'stopped') this.#entries.delete(versionId);
    else this.#backOff(versionId, failure.message, { ...told, failures: told.failures + 1 });
    throw failure;
  }

  /** A process we are draining ends as it should; any other end is a crash, and costs nobody but its own requests. */
  #ended(process: VersionProcess, reason: string): void {
    const entry = this.#entries.get(process.versionId);
    if (entry?.state !== 'ready' || entry.process !== process) return;
    this.#ready.delete(process.versionId);
    const wasSteady = Date.now() - process.readyAt >= STEADY_AFTER_MS;
    this.#backOff(process.versionId, reason, { failures: wasSteady ? 1 : entry.failures + 1, restarts: entry.restarts + 1 });
  }

  #backOff(versionId: string, reason: string, told: Told): void {
    this.#options.log({ versionId, message: reason });
    this.#enter(versionId, { state: 'backing_off', reason, retryAt: Date.now() + backOffMs(told.failures), ...told });
    this.#look();
  }

  #enter(versionId: string, entry: Entry): void {
    this.#entries.set(versionId, entry);
    this.#options.onChange();
  }

  /** Looks at every process, does what its situation asks for, and comes back when the earliest of them wants it. */
  #look(): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    const now = Date.now();
    let lookAgainAt = Infinity;
    for (const [versionId, entry] of this.#entries) {
      const situation = situationOf(entry, this.#active.has(versionId));
      if (situation === undefined) continue;
      const step = nextStep(situation, this.#settings, now);
      if (step.act === 'wait') lookAgainAt = Math.min(lookAgainAt, step.lookAgainAt);
      if (step.act === 'start') this.#begin(versionId).catch(() => undefined);
      if (step.act === 'forget') this.#entries.delete(versionId);
      if (entry.state !== 'ready') continue;
      if (step.act === 'drain') this.#drain(entry.process);
      if (step.act === 'replace') this.#replace(entry.process, step.reason);
      if (step.act === 'wait' && entry.process.inFlight > 0) entry.process.pulse.ask(now);
    }
    if (lookAgainAt === Infinity) return;
    this.#timer = setTimeout(() => this.#look(), Math.max(MOST_OFTEN_MS, lookAgainAt - now));
    this.#timer.unref();
  }

  #drain(process: VersionProcess, sooner: Partial<DrainOptions> = {}): void {
    this.#ready.delete(process.versionId);
    this.#entries.delete(process.versionId);
    const { waitUntilGraceMs, drainDeadlineMs: deadlineMs, killAfterMs } = this.#settings;
    const drained = process.drain({ waitUntilGraceMs, deadlineMs, killAfterMs, ...sooner }).finally(() => {
      this.#draining.delete(process);
      this.#options.onChange();
    });
    this.#draining.set(process, drained);
    this.#options.onChange();
  }

  #replace(process: VersionProcess, reason: string): void {
    process.kill();
    this.#ended(process, reason);
  }
}

/** A step that is due at once still leaves room for everything else. */
const MOST_OFTEN_MS = 5;

const situationOf = (entry: Entry, isActive: boolean): Situation | undefined => {
  switch (entry.state) {
    case 'starting':
      return undefined;
    case 'backing_off':
      return { state: 'backing_off', isActive, retryAt: entry.retryAt };
    case 'ready': {
      const { inFlight, idleSince, pulse } = entry.process;
      return {
        state: 'ready',
        isActive,
        inFlight,
        idleSince,
        unansweredSince: pulse.unansweredSince,
        residentBytes: entry.process.residentBytes(),
      };
    }
  }
};

const toldOf = (entry: Entry | undefined): Told => ({ failures: entry?.failures ?? 0, restarts: entry?.restarts ?? 0 });

const backingOff = (entry: Extract<Entry, { state: 'backing_off' }>): StartFailure => {
  const retryAfterMs = entry.retryAt - Date.now();
  return new StartFailure(
    'backing_off',
    `It failed ${entry.failures} times in a row and is tried again in ${Math.ceil(retryAfterMs / 1000)} s. ${entry.reason}`,
    { retryAfterMs },
  );
};

const asStartFailure = (failure: unknown): StartFailure => {
  if (failure instanceof StartFailure) return failure;
  if (failure instanceof Error && failure.name === 'AbortError') return new StartFailure('stopped', 'The edge is shutting down.');
  return new StartFailure('not_started', failure instanceof Error ? failure.message : String(failure), { cause: failure });
};
