/** What was lost, by cause. It is counted from the start of the process. */
export class Drops {
  readonly since = new Date();
  readonly #counts = new Map<DropCause, number>();

  add(cause: DropCause, count = 1): void {
    if (count > 0) this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + count);
  }

  get counts(): Readonly<Partial<Record<DropCause, number>>> {
    return Object.fromEntries(this.#counts);
  }
}

export type DropCause =
  /** Posts that were no batches or reports, or too large. */
  | 'malformed_posts'
  /** Traces that could not be so, in batches that could. */
  | 'malformed_traces'
  /** Traces that a version's process had no room for. */
  | 'traces_at_process'
  /** Invocations that an edge had no room for. */
  | 'facts_at_edge'
  /** Traces and facts that waited for their other half where there was no room. */
  | 'waiting_for_other_half'
  /** Records that came faster than they could be written, or while they could not be. */
  | 'records_not_written'
  /** Invocations that no edge counts, while counts could not be written. */
  | 'counts_not_kept'
  /** Exceptions of which there were too many unlike ones. */
  | 'exceptions_not_grouped';
