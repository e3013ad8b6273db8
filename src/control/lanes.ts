/** One piece of work at a time in each lane, in the order they came. */
export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<Value>(lane: string, work: () => Promise<Value>): Promise<Value> {
    const previous = this.#last.get(lane) ?? Promise.resolve();
    const mine = previous.then(work, work);
    this.#last.set(lane, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(lane) === mine) this.#last.delete(lane);
    }
  }
}
