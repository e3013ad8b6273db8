/** What owns namespaces until it has ended. */
export interface Owner {
  readonly exited: Promise<unknown>;
}

/**
 * Who owns which Durable Object namespaces (I5). Whoever is to own one waits until the process that owned it before has really ended,
 * or did not come about; those who wait come in order.
 */
export class ObjectOwners {
  /** Of each namespace: resolves when the last of those that asked for it is gone. */
  readonly #free = new Map<string, Promise<unknown>>();

  async take<Process extends Owner>(namespaceIds: readonly string[], start: () => Promise<Process>): Promise<Process> {
    const before = namespaceIds.map((id) => this.#free.get(id));
    const started = Promise.all(before).then(start);
    const ended = started.then(
      ({ exited }) => exited,
      // One that does not start has nothing running: its start ends what it began.
      () => undefined,
    );
    // All at once, so that two that need the same ones never wait for each other.
    for (const id of namespaceIds) this.#free.set(id, ended);
    void ended.then(() => {
      for (const id of namespaceIds) if (this.#free.get(id) === ended) this.#free.delete(id);
    });
    return started;
  }
}
