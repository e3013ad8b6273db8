import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessReport } from '../domain/index.ts';
import { QueueLeases } from '../data/index.ts';
import { KeysDamaged, ModuleStore, openVault, removeUnfinished, setAside, type Vault } from '../files/index.ts';
import { assetsSocketIn, endOrphans, Supervisor, type SupervisorSettings } from '../runtime/index.ts';
import { AssetFiles, AssetIndexes, AssetSocket, type AssetDeskOptions } from './assets/index.ts';
import { ControlClient } from './control-client.ts';
import { Crons, systemCronClock, type CronClock } from './crons.ts';
import { FeedClient } from './feed-client.ts';
import { FiringOffice } from './firing.ts';
import { invoke, type Invocation, type Invoked } from './invoke.ts';
import { messageOf, type Log } from './log.ts';
import { localLink, Observing, remoteLink, TraceRelay, type Invocations, type ObserveLink } from './observing/index.ts';
import { QueueConsumers } from './queues.ts';
import { ObjectSweep } from './object-sweep.ts';
import { Reporter } from './reporter.ts';
import { activeVersions, ownersIn, RoutingState } from './routing-state.ts';
import { Snapshot } from './snapshot.ts';
import { Specs } from './specs.ts';

export interface FollowerOptions {
  readonly edge: string;
  readonly dataDir: string;
  readonly runtimeDir: string;
  readonly controlUrl: string;
  readonly edgeToken: string;
  /** The control plane's own modules, where they are on this machine. */
  readonly modulesDir: string | undefined;
  readonly runtimeSettings: Partial<SupervisorSettings> | undefined;
  /** How long a cold version may take before its call is given up. */
  readonly startTimeoutMs: number;
  readonly maxCallsPerCaller: number;
  readonly cronClock?: CronClock | undefined;
  readonly counts?: boolean | undefined;
  readonly observesOverControl?: boolean | undefined;
  readonly log: Log;
}

const PRUNE_EVERY_MS = 60 * 60_000;
/** One process that is slow to hear of its shares holds up nobody else's deployments: the control plane waits 2 s for all of them. */
const SHARES_TAKEN_WITHIN_MS = 1_500;
const MODULE_GRACE_MS = 60 * 60_000;

/** The side that visitors do not see: follows the control plane, keeps the versions it names ready, and reports back. */
export class Follower {
  readonly state = new RoutingState();
  readonly supervisor: Supervisor;
  readonly observing: Observing;
  readonly #options: FollowerOptions;
  readonly #control: ControlClient;
  readonly #snapshot: Snapshot;
  readonly #specs: Specs;
  readonly #modules: ModuleStore;
  /** What visitors and Workers get of versions' assets. */
  readonly assets: AssetDeskOptions;
  #assetSocket: AssetSocket | undefined;
  #traceRelay: TraceRelay | undefined;
  readonly #feed: FeedClient;
  readonly #reporter: Reporter;
  readonly #pruning: NodeJS.Timeout;
  readonly #firing: FiringOffice;
  readonly #crons: Crons;
  readonly #sweep: ObjectSweep;
  /** Absent where nothing that bindings reach is on this machine. */
  readonly #queues: QueueConsumers | undefined;
  /** Where visitors reach this edge; empty until they can, and until then there is nothing to report. */
  #url = '';
  /** The generation that is served in all its parts. */
  #confirmed = 0;

