import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { VersionSpec } from '../domain/index.ts';
import { Child, type Ending, type ProcessFault } from './child.ts';
import { confineMemory } from './cgroup.ts';
import { renderConfig } from './config.ts';
import { planProcess, type ProcessPlan, type Where } from './plan.ts';
import { DEFAULT_HANG } from './hang.ts';
import { ownerRecord } from './object-folder.ts';
import { ownsObjects } from './object-plan.ts';
import { ObjectShares } from './object-shares.ts';
import { planSplit, refuseFlagsOf, type OwnedSplit } from './object-split-plan.ts';
import { makeProcessFolder, type ProcessFolder } from './process-folder.ts';
import { Pulse } from './pulse.ts';
import { StartFailure } from './start-failure.ts';
import { untilReady, type StartupLimits } from './startup.ts';
import { unitOf } from './units.ts';
import { VersionInSplit } from './version-in-split.ts';

/** What a version can have under way. */
export type Work = 'request' | 'webSocket';

/** A version that answers, as the edge sees it. `enter` and `leave` stand around every request and every WebSocket. */
export interface RunningVersion {
  readonly versionId: string;
  readonly socketPath: string;
  /** Where its handlers of other events are called, if it has any. */
  readonly eventSocketPath: string;
  /** Where everything in its process can be called; see `leased` in service-plan.ts. */
  readonly debugSocketPath: string;
  /** What its own service is called there. */
  readonly mainService: string;
  readonly spec: VersionSpec;
  enter(work: Work): void;
  leave(work: Work): void;
  underWay(work: Work): number;
  /** Some of an answer came from it: it is alive. */
  heard(): void;
  readonly inFlight: number;
  /** Whether its invocations are told of to the observe process. */
  readonly isTraced: boolean;
  /** Processor time of its process so far, in a split that of both versions; undefined where the machine does not tell. */
  cpuMs(): number | undefined;
  /** Resolves when it is about to be ended: WebSockets that are still open are to be closed. */
  readonly goodbye: Promise<void>;
  /** Resolves when the process has ended, however it did. */
  readonly exited: Promise<Ending>;
}

/** Where an edge answers `env.ASSETS` for the processes it runs. */
export const assetsSocketIn = (runtimeDir: string): string => join(runtimeDir, 'assets');

/** Where an edge keeps what its processes put into their caches. */
export const cacheSocketIn = (runtimeDir: string): string => join(runtimeDir, 'cache');

/** Where an edge passes on calls between the Workers it runs. */
export const servicesSocketIn = (runtimeDir: string): string => join(runtimeDir, 'services');

export interface ProcessOptions extends Partial<StartupLimits> {
  /** Short: unix socket paths go into it. */
  readonly runtimeDir: string;
  /** Where the bytes of a module are, already verified. */
  readonly modulePath: (digest: string) => string;
  readonly heapLimitMb?: number;
  /** Enforced by the kernel where cgroups are ours to write; elsewhere the supervisor's watch alone holds it. */
  readonly memoryLimitMb?: number;
  readonly deniedNetworks?: readonly string[];
  /** Where the data process has its sockets. Left out, bindings find nothing: in a trial nothing may be reached. */
  readonly dataFolder?: string;
  /** Where the objects of Durable Objects are stored, and who works on them is recorded. Left out, they are gone with the process. */
  readonly objectsFolder?: string | undefined;
  /** Where the observe process has its sockets. Left out, nothing is told of what the version does: in a trial nobody is to hear. */
  readonly observeFolder?: string | undefined;
  /** Of two versions in one process: how long it may take to hear of new shares, beyond what its code may compute in silence. */
  readonly sharesWithinMs?: number;
  /** For that; a version with a CPU limit may compute as long as that says. */
  readonly silentCpuMs?: number;
  /** Each line the version writes to its console, bounded in length and number. */
  readonly onLog?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** It had no requests and now has one. */
  readonly onBusy?: (process: VersionProcess) => void;
  /** The trial runs the same process with one module more. */
  readonly plan?: (spec: VersionSpec, where: Where) => ProcessPlan;
}

export interface DrainOptions {
  /** How long work may go on after the last response; Cloudflare gives `waitUntil` 30 s. */
  readonly waitUntilGraceMs: number;
  /** How long requests and WebSockets may go on. */
  readonly deadlineMs: number;
  /** How long after SIGTERM comes SIGKILL. */
  readonly killAfterMs?: number;
  /** What is waited for; WebSockets never end by themselves. Both where it is left out. */
  readonly waitsFor?: Work | 'all';
}

export const DEFAULT_HEAP_LIMIT_MB = 128;
export const DEFAULT_STARTUP: StartupLimits = { startupCpuMs: 1000, startupDeadlineMs: 10_000 };
const DEFAULT_KILL_AFTER_MS = 5000;
const SHARES_WITHIN_MS = 10_000;

