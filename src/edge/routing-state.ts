import { compileHosts, tableAfter, type HostIndex, type RoutingTable, type Split, type TableChange } from '../domain/index.ts';

export type Applied = 'applied' | 'older' | 'does_not_follow';

/**
 * The table this edge serves from (I2). It is compiled first and then swapped with one assignment: a request sees the old
 * table or the new one, never half of each, and a table that does not compile changes nothing.
 */
export class RoutingState {
  #serving: { readonly table: RoutingTable; readonly index: HostIndex } | undefined;

  get table(): RoutingTable | undefined {
    return this.#serving?.table;
  }

  get index(): HostIndex | undefined {
    return this.#serving?.index;
  }

  get generation(): number | undefined {
    return this.#serving?.table.generation;
  }

  /** The same generation again is applied: after a lost connection it is how the control plane says "nothing new". */
  replace(table: RoutingTable): Applied {
    if (this.#serving !== undefined && table.generation < this.#serving.table.generation) return 'older';
    this.#serving = { table, index: compileHosts(table.hosts, table.workers, this.#serving?.index) };
    return 'applied';
  }

  apply(change: TableChange): Applied {
    if (this.#serving === undefined) return 'does_not_follow';
    if (change.generation <= this.#serving.table.generation) return 'older';
    const table = tableAfter(this.#serving.table, change);
    return table === undefined ? 'does_not_follow' : this.replace(table);
  }
}

/** The versions that some deployment names, each with its Worker. */
export const activeVersions = (table: RoutingTable): Map<string, string> =>
  new Map(table.workers.flatMap(({ name, deployment }) => (deployment?.split ?? []).map(({ versionId }) => [versionId, name] as const)));

/** The split of each Worker that has Durable Objects: which versions they run. */
export const ownersIn = (table: RoutingTable): Map<string, Split> =>
  new Map(
    table.workers.flatMap(({ name, ownsObjects, deployment }) =>
      ownsObjects === true && deployment !== null ? [[name, deployment.split] as const] : [],
    ),
  );
