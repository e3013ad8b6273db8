import { accept, refuse, type Result } from '../base/index.ts';
import { isStillSignedIn, type Control, type SignedIn } from '../control/index.ts';
import type { Refusal } from '../domain/index.ts';
import type { AuditEntry, Token } from '../store/index.ts';
import { EventStream } from './event-stream.ts';
import { changeEventView, edgeStatusView } from './views/index.ts';

const MOST_READERS = 100;
const BEAT_EVERY_MS = 15_000;

interface Reader {
  readonly stream: EventStream;
  readonly token: Token;
  readonly session: SignedIn | undefined;
  /** The edges as it was told of them last, as JSON. */
  edges: string;
}

/** Somebody who reads something else, for as long as they may. */
interface Guest {
  readonly token: Token;
  readonly session: SignedIn | undefined;
  readonly end: () => void;
}

type Sources = Pick<Control, 'store' | 'feed' | 'clock'>;

/** Tells readers what is changed, and how the edges follow, for as long as they may know. */
export class ChangeEvents {
  readonly #sources: Sources;
  readonly #log: (event: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly #readers = new Set<Reader>();
  readonly #guests = new Set<Guest>();
  readonly #leave: readonly (() => void)[];
  #beat: NodeJS.Timeout | undefined;
  /** Of what is being told of the edges: `again` where they changed meanwhile. */
  #telling: 'no' | 'once' | 'again' = 'no';

  constructor(sources: Sources, log: (event: string, detail: Readonly<Record<string, unknown>>) => void) {
    this.#sources = sources;
    this.#log = log;
    this.#leave = [
      sources.store.onChange((entry, generation) => this.#changed(entry, generation)),
      sources.feed.watch(() => void this.#tellEdges()),
    ];
  }

  /** A stream whose first event are the edges. */
  async open(token: Token, session: SignedIn | undefined): Promise<Result<EventStream, Refusal>> {
    const edges = await this.#edges();
    if (this.#readers.size >= MOST_READERS) return refuse({ code: 'too_many_readers', limit: MOST_READERS });
    const stream: EventStream = new EventStream(() => {
      this.#readers.delete(reader);
      this.#keepTime();
    });
    const reader: Reader = { stream, token, session, edges: JSON.stringify(edges) };
    this.#readers.add(reader);
    this.#keepTime();
    stream.send('edges', edges);
    // What happened since they were looked at.
    void this.#tellEdges();
    if (!(await this.#mayRead(reader))) stream.end();
    return accept(stream);
  }

  /** Ends what somebody reads once their session or token has. Answers what to call when they left before. */
  whileSignedIn(token: Token, session: SignedIn | undefined, end: () => void): () => void {
    const guest: Guest = { token, session, end };
    this.#guests.add(guest);
    this.#keepTime();
    void this.#mayRead(guest).then((may) => may || end());
    return () => {
      this.#guests.delete(guest);
      this.#keepTime();
    };
  }

  [Symbol.dispose](): void {
    for (const leave of this.#leave) leave();
    for (const { stream } of this.#readers) stream.end();
    for (const { end } of this.#guests) end();
  }

  #changed(entry: AuditEntry, generation: number): void {
    const event = changeEventView(entry, generation);
    for (const { stream } of this.#readers) stream.send('change', event);
    // Whose session or token this ended hears of it, and then nothing more.
    if (/^(token|session)\./.test(entry.action)) void this.#check(false);
    void this.#tellEdges();
  }

  /** Sessions that nobody uses end too. */
  #keepTime(): void {
    if (this.#readers.size + this.#guests.size > 0) {
      this.#beat ??= setInterval(() => void this.#check(true), BEAT_EVERY_MS).unref();
      return;
    }
    clearInterval(this.#beat);
    this.#beat = undefined;
  }

  /** Ends the streams of those who may no longer read; the others hear, where `beats`, that theirs goes on. */
  async #check(beats: boolean): Promise<void> {
    for (const reader of this.#readers) {
      if (!(await this.#mayRead(reader))) reader.stream.end();
      else if (beats) reader.stream.beat();
    }
    for (const guest of this.#guests) if (!(await this.#mayRead(guest))) guest.end();
  }

  /**
   * Asked once more as soon as somebody is known here: what ended between the door and that moment no later change tells of.
   * A database that does not answer now is no reason to send anybody away.
   */
  #mayRead({ token, session }: Pick<Guest, 'token' | 'session'>): Promise<boolean> {
    return isStillSignedIn(this.#sources, token, session?.session).catch(() => true);
  }

  async #tellEdges(): Promise<void> {
    if (this.#readers.size === 0) return;
    if (this.#telling !== 'no') {
      this.#telling = 'again';
      return;
    }
    try {
      do {
        this.#telling = 'once';
        this.#sendEdges(await this.#edges());
      } while (this.#isAskedAgain());
    } catch (error) {
      this.#log('readers of events could not be told of the edges', { error: String(error) });
    } finally {
      this.#telling = 'no';
    }
  }

  #isAskedAgain(): boolean {
    return this.#telling === 'again';
  }

  #sendEdges(edges: unknown): void {
    const text = JSON.stringify(edges);
    for (const reader of this.#readers) {
      if (reader.edges === text) continue;
      reader.edges = text;
      reader.stream.send('edges', edges);
    }
  }

  async #edges() {
    const { store, feed } = this.#sources;
    const generation = await store.read.meta.generation();
    return { generation, edges: feed.status().map((edge) => edgeStatusView(edge, generation)) };
  }
}
