import { setTimeout as wait } from 'node:timers/promises';
import { collectsOf, type FeedMessage, type HostTable, type RoutingTable, type WorkerEntry } from '../domain/index.ts';
import type { Commit, Queries, Store, Worker } from '../store/index.ts';
import type { EdgeFeed } from './edge-feed.ts';
import { servedAssets } from './served-assets.ts';
import { factsOf, factsOfAll, type WorkerFacts } from './worker-facts.ts';

export interface PublisherOptions {
  readonly store: Store;
  readonly feed: EdgeFeed;
  readonly baseDomain: string;
  readonly log: (event: string, detail: Readonly<Record<string, unknown>>) => void;
}

const FIRST_RETRY_MS = 50;
/** An acknowledgement waits two seconds for the edges: what is over by then is told by none of them. */
const LONGEST_RETRY_MS = 1_000;

/**
 * Turns what is stored into the table the edges serve from, and commits into its changes, in order. A change that cannot be read
 * is read again until it can; the edges serve on from the table they have.
 */
export class Publisher {
  readonly #store: Store;
  readonly #feed: EdgeFeed;
  readonly #baseDomain: string;
  readonly #log: PublisherOptions['log'];
  readonly #leave: () => void;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #behind: string | undefined;

  constructor(options: PublisherOptions) {
    this.#store = options.store;
    this.#feed = options.feed;
    this.#baseDomain = options.baseDomain;
    this.#log = options.log;
    this.#leave = this.#store.onCommit((commit) => void this.#inOrder(() => this.#publishAtLast(commit)));
  }

  /** Why the edges' table is older than what is stored, while it is because of us; undefined while nothing is wrong. */
  get behind(): string | undefined {
    return this.#behind;
  }

  /** Publishes what can be read, and waits no longer for what cannot. */
  async close(): Promise<void> {
    this.#leave();
    this.#closing.abort();
    await this.#inOrder(() => Promise.resolve());
  }

  /** Joins an edge: the full table first, every change after it. `isFiring`: it fired crons until now. Answers how to leave. */
  join(edge: string, send: (message: FeedMessage) => void, isFiring = false): Promise<() => void> {
    return this.#inOrder(async () => {
      const table = await this.#table();
      send({ type: 'table', table });
      // Changes wait here for their turn while the table is read, which then holds them already.
      const isNews = (message: FeedMessage) => message.type !== 'change' || message.change.generation > table.generation;
      return this.#feed.join(edge, (message) => void (isNews(message) && send(message)), isFiring);
    });
  }

  #inOrder<Value>(work: () => Promise<Value>): Promise<Value> {
    const mine = this.#last.then(work, work);
    this.#last = mine;
    return mine;
  }

  /** Later commits wait: a change must follow on from the one before it. */
  async #publishAtLast(commit: Commit): Promise<void> {
    const { signal } = this.#closing;
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
      try {
        await this.#publish(commit);
        this.#behind = undefined;
        return;
      } catch (error) {
        this.#behind = `Generation ${commit.generation} is stored and could not be read for the edges: ${String(error)}`;
        this.#log('a change could not be published; trying again', {
          generation: commit.generation,
          retryInMs: pauseMs,
          error: String(error),
        });
      }
      if (signal.aborted) return;
      await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Each commit becomes one change, read as it is now: a later commit of the same Worker only repeats it. */
  async #publish(commit: Commit): Promise<void> {
    const entries = await Promise.all([...commit.workers].map(async (name) => ({ name, entry: await entryOf(this.#store.read, name) })));
    const workers = entries.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    const deletedWorkers = entries.flatMap(({ name, entry }) => (entry === undefined ? [name] : []));
    this.#feed.publish({
      type: 'change',
      change: {
        generation: commit.generation,
        previous: commit.previous,
        ...(commit.hosts ? { hosts: await this.#hosts(this.#store.read) } : {}),
        ...(workers.length > 0 ? { workers } : {}),
        ...(deletedWorkers.length > 0 ? { deletedWorkers } : {}),
      },
    });
  }

  async #table(): Promise<RoutingTable> {
    return this.#store.snapshot(async (queries) => {
      const all = await queries.workers.all();
      const factsFor = await factsOfAll(queries);
      const workers: WorkerEntry[] = [];
      for (const worker of all) workers.push(await entryFor(queries, worker, factsFor(worker)));
      return { generation: await queries.meta.generation(), hosts: await this.#hosts(queries), workers };
    });
  }

  async #hosts(queries: Queries): Promise<HostTable> {
    const [routes, domains, subdomain] = [await queries.hosts.routes(), await queries.hosts.domains(), await queries.meta.get('subdomain')];
    return {
      domains: [...new Set([this.#baseDomain, 'workers.dev'])],
      subdomain: subdomain ?? '',
      routes: routes.map(({ pattern, script }) => ({ pattern, script })),
      customDomains: domains.map(({ hostname, script, enabled, previewsEnabled }) => ({
        hostname,
        script,
        enabled,
        previews: previewsEnabled,
      })),
    };
  }
}

const entryOf = async (queries: Queries, name: string): Promise<WorkerEntry | undefined> => {
  const worker = await queries.workers.byName(name);
  return worker && entryFor(queries, worker, await factsOf(queries, worker));
};

const entryFor = async (queries: Queries, worker: Worker, facts: WorkerFacts): Promise<WorkerEntry> => {
  const { active, crons, queues, ownsObjects, movedObjects, withAssets, newest: previewVersions, aliases } = facts;
  const assets = await servedAssets(queries, worker, withAssets, [...previewVersions, ...Object.values(aliases)], new Date());
  const collects = collectsOf(worker.settings);
  return {
    name: worker.name,
    deployment: active === undefined ? null : { id: active.id, split: active.split },
    workersDev: worker.workersDev,
    previews: worker.previews,
    previewVersions,
    aliases,
    ...(assets === undefined ? {} : { assets }),
    ...(crons.length === 0 ? {} : { crons }),
    ...(queues.length === 0 ? {} : { queues }),
    ...(ownsObjects ? { ownsObjects: true as const } : {}),
    ...(Object.keys(movedObjects).length === 0 ? {} : { movedObjects }),
    ...(collects === undefined ? {} : { collects }),
  };
};
