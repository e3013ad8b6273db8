import { splitFrom } from '../split.ts';
import type { Told } from './service.ts';

/** A history as a table says it: `started at 10` is `['v2 10, v1 90']`, hours apart, oldest first; a word behind the shares is the trigger. */
export const aHistory = (...lines: readonly string[]): readonly Told[] =>
  lines
    .map((line, at): Told => {
      const [, shares = '', triggeredBy = 'deployment'] = /^(.*?)(?: by (\w+))?$/.exec(line) ?? [];
      const lineages = new Map<string, string>();
      const requested = shares.split(', ').map((text) => {
        const [, id = '', lineage, percentage] = /^(v\d+)(?: from (v\d+))? ([\d.]+)$/.exec(text) ?? [];
        if (lineage !== undefined) lineages.set(id, lineage);
        return { version_id: id, percentage: Number(percentage) };
      });
      const split = splitFrom(requested);
      if (!split.ok) throw new Error(`${line}: ${split.refusal.code}`);
      const withLineage = split.value.map((entry) => {
        const lineage = lineages.get(entry.versionId);
        return lineage === undefined ? entry : Object.assign({ lineage }, entry);
      });
      return { createdOn: hour(at), split: withLineage, triggeredBy };
    })
    .toReversed();

export const hour = (at: number): string => new Date(Date.UTC(2026, 10, 16, at)).toISOString();
