import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessReport, VersionSpec } from '../domain/index.ts';
import { afterFailure, backOffMs, type BreakerSettings } from './breaker.ts';
import { BusyWatch } from './busy-watch.ts';
import { describeEnding } from './child.ts';
import { hearing, type Said } from './console.ts';
import { backingOff, reportOf, situationOf, toldOf, type Entry, type Told } from './entry.ts';
import { nextStep, surplusOf, type Step, type Warm } from './lifecycle.ts';
import { ObjectFolder, storedNamespaces } from './object-folder.ts';
import { ObjectOwners } from './object-owners.ts';
import { namespacesOf, ownsObjects } from './object-plan.ts';
import { DEFAULT_SETTINGS, type SupervisorSettings } from './settings.ts';
import { asStartFailure, StartFailure, Superseded } from './start-failure.ts';
import { Turns } from './turns.ts';
import { verifiedModules, type VerifiedModules } from './verified-modules.ts';
import { VersionProcess, type DrainOptions, type RunningVersion } from './version-process.ts';

/** As people and programs know a version; the Worker is empty where no deployment names the version. */
export interface VersionName {
  readonly script: string;
  readonly versionId: string;
}

export interface SupervisorOptions {
  readonly runtimeDir: string;
  readonly loadSpec: (versionId: string) => Promise<VersionSpec>;
  readonly modules: VerifiedModules;
  readonly settings?: Partial<SupervisorSettings>;
  /** What happened to a version, for the log. */
  readonly log: (event: VersionName & { readonly message: string }) => void;
  /** A version's output, line by line. */
  readonly onConsole?: (version: VersionName, said: Said) => void;
  /** Some process changed its state: there is something new to report. */
  readonly onChange: () => void;
}

/** What deployments ask of the supervisor. */
export interface Wanted {
  readonly active: ReadonlySet<string>;
  /** Of which Worker each of them is, for the reports. */
  readonly scripts?: ReadonlyMap<string, string>;
  /** The one version of each Worker that owns Durable Objects: it runs while it is active, for the alarms and WebSockets of its objects. */
  readonly owners?: ReadonlyMap<string, string>;
}

