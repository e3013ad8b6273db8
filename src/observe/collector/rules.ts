import type { CollectRule } from '../report.ts';

/** Edges of which the rules are kept; what one machine has is few. */
const MOST_EDGES = 64;

const byScript = (rules: readonly CollectRule[]): ReadonlyMap<string, CollectRule> => new Map(rules.map((rule) => [rule.script, rule]));

/** An edge that said nothing for so long, while others did, is gone. */
const SILENT_MS = 10 * 60_000;

interface Told {
  readonly rules: ReadonlyMap<string, CollectRule>;
  heardAt: number;
}

/** What is to be kept of each Worker's invocations, as edges last said: all follow one table, and whoever spoke last knows it best. */
export class Rules {
  /** The last one told its rules last. */
  #byEdge = new Map<string, Told>();
  #newestFirst: readonly Told[] = [];
  #isRemembered = false;

  /** What edges said before a start stands until the first of them says it anew: others of them may be gone. */
  remember(edges: readonly (readonly [edge: string, rules: readonly CollectRule[]])[]): void {
    const heardAt = performance.now();
    this.#byEdge = new Map(edges.map(([edge, rules]) => [edge, { rules: byScript(rules), heardAt }]));
    this.#isRemembered = true;
    this.#changed();
  }

  /** Before an edge has told its rules nobody knows what is not wanted. */
  get areKnown(): boolean {
    return this.#byEdge.size > 0;
  }

  told(edge: string, rules: readonly CollectRule[], now = performance.now()): void {
    if (this.#isRemembered) this.#byEdge.clear();
    this.#isRemembered = false;
    this.#byEdge.delete(edge);
    this.#byEdge.set(edge, { rules: byScript(rules), heardAt: now });
    const [oldest] = this.#byEdge.keys();
    if (this.#byEdge.size > MOST_EDGES && oldest !== undefined) this.#byEdge.delete(oldest);
    this.#changed();
  }

  /** Its rules have not changed. Those of edges that are silent are forgotten, where its own are known. */
  heard(edge: string, now = performance.now()): void {
    const here = this.#byEdge.get(edge);
    if (here === undefined) return;
    here.heardAt = now;
    for (const [other, { heardAt }] of this.#byEdge) {
      if (now - heardAt <= SILENT_MS) continue;
      this.#byEdge.delete(other);
      this.#changed();
    }
  }

  of(script: string): CollectRule | undefined {
    for (const { rules } of this.#newestFirst) {
      const rule = rules.get(script);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }

  #changed(): void {
    this.#newestFirst = [...this.#byEdge.values()].toReversed();
  }
}
