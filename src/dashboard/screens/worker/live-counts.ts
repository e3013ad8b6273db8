import { useEffect, useState } from 'react';
import { watchCounts, type LiveCount } from '../../api/index.ts';

/** What came after a moment. */
export interface Tail {
  /** For how long it was listened since then. */
  readonly seconds: number;
  /** By the version's id. */
  readonly versions: ReadonlyMap<string, { readonly requests: number; readonly errors: number }>;
}

/** More is not kept: what was asked for is newer by then. */
const KEPT_S = 120;

/** Counts per version as they come, one a second, of the last two minutes. */
export const useLiveCounts = (name: string): readonly LiveCount[] => {
  const [counts, setCounts] = useState<readonly LiveCount[]>([]);
  useEffect(() => {
    const close = watchCounts(name, {
      onCount: (count) => setCounts((before) => [...before, count].slice(-KEPT_S)),
      // What came meanwhile nobody told: it is in the next answer.
      onOpen: () => setCounts([]),
      onBroken: () => setCounts([]),
    });
    return () => {
      close();
      setCounts([]);
    };
  }, [name]);
  return counts;
};

/** How long each event tells of. */
const EACH_S = 1;

/** What came after `until`, which is when somebody was told of all before; where the stream began later, since it began. */
export const tailAfter = (counts: readonly LiveCount[], until: string): Tail | undefined => {
  const after = counts.filter(({ at }) => at > until);
  const [first, last] = [after[0], after.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const since = Math.max(Date.parse(until), Date.parse(first.at) - EACH_S * 1_000);
  const versions = new Map<string, { requests: number; errors: number }>();
  for (const { version_id: id, requests, errors } of after.flatMap((each) => each.versions)) {
    const before = versions.get(id) ?? { requests: 0, errors: 0 };
    versions.set(id, { requests: before.requests + requests, errors: before.errors + errors });
  }
  return { seconds: (Date.parse(last.at) - since) / 1_000, versions };
};
