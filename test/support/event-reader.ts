import assert from 'node:assert/strict';

export interface ReadEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Reads server-sent events as a browser does. */
export class EventReader {
  readonly response: Response;
  /** What came that was no event: comments, and how long to wait before coming back. */
  readonly others: string[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(response: Response) {
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.ok(response.body !== null);
    this.response = response;
    this.#reader = response.body.getReader();
  }

  /** The next event; undefined once the stream has ended. */
  async next(): Promise<ReadEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await this.#reader.read();
        if (done) return undefined;
        this.#text += this.#decoder.decode(value, { stream: true });
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const [, event, data] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? [];
      if (event !== undefined && data !== undefined) return { event, data: JSON.parse(data) };
      this.others.push(block);
    }
  }

  /** The next event of a kind; those of others are passed over. */
  async nextOf(kind: string): Promise<unknown> {
    for (;;) {
      const found = await this.next();
      assert.ok(found !== undefined, `the stream ended before there was an event "${kind}"`);
      if (found.event === kind) return found.data;
    }
  }

  async end(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}
