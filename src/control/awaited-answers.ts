/**
 * Versions whose uploading clients are still there to get the answer. An identical upload that comes meanwhile is another
 * one; the same after its client is gone is a repeat.
 */
export class AwaitedAnswers {
  readonly #versions = new Set<string>();

  /** `client` is aborted when the client is gone. */
  expect(versionId: string, client: AbortSignal | undefined): void {
    if (client === undefined || client.aborted) return;
    this.#versions.add(versionId);
    client.addEventListener('abort', () => this.#versions.delete(versionId), { once: true });
  }

  settle(versionId: string): void {
    this.#versions.delete(versionId);
  }

  has(versionId: string): boolean {
    return this.#versions.has(versionId);
  }
}
