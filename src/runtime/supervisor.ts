import { setTimeout as wait } from 'node:timers/promises';
import { invariant } from '../base/index.ts';
import type { ProcessReport, Split, VersionSpec } from '../domain/index.ts';
import { afterFailure, backOffMs, type BreakerSettings } from './breaker.ts';
import { BusyWatch } from './busy-watch.ts';
import { describeEnding, type ProcessFault } from './child.ts';
import { hearing, type Said } from './console.ts';
import { backingOff, reportOf, situationOf, toldOf, type Entry, type Told } from './entry.ts';
import { nextStep, sicknessOf, surplusOf, TRACER_MB, type Step, type Warm } from './lifecycle.ts';
import { ObjectFolder, storedNamespaces } from './object-folder.ts';
import { ObjectOwners } from './object-owners.ts';
import { namespacesOf, ownsObjects } from './object-plan.ts';
import { DEFAULT_SETTINGS, type SupervisorSettings } from './settings.ts';
import { asStartFailure, StartFailure, Superseded } from './start-failure.ts';
import { Successions } from './successions.ts';
import { Turns } from './turns.ts';
import { sharesOf, unitOf, Units, versionsIn, type Unit } from './units.ts';
import { verifiedModules, type VerifiedModules } from './verified-modules.ts';
import { VersionProcess, type DrainOptions, type ProcessOptions, type RunningVersion } from './version-process.ts';

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
  /** The deployed split of each Worker that owns Durable Objects: one process runs while it is, for the alarms and WebSockets of its objects. */
  readonly owners?: ReadonlyMap<string, Split>;
  /** Versions whose logs and exceptions somebody wants: they run with a tracer, those that run without one are succeeded. */
  readonly collected?: ReadonlySet<string>;
}