/**
 * Runs versions, each in its own process: starts one when asked, keeps what is needed, stops what is not, and replaces
 * what crashed, hangs or grew too large. What to do when is decided in lifecycle.ts; here it is done.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #settings: SupervisorSettings;
  readonly #turns: Turns;
  readonly #busy: BusyWatch;
  readonly #closing = new AbortController();
  readonly #entries = new Map<string, Entry>();
  /** The entries that are ready: one lookup for each request. */
  readonly #ready = new Map<string, VersionProcess>();
  readonly #draining = new Map<VersionProcess, Promise<void>>();
  readonly #owners = new ObjectOwners();
  #objects: Promise<ObjectFolder> | undefined;
  #active: ReadonlySet<string> = new Set();
  #deployedOwners: ReadonlyMap<string, string> = new Map();
  /** When versions that still run left their deployments. */
  readonly #leftAt = new WeakMap<VersionProcess, number>();
  #scripts: ReadonlyMap<string, string> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #lookAt = Infinity;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#turns = new Turns(this.#settings.startsAtOnce);
    this.#busy = new BusyWatch(this.#settings, (process, reason) => this.#replace(process, reason));
  }

  running(versionId: string): RunningVersion | undefined {
    return this.#ready.get(versionId);
  }

  /** All of a Worker that run: those that its deployment needs, those kept warm, and those that finish what they have in hand. */
  processesOf(script: string): readonly RunningVersion[] {
    return [...this.#ready.values(), ...this.#draining.keys()].filter(({ spec }) => spec.script === script);
  }

  /**
   * The version once it answers. Calls for one version share one start. What failed a moment ago is waited for; what keeps
   * failing is refused at once until it is tried again. Throws {@link StartFailure}.
   */
  async start(versionId: string): Promise<RunningVersion> {
    try {
      return await this.#start(versionId);
    } catch (failure) {
      // Whoever waited for a version that left its deployment meanwhile gets the one that came: where one alone may run there is no choice.
      const successor = failure instanceof Superseded ? this.#deployedOwners.get(failure.script) : undefined;
      if (successor === undefined || successor === versionId) throw failure;
      return this.start(successor);
    }
  }

  async #start(versionId: string): Promise<RunningVersion> {
    const entry = this.#entries.get(versionId);
    switch (entry?.state) {
      case 'ready':
        return entry.process;
      case 'starting':
        return entry.started;
      case 'backing_off':
        if (Date.now() >= entry.retryAt) break;
        if (entry.breaker.trips > 0) throw backingOff(entry);
        return this.#startLater(versionId, entry.retryAt - Date.now());
    }
    return this.#begin(versionId);
  }

  /** Makes these ready, and answers for each whether it is. */
  async warm(versionIds: readonly string[]): Promise<Map<string, 'ready' | StartFailure>> {
    const warmed = versionIds.map(async (versionId) => {
      const outcome = await this.#start(versionId).then(() => 'ready' as const, asStartFailure);
      return [versionId, outcome] as const;
    });
    return new Map(await Promise.all(warmed));
  }

  /** Which versions are in active deployments. They are started by their first request, or at once where they own objects. */
  want({ active, scripts = this.#scripts, owners = new Map() }: Wanted): void {
    for (const [versionId, process] of this.#ready) {
      if (this.#active.has(versionId) && !active.has(versionId)) this.#leftAt.set(process, Date.now());
    }
    this.#active = active;
    this.#deployedOwners = owners;
    this.#scripts = scripts;
    this.#lookBy(Date.now());
  }

  /** The namespaces of Durable Objects that have stored anything here. */
  async storedNamespaces(): Promise<readonly string[]> {
    const { objectsFolder } = this.#settings;
    return objectsFolder === undefined ? [] : storedNamespaces(objectsFolder);
  }

  /** Removes what a deleted namespace stored, once the process that owned it has ended. */
  async removeObjects(namespaceId: string): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const folder = await this.#openObjects();
    await this.#owners.take([namespaceId], async () => {
      this.#closing.signal.throwIfAborted();
      await folder.remove(namespaceId);
      return { exited: Promise.resolve() };
    });
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
    // Those that start may wait for the end of those that run.
    for (const process of this.#ready.values()) this.#drain(process, limits);
    await Promise.allSettled(starting);
    for (const process of this.#ready.values()) this.#drain(process, limits);
    await Promise.all(this.#draining.values());
    (await this.#objects?.catch(() => undefined))?.[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #startLater(versionId: string, pauseMs: number): Promise<RunningVersion> {
    await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch((cause: unknown) => {
      throw asStartFailure(cause);
    });
    return this.#start(versionId);
  }

  #begin(versionId: string): Promise<VersionProcess> {
    const told = toldOf(this.#entries.get(versionId));
    const started = this.#launch(versionId).then(
      (process) => this.#becameReady(process, told),
      (failure: unknown) => this.#failed(versionId, asStartFailure(failure), told),
    );
    this.#enter(versionId, { state: 'starting', started, ...told });
    return started;
  }

  async #launch(versionId: string): Promise<VersionProcess> {
    const spec = await this.#turns.take(() => {
      this.#closing.signal.throwIfAborted();
      return this.#options.loadSpec(versionId);
    });
    if (!ownsObjects(spec)) return this.#turns.take(() => this.#spawn(spec));
    this.#refuseUnlessActive(spec);
    return this.#owners.take(namespacesOf(spec), async () => {
      this.#closing.signal.throwIfAborted();
      const { path } = await this.#openObjects();
      // Much can have happened while its predecessor ended.
      this.#refuseUnlessActive(spec);
      return this.#turns.take(() => this.#spawn(spec, path));
    });
  }

  async #spawn(spec: VersionSpec, objectsFolder?: string): Promise<VersionProcess> {
    const { runtimeDir, modules, onConsole } = this.#options;
    this.#closing.signal.throwIfAborted();
    return VersionProcess.start(spec, {
      ...this.#settings,
      objectsFolder,
      runtimeDir,
      modulePath: await verifiedModules(spec, modules),
      signal: this.#closing.signal,
      onBusy: (process) => this.#busy.add(process),
      ...(onConsole === undefined ? {} : { onLog: hearing((said) => onConsole({ script: spec.script, versionId: spec.id }, said)) }),
    });
  }

  /** Of a Worker that owns objects only the version that is deployed may run: another would be their second owner (I5). */
  #refuseUnlessActive({ id, script }: VersionSpec): void {
    if (this.#active.has(id)) return;
    throw new Superseded(script);
  }

  #openObjects(): Promise<ObjectFolder> {
    const { objectsFolder } = this.#settings;
    if (objectsFolder === undefined) {
      throw new StartFailure('not_started', 'Durable Objects run where control plane, data and edge are one server; this edge runs apart.');
    }
    this.#objects ??= ObjectFolder.open(objectsFolder).catch((cause: unknown) => {
      this.#objects = undefined;
      throw new StartFailure('not_started', `The storage of Durable Objects cannot be used: ${messageOf(cause)}`, { cause });
    });
    return this.#objects;
  }

  #becameReady(process: VersionProcess, told: Told): VersionProcess {
    this.#ready.set(process.versionId, process);
    this.#enter(process.versionId, { state: 'ready', process, ...told });
    void process.exited.then((ending) => this.#ended(process, `Its process ${describeEnding(ending)}.`));
    this.#lookBy(Date.now());
    return process;
  }

  #failed(versionId: string, failure: StartFailure, told: Told): never {
    if (failure.kind === 'stopped' || failure.kind === 'superseded') this.#forget(versionId);
    else this.#backOff(versionId, failure.message, told, 0);
    throw failure;
  }

  /** A process we are draining ends as it should; any other end is a crash, and costs nobody but its own requests. */
  #ended(process: VersionProcess, reason: string): void {
    const entry = this.#entries.get(process.versionId);
    if (entry?.state !== 'ready' || entry.process !== process) return;
    this.#ready.delete(process.versionId);
    this.#backOff(process.versionId, reason, { ...entry, restarts: entry.restarts + 1 }, Date.now() - process.readyAt);
  }

  #backOff(versionId: string, reason: string, { breaker: before, restarts }: Told, ranMs: number): void {
    const now = Date.now();
    const breaker = afterFailure(before, this.#settings, now, ranMs);
    const version = { script: this.#scripts.get(versionId) ?? '', versionId };
    this.#options.log({ ...version, message: reason });
    if (breaker.trips === 1) this.#options.log({ ...version, message: tripped(this.#settings) });
    this.#enter(versionId, { state: 'backing_off', reason, retryAt: now + backOffMs(breaker), breaker, restarts });
    this.#lookBy(Date.now());
  }

  #forget(versionId: string): void {
    this.#entries.delete(versionId);
    this.#options.onChange();
    this.#lookBy(Date.now());
  }

  #enter(versionId: string, entry: Entry): void {
    this.#entries.set(versionId, entry);
    this.#options.onChange();
  }

  #lookBy(time: number): void {
    if (this.#closing.signal.aborted || time >= this.#lookAt) return;
    clearTimeout(this.#timer);
    this.#lookAt = time;
    this.#timer = setTimeout(() => this.#look(), Math.max(0, time - Date.now()));
    this.#timer.unref();
  }

  /** Looks at every process, does what its situation asks for, and comes back when the first of them needs it. */
  #look(): void {
    this.#lookAt = Infinity;
    const now = Date.now();
    const surplus = surplusOf(this.#warm(), this.#settings.mostWarm);
    for (const versionId of this.#deployedOwners.values()) if (!this.#entries.has(versionId)) this.#startUnasked(versionId);
    for (const [versionId, entry] of this.#entries) {
      const situation = situationOf(entry, this.#active.has(versionId), surplus.has(versionId));
      if (situation !== undefined) this.#take(nextStep(situation, this.#settings, now), versionId, entry);
    }
  }

  #warm(): readonly Warm[] {
    const idle = [...this.#ready.values()].filter(({ versionId, inFlight }) => inFlight === 0 && !this.#active.has(versionId));
    return idle.map((process) => ({
      versionId: process.versionId,
      script: process.spec.script,
      neededUntil: Math.max(process.idleSince, this.#leftAt.get(process) ?? 0),
    }));
  }

  #take(step: Step, versionId: string, entry: Entry): void {
    switch (step.act) {
      case 'wait':
        return this.#lookBy(step.lookAgainAt);
      case 'start':
        return this.#startUnasked(versionId);
      case 'forget':
        return this.#forget(versionId);
      case 'drain':
        return entry.state === 'ready' ? this.#drain(entry.process) : undefined;
      case 'replace':
        return entry.state === 'ready' ? this.#replace(entry.process, step.reason) : undefined;
    }
  }

  /** Whoever asks for the version learns how this went; the supervisor has noted it. */
  #startUnasked(versionId: string): void {
    this.#begin(versionId).catch(() => undefined);
  }

  #drain(process: VersionProcess, sooner: Partial<DrainOptions> = {}): void {
    this.#ready.delete(process.versionId);
    this.#entries.delete(process.versionId);
    const { waitUntilGraceMs, drainDeadlineMs: deadlineMs, killAfterMs, ownerDrain } = this.#settings;
    const usual: DrainOptions = process.ownsObjects ? ownerDrain : { waitUntilGraceMs, deadlineMs, killAfterMs };
    const drained = process.drain({ ...usual, ...sooner }).finally(() => {
      this.#draining.delete(process);
      this.#options.onChange();
    });
    this.#draining.set(process, drained);
    this.#options.onChange();
  }

  /** The successor is begun first and waits for nobody; the end of the old one frees the processor it needs. */
  #replace(process: VersionProcess, reason: string): void {
    this.#ended(process, reason);
    process.kill();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const tripped = ({ breakerFailures, breakerWindowMs }: BreakerSettings): string =>
  `It failed ${breakerFailures} times within ${breakerWindowMs / 1000} s: its requests are refused, and it is tried again after 1 s, then less and less often.`;
