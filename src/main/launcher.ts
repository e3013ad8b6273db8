import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { StandIn } from '../data/index.ts';
import { DataDirectoryInUse } from '../files/index.ts';
import { removePrivateFolder } from '../runtime/index.ts';
import { addressesIn, expectedControlUrl, withRealPorts, type Addresses } from './addresses.ts';
import type { ReadyMessage } from './child.ts';
import type { Settings } from './settings.ts';
import { holdDataSockets } from './held-sockets.ts';
import { earlierEnded, holdRoles } from './one-at-a-time.ts';
import { onStopSignals } from './stop-signals.ts';
import { SupervisedChild, type Sockets } from './supervised-child.ts';

export interface LaunchEvents {
  /** Once, when all that this machine runs is ready. */
  onReady(addresses: Addresses): void;
  say(sentence: string): void;
}

type Role = 'control' | 'data' | 'edge' | 'observe';

/** The children keep to --drain-seconds by themselves, visitors first and then Workers; beyond this a child hangs. */
const stopDeadlineMs = ({ drainSeconds }: Settings): number => 2 * drainSeconds * 1000 + 15_000;
/** So long an edge waits for a control plane that is slow to start; then it serves its last good table without it. */
const EDGE_WAITS_MS = 10_000;

const SCRIPTS: Readonly<Record<Role, string>> = {
  control: join(import.meta.dirname, 'control.ts'),
  data: join(import.meta.dirname, 'data.ts'),
  edge: join(import.meta.dirname, 'edge.ts'),
  observe: join(import.meta.dirname, 'observe.ts'),
};

/** Runs control plane and edge (or one of them) as children until a signal or a fault ends it; answers the exit code. */
export const launch = async (settings: Settings, events: LaunchEvents, scripts = SCRIPTS): Promise<number> => {
  const launcher = new Launcher(settings, events, scripts);
  const ignoreSignals = onStopSignals(
    () => {
      events.say('Stopping: requests in flight are finished first. Once more to stop at once.');
      launcher.stop(0);
    },
    (signal) => launcher.kill(128 + constants.signals[signal]),
  );
  try {
    return await launcher.run();
  } catch (error) {
    if (!(error instanceof DataDirectoryInUse)) throw error;
    events.say(`switchback: ${error.message}`);
    return 1;
  } finally {
    ignoreSignals();
  }
};

class Launcher {
  readonly #events: LaunchEvents;
  readonly #scripts: Readonly<Record<Role, string>>;
  /** What a start waits for. */
  readonly #roles: readonly Role[];
  /** What starts behind those. */
  readonly #observing: readonly 'observe'[];
  readonly #children = new Map<Role, SupervisedChild>();
  readonly #ready = new Set<Role>();
  readonly #ended = Promise.withResolvers<number>();
  /** What the next child is started with: settings with the real ports in place of 0, once they are known. */
  #settings: Settings;
  #addresses: Addresses = {};
  #edgeTimer: NodeJS.Timeout | undefined;
  #holding: Promise<Sockets> | undefined;
  /** Of the data process, once its sockets are held. */
  #standIn: StandIn | undefined;
  #isStopping = false;