  private constructor(options: FollowerOptions, vault: Vault, firing: FiringOffice) {
    const { dataDir, runtimeDir, log, runtimeSettings, cronClock = systemCronClock } = options;
    this.#options = options;
    this.#firing = firing;
    this.#control = new ControlClient(options);
    this.#snapshot = new Snapshot(dataDir, log);
    this.#modules = new ModuleStore(options.modulesDir ?? join(dataDir, 'modules'));
    this.#specs = new Specs({
      control: this.#control,
      folder: versionsIn(dataDir),
      vault,
      modules: this.#modules,
      isShared: options.modulesDir !== undefined,
      log,
    });
    const loadSpec = (versionId: string) => this.#specs.load(versionId);
    this.assets = {
      indexes: new AssetIndexes({ loadSpec, readManifest: (digest) => this.#specs.text(digest) }),
      files: new AssetFiles({ modules: this.#modules, fetch: (digest) => this.#specs.have(digest) }),
      log,
      now: () => Date.now(),
    };
    this.supervisor = new Supervisor({
      runtimeDir,
      loadSpec: (versionId) => this.#specs.load(versionId),
      modules: this.#modules,
      // Traces go through a socket of this edge's own where the observe process is on another machine.
      settings: { ...runtimeSettings, ...(options.observesOverControl === true ? { observeFolder: runtimeDir } : {}) },
      // Why it failed and what it threw is told by default: whoever owns it has no other place to read either.
      log: ({ message, ...version }) => log.warn(version, message),
      onConsole: (version, { level, text }) => log[level]({ ...version, from: 'worker' }, text),
      onChange: () => this.#isReporting && this.#reporter.soon(),
    });
    this.observing = new Observing({
      edge: options.edge,
      link: linkFor(options, this.#control),
      index: () => this.state.index,
      isTraced: (versionId) => this.supervisor.isTraced(versionId),
      onWish: () => this.#want(),
      log,
    });
    this.#sweep = new ObjectSweep({ control: this.#control, supervisor: this.supervisor, log });
    this.#reporter = new Reporter({ control: this.#control, log, report: () => this.#report() });
    this.#feed = new FeedClient({
      control: this.#control,
      state: this.state,
      log,
      onTable: () => this.#followed(),
      onWarm: (versionIds, areCollected) =>
        void this.supervisor.warm(versionIds, areCollected).then(() => this.#isReporting && this.#reporter.now()),
      isFiring: () => firing.isHeld,
      onFiring: (message) => firing.become(message),
    });
    this.#crons = new Crons({
      clock: cronClock,
      invoke: (script, invocation) => this.invoke(script, invocation),
      mayFire: () => firing.mayFire(this.#feed.heardAt),
      firedUntil: firing.until,
      markFired: (until) => firing.markFired(until),
      log,
    });
    const dataFolder = runtimeSettings?.dataFolder;
    if (dataFolder !== undefined) {
      const invokeFor = (script: string, invocation: Invocation) => this.invoke(script, invocation);
      this.#queues = new QueueConsumers({ leases: new QueueLeases(dataFolder), invoke: invokeFor, log });
    }
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_EVERY_MS).unref();
  }

  /** Asks the control plane for its table within a bounded time, and without an answer takes the last good one (I2). */
  static async start(options: FollowerOptions, controlWaitMs: number): Promise<Follower> {
    await endOrphans(options.runtimeDir);
    for (const folder of [options.dataDir, versionsIn(options.dataDir)]) await removeUnfinished(folder);
    const follower = new Follower(options, await edgeVault(options), await FiringOffice.open(options.dataDir, options.log));
    follower.#assetSocket = await AssetSocket.open(assetsSocketIn(options.runtimeDir), {
      ...follower.assets,
      maxCallsPerCaller: options.maxCallsPerCaller,
    });
    if (options.observesOverControl === true) follower.#traceRelay = await TraceRelay.open(options.runtimeDir, follower.#control);
    follower.observing.start();
    follower.#feed.start();
    await follower.#tableWithin(controlWaitMs);
    return follower;
  }

  get isConnected(): boolean {
    return this.#feed.isConnected;
  }

  /** When the control plane last said something, milliseconds of the wall clock; 0 before it did. */
  get heardAt(): number {
    return this.#feed.heardAt;
  }

  processes(): readonly ProcessReport[] {
    return this.supervisor.states();
  }

  /** Calls a handler of a Worker for what is no request: one version is drawn, as for a request without a key. */
  invoke(script: string, invocation: Invocation): Promise<Invoked> {
    const { startTimeoutMs } = this.#options;
    const index = () => this.state.index;
    const { supervisor: versions, invocations } = this;
    return invoke({ index, versions, startTimeoutMs, random: Math.random, invocations }, script, invocation);
  }

  /** Who hears of invocations that are over. */
  get invocations(): Invocations | undefined {
    return this.#options.counts === false ? undefined : this.observing.invocations;
  }

  /** From now on visitors reach this edge, and the control plane is told what it serves. */
  reportAs(url: string): void {
    this.#url = url;
    this.#reporter.now();
  }

  /** `graceMs`: how long work that goes on after the last answers (`waitUntil`) may take; whoever stops us waits for it. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#pruning);
    this.#crons.close();
    this.#queues?.stop();
    await Promise.all([this.#feed.close(), this.#specs.close()]);
    const waitUntilGraceMs = Math.min(graceMs, this.#options.runtimeSettings?.waitUntilGraceMs ?? graceMs);
    await this.supervisor.close({ waitUntilGraceMs, deadlineMs: graceMs });
    await this.#queues?.finished();
    await this.#assetSocket?.[Symbol.asyncDispose]();
    await this.#traceRelay?.[Symbol.asyncDispose]();
    await this.#reporter.close();
    await Promise.all([this.#snapshot.written(), this.#firing.written()]);
  }

  /** Says the last of what was seen, once nothing more can be. */
  async sayLast(): Promise<void> {
    await this.observing.close();
    await this.#control.close();
  }

  get #isReporting(): boolean {
    return this.#url !== '';
  }

  #report() {
    return { edge: this.#options.edge, generation: this.#confirmed, url: this.#url, processes: this.supervisor.states() };
  }

  /** The swap has happened; what somebody waits for comes first. The table is durable with the control plane already. */
  #followed(): void {
    this.#serve();
    void this.#confirm(this.state.generation ?? 0);
    this.#sweep.soon();
    if (this.state.table !== undefined) this.#snapshot.save(this.state.table);
  }

  /** A generation is served once the objects of every Worker are with the versions that it gives them to. */
  async #confirm(generation: number): Promise<void> {
    const waiting = new AbortController();
    const late = wait(SHARES_TAKEN_WITHIN_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.supervisor.sharesTaken(), late]);
    waiting.abort();
    if (generation < this.#confirmed) return;
    this.#confirmed = generation;
    if (this.#isReporting) this.#reporter.now();
  }

  #serve(): void {
    if (this.state.table === undefined) return;
    this.#specs.prefetch(this.#want());
    this.#crons.follow(this.state.table);
    this.#queues?.follow(this.state.table);
  }

  /** Answers which versions deployments name. */
  #want(): ReadonlySet<string> {
    const { table } = this.state;
    if (table === undefined) return new Set();
    const scripts = activeVersions(table);
    const active = new Set(scripts.keys());
    this.supervisor.want({ active, scripts, owners: ownersIn(table), collected: this.observing.follow(table) });
    return active;
  }

  async #tableWithin(waitMs: number): Promise<void> {
    const waiting = new AbortController();
    const late = wait(waitMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    const reading = this.#snapshot.read();
    // One that is silent may be busy; one that is gone is waited for only where there is nothing to serve from.
    const gone = this.#feed.firstFailure.then(async () => ((await reading) === undefined ? late : undefined));
    await Promise.race([this.#feed.firstTable, gone, late]);
    waiting.abort();
    const saved = await reading;
    // The control plane's own is the newer one.
    if (saved === undefined || this.state.generation !== undefined) return;
    this.state.replace(saved);
    this.#serve();
    void this.#confirm(saved.generation);
    this.#options.log.warn(
      { generation: saved.generation },
      'The control plane is not there or did not answer in time; serving from the last good table.',
    );
  }

  async #prune(): Promise<void> {
    try {
      const needed = await this.#specs.prune(new Date());
      // A folder shared with the control plane is the control plane's to tidy.
      if (this.#options.modulesDir === undefined) await this.#modules.collect((digest) => needed.has(digest), new Date(), MODULE_GRACE_MS);
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, 'What old versions left on disk could not be removed.');
    }
  }
}

const linkFor = ({ observesOverControl, runtimeSettings, edge }: FollowerOptions, control: ControlClient): ObserveLink | undefined => {
  if (observesOverControl === true) return remoteLink(control);
  const folder = runtimeSettings?.observeFolder;
  return folder === undefined ? undefined : localLink(folder, edge);
};

const versionsIn = (dataDir: string): string => join(dataDir, 'versions');

/**
 * The key of the copies this edge keeps. Nothing else is sealed with it, and the control plane has every original: a damaged one
 * is made anew, and the copies are fetched again. The damaged one stays, for whoever can mend it while the control plane is gone.
 */
const edgeVault = async ({ dataDir, log }: Pick<FollowerOptions, 'dataDir' | 'log'>): Promise<Vault> => {
  const path = join(dataDir, 'edge.key');
  try {
    return await openVault(path);
  } catch (error) {
    if (!(error instanceof KeysDamaged)) throw error;
    log.warn({ path, setAside: await setAside(path) }, "The edge's key is damaged: it has a new one, and fetches its versions again.");
    return openVault(path);
  }
};
