import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Recorder } from './recorder.ts';
import { Chat } from './chat.ts';
import { visit, type Address, type Visit } from './visit.ts';

export interface TrafficOptions {
  readonly address: Address;
  readonly recorder: Recorder;
  /** Versions that an override may name: those that are or were deployed. */
  readonly versions: () => readonly string[];
  readonly streamMs: number;
  /** How long work goes on that a request leaves behind. */
  readonly workMs: number;
}

const VISITORS = 6;
/** So that the edge, the runtime and the deployments share two processors with the visitors. */
const PAUSE_MS = 12;
const LONG_STREAMS = 12;
const CHUNK_MS = 250;

/** Visitors of every kind, most of them doing the same thing again and again until told to stop; then each finishes what it began. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #stopping = new AbortController();
  readonly #lanes: Promise<void>[] = [];
  readonly #chats: Chat[] = [];
  #count = 0;

  constructor(options: TrafficOptions) {
    this.#options = options;
    const { streamMs, workMs } = options;
    for (let at = 0; at < VISITORS; at += 1) this.#repeat(() => this.#short(), PAUSE_MS);
    // Begun one after the other, so that each version of the first fifth of the run has some when it leaves.
    for (let at = 0; at < LONG_STREAMS; at += 1)
      this.#once(this.#stream('long stream', streamMs, CHUNK_MS), (at * streamMs) / 5 / LONG_STREAMS);
    // It says nothing for half of its time.
    this.#once(this.#stream('quiet stream', streamMs, streamMs / 2), 0);
    for (let at = 0; at < 2; at += 1) this.#repeat(this.#stream('stream', streamMs / 10, CHUNK_MS), PAUSE_MS);
    this.#repeat(() => this.#visit({ kind: 'upload', path: '/upload', isDebug: true, body: slowBody(streamMs / 10) }), PAUSE_MS);
    this.#repeat(
      () => this.#visit({ kind: 'work', path: `/later?request={request}&ms=${workMs}`, promisesWork: true, isDebug: true }),
      100,
    );
    this.#repeat(() => this.#chat(), streamMs / 6);
  }

  /** WebSockets are ended here, by their visitors; all else is awaited. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#lanes);
    await Promise.all(this.#chats.map((chat) => chat.leave()));
    this.#agent.destroy();
  }

  #visit(what: Visit): Promise<void> {
    const { recorder, address } = this.#options;
    return visit(recorder, address, this.#agent, what);
  }

  /** By turns plain, plain and explained, with a key, and with an override. */
  #short(): Promise<void> {
    const count = (this.#count += 1);
    const kinds: readonly Omit<Visit, 'path'>[] = [
      { kind: 'plain' },
      { kind: 'explained', isDebug: true },
      { kind: 'keyed', key: `key ${count % 97}` },
      { kind: 'override', ...this.#override(count) },
    ];
    return this.#visit({ path: '/?chunks=2&every=0', ...(kinds[count % kinds.length] ?? { kind: 'plain' }) });
  }

  #override(count: number): Pick<Visit, 'override'> {
    const recent = this.#options.versions().slice(-3);
    const override = recent[count % recent.length];
    return override === undefined ? {} : { override };
  }

  #stream(kind: string, ms: number, every: number): () => Promise<void> {
    const path = `/?chunks=${Math.ceil(ms / every)}&every=${every}`;
    return () => this.#visit({ kind, path, isDebug: true });
  }

  /** Each stays open to the end of the run. */
  async #chat(): Promise<void> {
    const { recorder, address } = this.#options;
    const chat = new Chat(recorder, address);
    this.#chats.push(chat);
    await chat.opened;
  }

  #once(work: () => Promise<void>, afterMs: number): void {
    this.#lanes.push(this.#pause(afterMs).then(work));
  }

  #repeat(work: () => Promise<void>, pauseMs: number): void {
    const lane = async (): Promise<void> => {
      while (!this.#stopping.signal.aborted) {
        await work();
        await this.#pause(pauseMs);
      }
    };
    this.#lanes.push(lane());
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const PIECES = 10;

const slowBody = (ms: number): Readable =>
  Readable.from(
    (async function* pieces() {
      for (let at = 0; at < PIECES; at += 1) {
        yield Buffer.alloc(10_000, at);
        await wait(ms / PIECES);
      }
    })(),
  );