/** One version in one workerd process, or the two of a split whose objects live together, from its first answer to its end. */
export class VersionProcess implements RunningVersion {
  readonly spec: VersionSpec;
  /** Of two versions both, see {@link unitOf}. */
  readonly versionId: string;
  /** What runs in it, as requests see it: itself, or one for each version. All that is under way counts for the process. */
  readonly versions: readonly RunningVersion[];
  readonly mainService = 'main';
  /** Present where it runs two. */
  readonly shares: ObjectShares | undefined;
  readonly socketPath: string;
  readonly eventSocketPath: string;
  readonly debugSocketPath: string;
  readonly exited: Promise<Ending>;
  readonly goodbye: Promise<void>;
  readonly #sayGoodbye: () => void;
  /** CPU time from the spawn to the first answer; undefined where the machine does not tell. */
  readonly startupCpuMs: number | undefined;
  readonly isTraced: boolean;
  readonly readyAt: number;
  readonly pulse: Pulse;
  readonly #child: Child;
  readonly #underWay = { request: 0, webSocket: 0 };
  #served = 0;
  #idleSince: number;
  #answeredAt = 0;
  #onLeave: (() => void) | undefined;
  readonly #onBusy: ((process: VersionProcess) => void) | undefined;

  private constructor(
    specs: readonly [VersionSpec, ...VersionSpec[]],
    child: Child,
    startupCpuMs: number | undefined,
    { onBusy, observeFolder }: ProcessOptions,
    shares?: ObjectShares,
  ) {
    const [spec] = specs;
    this.spec = spec;
    this.versionId = unitOf(specs.map(({ id }) => id)).id;
    this.shares = shares;
    this.versions =
      specs.length === 1 ? [this] : specs.map((each, index) => new VersionInSplit(this, each, socketsIn(child.folder, index)));
    this.socketPath = child.folder.mainSocket;
    this.eventSocketPath = child.folder.eventSocket;
    this.debugSocketPath = child.folder.debugSocket;
    this.exited = child.exited;
    ({ promise: this.goodbye, resolve: this.#sayGoodbye } = Promise.withResolvers<void>());
    this.startupCpuMs = startupCpuMs;
    this.isTraced = observeFolder !== undefined;
    this.readyAt = Date.now();
    this.pulse = new Pulse(child.folder.probeSocket, () => child.mainThreadCpuMs());
    this.#child = child;
    this.#onBusy = onBusy;
    this.#idleSince = this.readyAt;
  }

  /** Resolves once it answers. Throws {@link StartFailure}, and then nothing of it is left. */
  static async start(spec: VersionSpec, options: ProcessOptions): Promise<VersionProcess> {
    const child = await spawned([spec], (where) => (options.plan ?? planProcess)(spec, where), options);
    const { cpuMs } = await untilReady(child, { ...DEFAULT_STARTUP, ...definedLimits(options) }, options.signal);
    return new VersionProcess([spec], child, cpuMs, options);
  }

  /** The same for both versions of a split whose objects live in it. */
  static async startSplit(asked: OwnedSplit, options: ProcessOptions): Promise<VersionProcess> {
    const split = inOrder(asked);
    refuseFlagsOf(split.specs);
    const token = randomUUID();
    const plan = (where: Where, folder: ProcessFolder) =>
      planSplit(split, {
        ...where,
        versionSockets: split.specs.map((_, index) => socketsIn(folder, index)),
        sharesSocket: folder.sharesSocket,
        token,
      });
    const child = await spawned(split.specs, plan, options);
    const limits = { ...DEFAULT_STARTUP, ...definedLimits(options) };
    // The code of each is evaluated twice: for its requests, and for its objects.
    const startupCpuMs = limits.startupCpuMs * 2 * split.specs.length;
    const { cpuMs } = await untilReady(child, { ...limits, startupCpuMs }, options.signal);
    const silentCpuMs = Math.max(...split.specs.map(({ limits: { cpu_ms } }) => cpu_ms ?? options.silentCpuMs ?? DEFAULT_HANG.silentCpuMs));
    const withinMs = silentCpuMs + (options.sharesWithinMs ?? SHARES_WITHIN_MS);
    const shares = new ObjectShares(child.folder.sharesSocket, split.shares, withinMs);
    return new VersionProcess(split.specs, child, cpuMs, options, shares);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get inFlight(): number {
    return this.#underWay.request + this.#underWay.webSocket;
  }

  get hasEnded(): boolean {
    return this.#child.hasEnded;
  }

  /** When its last request ended, or when it became ready; milliseconds of the wall clock. */
  get idleSince(): number {
    return this.#idleSince;
  }

  underWay(work: Work): number {
    return this.#underWay[work];
  }

  enter(work: Work): void {
    this.#underWay[work] += 1;
    this.#served += 1;
    if (this.inFlight === 1) this.#onBusy?.(this);
  }

  heard(): void {
    this.pulse.heard();
  }

  leave(work: Work): void {
    this.#underWay[work] -= 1;
    if (work === 'request') this.#answeredAt = Date.now();
    if (this.inFlight === 0) this.#idleSince = Date.now();
    this.#onLeave?.();
  }

  residentBytes(): number | undefined {
    return this.#child.residentBytes();
  }

  cpuMs(): number | undefined {
    return this.#child.cpuMs();
  }

  /** At once and without mercy: for a process that hangs or grew too large. */
  kill(fault?: ProcessFault): void {
    this.#child.signal('SIGKILL', fault);
  }

  /** Whether objects live in it: then nothing else may run in which the same ones would (I5). */
  get ownsObjects(): boolean {
    return ownsObjects(this.spec);
  }

  /** Ends it without losing work. The caller has already stopped sending requests here. */
  async drain({ waitUntilGraceMs, deadlineMs, killAfterMs = DEFAULT_KILL_AFTER_MS, waitsFor = 'all' }: DrainOptions): Promise<void> {
    const isIdle = await this.#idleWithin(deadlineMs, waitsFor);
    // workerd does not wait for waitUntil itself when it is told to end (2026-11).
    if (isIdle && this.#served > 0)
      await this.#unlessEnded((waitsFor === 'request' ? this.#answeredAt : this.#idleSince) + waitUntilGraceMs - Date.now());
    this.#sayGoodbye();
    this.#child.signal('SIGTERM');
    await this.#unlessEnded(killAfterMs);
    if (!this.#child.hasEnded) this.kill();
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.exited;
  }

  async #idleWithin(deadlineMs: number, what: Work | 'all'): Promise<boolean> {
    const isIdle = () => (what === 'all' ? this.inFlight : this.#underWay[what]) === 0;
    if (isIdle()) return true;
    const idle = new Promise<boolean>((resolve) => {
      this.#onLeave = () => isIdle() && resolve(true);
    });
    return Promise.race([idle, this.#unlessEnded(deadlineMs).then(() => false)]);
  }

  async #unlessEnded(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    const ended = new AbortController();
    const pause = wait(milliseconds, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([pause, this.exited]);
    ended.abort();
  }
}

const spawned = async (
  specs: readonly VersionSpec[],
  planFor: (where: Where, folder: ProcessFolder) => ProcessPlan,
  options: ProcessOptions,
): Promise<Child> => {
  specs.forEach(refuseZeroInSecrets);
  try {
    const folder = await makeProcessFolder(options.runtimeDir);
    const where: Where = {
      modulePath: options.modulePath,
      mainSocket: folder.mainSocket,
      probeSocket: folder.probeSocket,
      eventSocket: folder.eventSocket,
      heapLimitMb: options.heapLimitMb ?? DEFAULT_HEAP_LIMIT_MB,
      deniedNetworks: options.deniedNetworks ?? [],
      dataFolder: options.dataFolder ?? folder.path,
      assetsSocket: assetsSocketIn(options.runtimeDir),
      objectsFolder: options.objectsFolder,
      observeFolder: options.observeFolder,
      servicesSocket: servicesSocketIn(options.runtimeDir),
      cacheSocket: cacheSocketIn(options.runtimeDir),
      debugSocket: folder.debugSocket,
    };
    const plan = planFor(where, folder);
    const flags = [
      ...(plan.isExperimental ? ['--experimental'] : []),
      ...(plan.debugSocket === undefined ? [] : [`--debug-port=unix:${plan.debugSocket}`]),
    ];
    const keys = plan.clients.map(({ privateKey }) => privateKey);
    const { objectsFolder, onLog } = options;
    const alsoRecordedIn = objectsFolder === undefined || !specs.some(ownsObjects) ? undefined : ownerRecord(objectsFolder, folder.path);
    const child = await Child.spawn(
      { config: renderConfig(plan), environment: plan.environment, keys, flags, alsoRecordedIn },
      folder,
      onLog,
    );
    if (alsoRecordedIn !== undefined) void child.exited.then(() => rm(alsoRecordedIn, { force: true })).catch(() => undefined);
    if (options.memoryLimitMb !== undefined) child.confinedIn = await confineMemory(child, options.memoryLimitMb);
    return child;
  } catch (cause) {
    throw new StartFailure('not_started', `The runtime could not be started: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
};

/** Whoever starts two versions evaluates them in the same order, a trial as well: the one may need what the other leaves. */
const inOrder = ({ specs: [first, ...more], shares }: OwnedSplit): OwnedSplit => {
  const [second] = more;
  return { specs: second !== undefined && second.id < first.id ? [second, first] : [first, ...more], shares };
};

const socketsIn = (folder: ProcessFolder, index: number) => (index === 0 ? folder : folder.second);

const definedLimits = ({ startupCpuMs, startupDeadlineMs }: Partial<StartupLimits>): Partial<StartupLimits> => ({
  ...(startupCpuMs === undefined ? {} : { startupCpuMs }),
  ...(startupDeadlineMs === undefined ? {} : { startupDeadlineMs }),
});

/** Secrets travel in the environment, whose strings end at a zero byte. */
const refuseZeroInSecrets = (spec: VersionSpec): void => {
  const unusable = spec.bindings.find((binding) => binding.type === 'secret_text' && binding.text.includes('\0'));
  if (unusable === undefined) return;
  throw new StartFailure(
    'no_such_runtime_feature',
    `The secret ${unusable.name} holds a zero character, which the runtime cannot pass on: store it without, for example as base64.`,
  );
};