  constructor(settings: Settings, events: LaunchEvents, scripts: Readonly<Record<Role, string>>) {
    this.#events = events;
    this.#scripts = scripts;
    this.#roles = settings.role === 'all' ? ['control', 'data', 'edge'] : [settings.role];
    this.#observing = settings.role === 'edge' ? [] : ['observe'];
    this.#settings = {
      ...settings,
      control: settings.control ?? expectedControlUrl(settings),
      edgeToken: settings.edgeToken ?? randomBytes(24).toString('hex'),
    };
  }

  /**
   * No half is started beside one that an earlier launcher left. The control plane goes first: it holds the data directory, and a second
   * server on it must end before its edge has touched anything. An edge whose control plane does not come up starts all the same, as long as it knows where to ask.
   */
  async run(): Promise<number> {
    const { data } = this.#settings;
    const roles = [...this.#roles, ...this.#observing];
    using _held = holdRoles(data, roles);
    await earlierEnded(data, roles, { say: (sentence) => this.#events.say(sentence), isStopping: () => this.#isStopping });
    this.#begin();
    return await this.#ended.promise;
  }

  #begin(): void {
    if (this.#isStopping) return;
    const [first] = this.#roles;
    if (first !== undefined) this.#start(first);
    // What is needed next is loaded meanwhile.
    if (this.#roles.includes('data')) void dataRoom();
    if (this.#settings.role === 'all' && this.#settings.control !== undefined) {
      this.#edgeTimer = setTimeout(() => this.#startTheRest(), EDGE_WAITS_MS);
    }
  }

  stop(exitCode: number): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    clearTimeout(this.#edgeTimer);
    void this.#stopInOrder().then(() => this.#ended.resolve(exitCode), this.#ended.reject);
  }

  /** Visitors first: what still answers them needs its data to the end. */
  async #stopInOrder(): Promise<void> {
    const deadlineMs = stopDeadlineMs(this.#settings);
    await this.#children.get('edge')?.stop(deadlineMs);
    await Promise.all([...this.#children].map(([role, child]) => (role === 'edge' ? undefined : child.stop(deadlineMs))));
    this.#standIn?.[Symbol.dispose]();
    // What nothing was started in is still another's.
    if (this.#children.size === 0) return;
    for (const purpose of ['data', ...this.#observing] as const) {
      await removePrivateFolder(purpose, this.#settings.data).catch((error: unknown) => this.#events.say(String(error)));
    }
  }

  kill(exitCode: number): void {
    this.#isStopping = true;
    for (const child of this.#children.values()) child.kill();
    this.#standIn?.[Symbol.dispose]();
    this.#ended.resolve(exitCode);
  }

  #start(role: Role, sockets: Sockets = {}): void {
    if (this.#isStopping || this.#children.has(role)) return;
    const child = new SupervisedChild({
      role,
      script: this.#scripts[role],
      settings: () => this.#settings,
      sockets,
      isNeeded: role !== 'observe',
      events: {
        onReady: (message) => this.#childIsReady(message),
        onGone: () => role === 'data' && this.#standIn?.away(),
        onCrash: (reason, pauseMs) => this.#events.say(`${reason}; starting it again in ${pauseMs / 1000} s.`),
        onUnusable: (reason) => this.#cannotStart(role, reason),
        onGivenUp: (reason) => {
          this.#events.say(reason);
          this.stop(1);
        },
      },
    });
    this.#children.set(role, child);
    child.start();
  }

  #childIsReady(message: ReadyMessage): void {
    if (message.role === 'data') this.#standIn?.back();
    this.#settings = withRealPorts(this.#settings, message);
    this.#addresses = { ...this.#addresses, ...addressesIn(message) };
    if (this.#ready.has(message.role)) return this.#events.say(`The ${message.role} process is ready again.`);
    this.#ready.add(message.role);
    if (message.role === this.#roles.at(-1)) this.#observe();
    if (message.role !== 'observe' && this.#roles.every((role) => this.#ready.has(role))) return this.#events.onReady(this.#addresses);
    if (message.role === 'control') this.#startTheRest();
  }

  /** What has served before serves on: the others do without this one, as they do when it dies. A first start has nothing to go on with. */
  #cannotStart(role: Role, reason: string): void {
    if (!hasServed(this.#settings)) {
      this.#events.say(`The ${role} process cannot start. ${reason}`);
      return this.stop(1);
    }
    this.#events.say(`The ${role} process cannot start. ${reason} It is tried again until it can; what can run without it does.`);
    if (role === 'control' && this.#settings.control !== undefined) this.#startTheRest();
    if (role === this.#roles.at(-1)) this.#observe();
  }

  /** Behind all others, for nothing waits for it: what happens meanwhile edges keep and tell it later. */
  #observe(): void {
    for (const role of this.#observing) this.#start(role);
  }

  #startTheRest(): void {
    clearTimeout(this.#edgeTimer);
    if (!this.#roles.includes('data')) return this.#startAll({});
    this.#holding ??= this.#hold();
    void this.#holding.then((sockets) => this.#startAll(sockets));
  }

  /**
   * Once, before the first data process, and never before the control plane has found that no other server is on this directory. A
   * folder that cannot be used is the data process's to explain.
   */
  async #hold(): Promise<Sockets> {
    const held = await holdDataSockets(this.#settings.data).catch(() => undefined);
    const sockets = held?.sockets ?? {};
    const onBegin = (): void => this.#events.say('The data process is not back yet: what bindings ask of it is refused from now on.');
    this.#standIn = new (await dataRoom()).StandIn(Object.values(sockets), { onBegin });
    this.#standIn.away();
    return sockets;
  }

  #startAll(dataSockets: Sockets): void {
    for (const role of this.#roles) this.#start(role, role === 'data' ? dataSockets : {});
  }
}

/** A large room, which a start does not wait for before it has to. */
const dataRoom = () => import('../data/index.ts');

/** There is a database, or what an edge keeps. A folder that cannot be looked into has served nobody as this user. */
const hasServed = ({ data }: Settings): boolean => ['switchback.db', 'edge'].some((name) => existsSync(join(data, name)));