/** Processes of a version that another took over from and that WebSockets keep: of more the oldest is drained as any that is stopped. */
const MOST_FORMER = 3;

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
  /** By what runs in one process. */
  readonly #entries = new Map<string, Entry>();
  readonly #units = new Units();
  /** The versions of the entries that are ready: one lookup for each request. */
  readonly #ready = new Map<string, RunningVersion>();
  readonly #draining = new Map<VersionProcess, Promise<void>>();
  /** They finish what they have in hand, however long that takes: another process of their version took over from them. */
  readonly #succeeded = new Set<VersionProcess>();
  readonly #successions: Successions<VersionProcess>;
  readonly #owners = new ObjectOwners();
  #objects: Promise<ObjectFolder> | undefined;
  #active: ReadonlySet<string> = new Set();
  /** When versions that still run left their deployments. */
  readonly #leftAt = new WeakMap<VersionProcess, number>();
  #scripts: ReadonlyMap<string, string> = new Map();
  #collected: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #lookAt = Infinity;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#turns = new Turns(this.#settings.startsAtOnce);
    this.#successions = new Successions({
      atOnce: this.#settings.successionsAtOnce,
      start: (process) => this.#startSuccessor(process),
      takeOver: (process, successor) => this.#takeOver(process, successor),
      onFailure: (process, failure) => this.#notSucceeded(process, failure),
    });
    this.#busy = new BusyWatch(this.#settings, (process, { reason, fault }) => this.#replace(process, reason, fault));
  }

  running(versionId: string): RunningVersion | undefined {
    return this.#ready.get(versionId);
  }

  /** Whether whatever takes requests of this version is traced; one that is cold will be, where that is wanted. */
  isTraced(versionId: string): boolean {
    if (this.#settings.observeFolder === undefined) return false;
    const entry = this.#entries.get(this.#units.of(versionId).id);
    return entry?.state === 'ready' ? entry.process.isTraced : entry?.state !== 'starting';
  }

  /** All of a Worker that run: those that its deployment needs, those kept warm, and those that finish what they have in hand. */
  processesOf(script: string): readonly RunningVersion[] {
    return [...this.#processes(), ...this.#succeeded, ...this.#draining.keys()].filter(({ spec }) => spec.script === script);
  }

  /**
   * The version once it answers. Calls for one version share one start. What failed a moment ago is waited for; what keeps
   * failing is refused at once until it is tried again. Throws {@link StartFailure}.
   */
  async start(versionId: string): Promise<RunningVersion> {
    try {
      return await this.#start(versionId);
    } catch (failure) {
      const successor = failure instanceof Superseded ? this.#successorOf(versionId, failure) : undefined;
      if (successor === undefined) throw failure;
      return this.start(successor);
    }
  }

  /** Whoever waited for a version that left its deployment meanwhile gets one that came: no other may run. */
  #successorOf(versionId: string, { script, unitId }: Superseded): string | undefined {
    const owner = this.#units.ownerOf(script);
    if (owner === undefined || owner.unit.id === unitId) return undefined;
    const [largest] = owner.split.toSorted((a, b) => b.share - a.share);
    return owner.split.some((entry) => entry.versionId === versionId) ? versionId : largest?.versionId;
  }

  async #start(versionId: string): Promise<RunningVersion> {
    return versionIn(await this.#startUnit(this.#units.of(versionId)), versionId);
  }

  async #startUnit(unit: Unit): Promise<VersionProcess> {
    const entry = this.#entries.get(unit.id);
    switch (entry?.state) {
      case 'ready':
        return entry.process;
      case 'starting':
        return entry.started;
      case 'backing_off':
        if (Date.now() >= entry.retryAt) break;
        if (entry.breaker.trips > 0) throw backingOff(entry);
        return this.#startLater(unit, entry.retryAt - Date.now());
    }
    return this.#begin(unit);
  }

  /** Makes these ready, and answers for each whether it is. `areCollected`: whoever wants versions next will want these traced. */
  async warm(versionIds: readonly string[], areCollected = false): Promise<Map<string, 'ready' | StartFailure>> {
    if (areCollected) this.#collected = new Set([...this.#collected, ...versionIds]);
    const warmed = versionIds.map(async (versionId) => {
      const outcome = await this.#start(versionId).then(() => 'ready' as const, asStartFailure);
      return [versionId, outcome] as const;
    });
    return new Map(await Promise.all(warmed));
  }

  /** Which versions are in active deployments. They are started by their first request, or at once where they own objects. */
  want({ active, scripts = this.#scripts, owners = new Map(), collected = new Set() }: Wanted): void {
    for (const process of this.#processes()) {
      const { versionId } = process;
      if (this.#active.has(versionId) && !active.has(versionId)) this.#leftAt.set(process, Date.now());
    }
    this.#active = active;
    this.#scripts = scripts;
    this.#collected = collected;
    this.#units.follow(owners, (unit) => this.#runs(unit));
    for (const process of this.#processes()) this.#share(process);
    this.#lookBy(Date.now());
  }

  /** Resolves when the objects of every Worker have the shares that were wanted last, or their process has ended. */
  async sharesTaken(): Promise<void> {
    await Promise.all([...this.#processes()].map((process) => this.#share(process)));
  }

  /** Its objects go to the versions that the deployment gives them to, while it runs on. One that does not hear is started anew. */
  async #share(process: VersionProcess): Promise<void> {
    const wanted = this.#sharesFor(process);
    if (wanted === undefined) return;
    try {
      await process.shares?.follow(wanted);
    } catch (error) {
      // One that is being drained or has ended is replaced already.
      const isKept = this.#processes().includes(process) && !process.hasEnded;
      if (isKept) this.#replace(process, `It did not take the new shares of its versions: ${messageOf(error)}`);
    }
  }

  /** Undefined where it runs no versions that are to share objects. */
  #sharesFor({ shares, spec, versionId }: VersionProcess): Split | undefined {
    const owner = this.#units.ownerOf(spec.script);
    return shares !== undefined && owner?.unit.id === versionId ? sharesOf(owner) : undefined;
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
    const scriptOf = (versionId: string) => this.#scriptOf(versionId);
    const cold = [...this.#active].filter((versionId) => !this.#entries.has(this.#units.of(versionId).id));
    return [
      ...[...this.#entries].flatMap(([unitId, entry]) =>
        versionsIn(unitId)
          // Of one that is started no more, because its versions run otherwise, nothing is told.
          .filter((versionId) => entry.state === 'ready' || this.#units.of(versionId).id === unitId)
          .map((versionId) => reportOf(versionId, entry, scriptOf(versionId))),
      ),
      ...cold.map((versionId): ProcessReport => ({ versionId, script: scriptOf(versionId), state: 'cold', restarts: 0 })),
      ...[...this.#succeeded, ...this.#draining.keys()].flatMap(({ versions, pid }) =>
        versions.map(({ versionId, spec }): ProcessReport => ({ versionId, script: spec.script, state: 'draining', pid, restarts: 0 })),
      ),
    ];
  }

  /** Starts nothing more and drains all there is, within the settings' limits or tighter ones. */
  async close(limits: Partial<DrainOptions> = {}): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    const starting = [...this.#entries.values()].flatMap((entry) => (entry.state === 'starting' ? [entry.started] : []));
    // Those that start may wait for the end of those that run.
    for (const process of this.#processes()) this.#drain(process, limits);
    await Promise.allSettled([...starting, this.#successions.settled()]);
    for (const process of this.#processes()) this.#drain(process, limits);
    for (const process of this.#succeeded) this.#finish(process, limits);
    await Promise.all(this.#draining.values());
    (await this.#objects?.catch(() => undefined))?.[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #processes(): readonly VersionProcess[] {
    return [...this.#entries.values()].flatMap((entry) => (entry.state === 'ready' ? [entry.process] : []));
  }

  /** One that starts is not kept for a part of it: whoever goes back to one version does not wait for the other. */
  #runs({ id }: Unit): boolean {
    return this.#entries.get(id)?.state === 'ready';
  }

  /** Whether a deployment needs it. Of a Worker that owns objects that is one unit, whichever versions it has. */
  #isActive(unitId: string): boolean {
    return versionsIn(unitId).some((versionId) => this.#active.has(versionId) && this.#units.of(versionId).id === unitId);
  }

  async #startLater(unit: Unit, pauseMs: number): Promise<VersionProcess> {
    await wait(pauseMs, undefined, { signal: this.#closing.signal }).catch((cause: unknown) => {
      throw asStartFailure(cause);
    });
    return this.#startUnit(unit);
  }

  #begin(unit: Unit): Promise<VersionProcess> {
    const told = toldOf(this.#entries.get(unit.id));
    const started = this.#launch(unit)
      .then((process) => this.#becomesReady(process, told))
      .catch((failure: unknown) => this.#failed(unit.id, asStartFailure(failure), told));
    this.#enter(unit.id, { state: 'starting', started, ...told });
    return started;
  }

  async #launch(unit: Unit): Promise<VersionProcess> {
    const specs = await this.#turns.take(async () => {
      this.#closing.signal.throwIfAborted();
      return Promise.all(unit.versionIds.map((versionId) => this.#options.loadSpec(versionId)));
    });
    const [spec] = specs;
    invariant(spec, 'a unit has a version');
    if (!ownsObjects(spec) && specs.length === 1) return this.#turns.take(() => this.#spawn([spec]));
    this.#refuseUnlessActive(unit, spec);
    return this.#owners.take(namespacesOf(spec), async () => {
      this.#closing.signal.throwIfAborted();
      const { path } = await this.#openObjects();
      // Much can have happened while its predecessor ended.
      this.#refuseUnlessActive(unit, spec);
      return this.#turns.take(() => this.#spawn([spec, ...specs.slice(1)], path));
    });
  }

  async #spawn(specs: readonly [VersionSpec, ...VersionSpec[]], objectsFolder?: string): Promise<VersionProcess> {
    const { runtimeDir, modules, onConsole } = this.#options;
    this.#closing.signal.throwIfAborted();
    const [spec] = specs;
    const { script } = spec;
    const versionId = unitOf(specs.map(({ id }) => id)).id;
    const observeFolder = this.#isToBeTraced(specs) ? this.#settings.observeFolder : undefined;
    const options: ProcessOptions = {
      ...this.#settings,
      memoryLimitMb: this.#settings.memoryLimitMb + (observeFolder === undefined ? 0 : TRACER_MB),
      observeFolder,
      objectsFolder,
      runtimeDir,
      modulePath: await verifiedModules(specs, modules),
      signal: this.#closing.signal,
      onBusy: (process) => this.#busy.add(process),
      ...(onConsole === undefined ? {} : { onLog: hearing((said) => onConsole({ script, versionId }, said)) }),
    };
    if (specs.length === 1) return VersionProcess.start(spec, options);
    const owner = this.#units.ownerOf(script);
    if (owner?.unit.id !== versionId) throw new Superseded(script, versionId);
    return VersionProcess.startSplit({ specs, shares: sharesOf(owner) }, options);
  }

  /** Those that own objects always are, for they cannot be succeeded while they run. */
  #isToBeTraced(specs: readonly VersionSpec[]): boolean {
    return specs.some((spec) => ownsObjects(spec) || this.#collected.has(spec.id));
  }

  /** Of a Worker that owns objects only what is deployed may run: anything else would be their second owner (I5). */
  #refuseUnlessActive({ id }: Unit, { script }: VersionSpec): void {
    if (!this.#isActive(id)) throw new Superseded(script, id);
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

  async #becomesReady(process: VersionProcess, told: Told): Promise<VersionProcess> {
    const { shares } = process;
    try {
      // They may have changed while it started: nobody is to find an object of it with the version that had it before.
      for (let next = this.#sharesFor(process); next && shares?.has(next) === false; next = this.#sharesFor(process))
        await shares.follow(next);
    } catch (cause) {
      process.kill();
      await process.exited;
      throw new StartFailure('not_started', `It did not take the new shares of its versions: ${messageOf(cause)}`, { cause });
    }
    this.#serve(process, told);
    return process;
  }

  #serve(process: VersionProcess, told: Told): void {
    for (const version of process.versions) this.#ready.set(version.versionId, version);
    this.#enter(process.versionId, { state: 'ready', process, ...told });
    void process.exited.then((ending) => this.#ended(process, `Its process ${describeEnding(ending)}.`));
    this.#lookBy(Date.now());
  }

  /** When one with a tracer is to take over from it; undefined where none is to. */
  #succeedAt(process: VersionProcess): number | undefined {
    return this.#lacksTracer(process) ? this.#successions.dueAt(process) : undefined;
  }

  #lacksTracer({ versionId, isTraced, ownsObjects: isOwner }: VersionProcess): boolean {
    return this.#settings.observeFolder !== undefined && !isTraced && !isOwner && this.#collected.has(versionId);
  }

  #isServing(process: VersionProcess): boolean {
    const entry = this.#entries.get(process.versionId);
    return entry?.state === 'ready' && entry.process === process && !this.#closing.signal.aborted;
  }

  /** Much can have happened while it waited for its turn. */
  async #startSuccessor(process: VersionProcess): Promise<VersionProcess | undefined> {
    return this.#turns.take(async () => (this.#isServing(process) && this.#lacksTracer(process) ? this.#spawn([process.spec]) : undefined));
  }

  /** From one moment to the next: what was asked of the one before stays with it until it is done. */
  #takeOver(process: VersionProcess, successor: VersionProcess): void {
    const entry = this.#entries.get(process.versionId);
    if (entry === undefined || !this.#isServing(process)) return this.#finish(successor);
    this.#succeeded.add(process);
    const former = [...this.#succeeded].filter(({ versionId }) => versionId === process.versionId);
    for (const oldest of former.slice(0, -MOST_FORMER)) this.#finish(oldest);
    void process.exited.then(() => this.#succeeded.delete(process) && this.#options.onChange());
    this.#serve(successor, toldOf(entry));
  }

  #notSucceeded(process: VersionProcess, { kind, message }: StartFailure): void {
    if (kind === 'stopped' || !this.#isServing(process)) return;
    const { versionId, spec } = process;
    this.#options.log({
      script: spec.script,
      versionId,
      message: `It could not be started anew to be traced, and serves on without: ${message}`,
    });
    this.#lookBy(Date.now());
  }

  #notReady({ versions }: VersionProcess): void {
    for (const version of versions) if (this.#ready.get(version.versionId) === version) this.#ready.delete(version.versionId);
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
    this.#notReady(process);
    this.#backOff(process.versionId, reason, { ...entry, restarts: entry.restarts + 1 }, Date.now() - process.readyAt);
  }

  #backOff(versionId: string, reason: string, { breaker: before, restarts }: Told, ranMs: number): void {
    const now = Date.now();
    const breaker = afterFailure(before, this.#settings, now, ranMs);
    const version = { script: this.#scriptOf(versionId), versionId };
    this.#options.log({ ...version, message: reason });
    if (breaker.trips === 1) this.#options.log({ ...version, message: tripped(this.#settings) });
    this.#enter(versionId, { state: 'backing_off', reason, retryAt: now + backOffMs(breaker), breaker, restarts });
    this.#units.again((unit) => this.#runs(unit));
    this.#lookBy(Date.now());
  }

  #scriptOf(unitId: string): string {
    return (
      versionsIn(unitId)
        .map((versionId) => this.#scripts.get(versionId))
        .find((script) => script !== undefined) ?? ''
    );
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
    for (const { unit } of this.#units.owners()) if (!this.#entries.has(unit.id)) this.#startUnasked(unit.id);
    for (const [unitId, entry] of this.#entries) {
      const succeedAt = entry.state === 'ready' ? this.#succeedAt(entry.process) : undefined;
      const situation = situationOf(entry, this.#isActive(unitId), surplus.has(unitId), succeedAt);
      if (situation !== undefined) this.#take(nextStep(situation, this.#settings, now), unitId, entry);
    }
    for (const process of this.#succeeded) this.#lookAtSucceeded(process, now);
  }

  #warm(): readonly Warm[] {
    const idle = this.#processes().filter(({ versionId, inFlight }) => inFlight === 0 && !this.#isActive(versionId));
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
      case 'succeed':
        if (entry.state === 'ready') this.#successions.begin(entry.process);
        return this.#lookBy(Date.now() + this.#settings.watchMs);
      case 'replace':
        return entry.state === 'ready' ? this.#replace(entry.process, step.reason, 'memory') : undefined;
    }
  }

  /** Whoever asks for the version learns how this went; the supervisor has noted it. */
  #startUnasked(unitId: string): void {
    this.#begin(unitOf(versionsIn(unitId))).catch(() => undefined);
  }

  #drain(process: VersionProcess, sooner: Partial<DrainOptions> = {}): void {
    this.#notReady(process);
    this.#entries.delete(process.versionId);
    this.#finish(process, sooner);
  }

  /** WebSockets may go on for as long as they like, as in a version that left its deployment. */
  #lookAtSucceeded(process: VersionProcess, now: number): void {
    const { isTraced } = process;
    const sickness = sicknessOf({ residentBytes: process.residentBytes(), isTraced }, this.#settings);
    if (sickness !== undefined) process.kill('memory');
    else if (process.inFlight === 0) this.#finish(process);
    else this.#lookBy(now + this.#settings.watchMs);
  }

  /** It has what it has in hand, and gets nothing more. */
  #finish(process: VersionProcess, sooner: Partial<DrainOptions> = {}): void {
    this.#succeeded.delete(process);
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
  #replace(process: VersionProcess, reason: string, fault?: ProcessFault): void {
    this.#ended(process, reason);
    process.kill(fault);
  }
}

const versionIn = ({ versions }: VersionProcess, versionId: string): RunningVersion => {
  const version = versions.find((each) => each.versionId === versionId);
  invariant(version, `the version ${versionId} is in the process it was asked of`);
  return version;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const tripped = ({ breakerFailures, breakerWindowMs }: BreakerSettings): string =>
  `It failed ${breakerFailures} times within ${breakerWindowMs / 1000} s: its requests are refused, and it is tried again after 1 s, then less and less often.`;
