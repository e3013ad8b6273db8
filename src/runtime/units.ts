import type { Split } from '../domain/index.ts';

/** What one process runs: a version, or the two of a split whose objects live together. */
export interface Unit {
  /** The version's id, or both with a plus between them. */
  readonly id: string;
  readonly versionIds: readonly string[];
}

/** The order in which the versions are named is irrelevant. */
export const unitOf = (versionIds: readonly string[]): Unit => {
  const sorted = versionIds.toSorted();
  return { id: sorted.join('+'), versionIds: sorted };
};

export const versionsIn = (unitId: string): readonly string[] => unitId.split('+');

/** A Worker with Durable Objects: the one unit of it that may run, and the split its deployment has. */
export interface Owner {
  readonly unit: Unit;
  readonly split: Split;
}

/**
 * Which unit owns the objects of each Worker that has any (I5). It follows from the deployment; while one runs that has all versions
 * of it, that one stays, for then a deployment is a change of its shares and nothing has to end.
 */
export class Units {
  #owners: ReadonlyMap<string, Owner> = new Map();
  #splits: ReadonlyMap<string, Split> = new Map();
  #ofVersion: ReadonlyMap<string, Unit> = new Map();

  /** `splits`: of the deployments of those Workers. `runs`: whether this unit's process is there. */
  follow(splits: ReadonlyMap<string, Split>, runs: (unit: Unit) => boolean): void {
    this.#splits = splits;
    this.again(runs);
  }

  /** A unit that stayed has ended: what comes next is what is deployed. */
  again(runs: (unit: Unit) => boolean): void {
    const owners = new Map<string, Owner>();
    for (const [script, split] of this.#splits) {
      const present = this.#owners.get(script)?.unit;
      const stays = present !== undefined && split.every(({ versionId }) => present.versionIds.includes(versionId)) && runs(present);
      owners.set(script, { unit: stays ? present : unitOf(split.map(({ versionId }) => versionId)), split });
    }
    this.#owners = owners;
    this.#ofVersion = new Map([...owners.values()].flatMap(({ unit }) => unit.versionIds.map((id) => [id, unit] as const)));
  }

  /** In which process a version runs. */
  of(versionId: string): Unit {
    return this.#ofVersion.get(versionId) ?? unitOf([versionId]);
  }

  owners(): readonly Owner[] {
    return [...this.#owners.values()];
  }

  /** The one unit of this Worker that may run. */
  ownerOf(script: string): Owner | undefined {
    return this.#owners.get(script);
  }
}

/** Of each of its versions; of one that the deployment does not name, none. */
export const sharesOf = ({ unit, split }: Owner): Split =>
  unit.versionIds.map((versionId) => split.find((entry) => entry.versionId === versionId) ?? { versionId, share: 0 });
